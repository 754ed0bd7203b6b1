//! Yields the interpreter to other threads while many Python objects are created.

use pyo3::Python;

/// Objects created between two yields: some hundred microseconds of work.
const BLOCK: usize = 4096;

/// The same items; the interpreter is released briefly after every block of items.
pub(crate) fn yielding<T>(py: Python<'_>, items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    items.into_iter().enumerate().map(move |(i, item)| {
        if i % BLOCK == BLOCK - 1 {
            py.detach(|| ());
        }
        item
    })
}
