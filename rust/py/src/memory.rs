//! Memory for what goes out, asked for before it is made: `PyO3` panics where Python has no memory for an object.

use pyo3::prelude::*;
use tanteo_core::numerics::check_memory;

use crate::errors::PorchError;

/// Bytes of a Python number or string, and of a reference to it in a tuple or a list and in a vector on the way.
pub(crate) const OBJECT: usize = 56;
/// Bytes of a tuple or a list, and of the vectors on the way to it.
pub(crate) const CONTAINER: usize = 160;

/// Bytes of a row of `d` values as a tuple, and of the configuration it is made from.
pub(crate) fn row_bytes(d: usize) -> usize {
    CONTAINER + d * (OBJECT + 16)
}

/// Whether `n` things of `each` bytes can be made.
pub(crate) fn ensure_memory(n: usize, each: usize) -> Result<(), PorchError> {
    check_memory(n, each).map_err(|error| PorchError::Core(error.into()))
}

/// As [`ensure_memory`], raised at once.
pub(crate) fn ensure_memory_or_raise(py: Python<'_>, n: usize, each: usize) -> PyResult<()> {
    ensure_memory(n, each).map_err(|error| error.into_py(py, None))
}
