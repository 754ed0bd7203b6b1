//! Manners while many Python objects are made, which needs the interpreter.

use pyo3::Python;

/// Objects made between two pauses: some hundred microseconds of work.
const BLOCK: usize = 4096;

/// The same items; the interpreter is offered to other threads now and then.
pub(crate) fn yielding<T>(py: Python<'_>, items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    items.into_iter().enumerate().map(move |(i, item)| {
        if i % BLOCK == BLOCK - 1 {
            py.detach(|| ());
        }
        item
    })
}
