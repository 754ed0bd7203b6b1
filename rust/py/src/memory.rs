//! Memory checks before output is created: `PyO3` panics if Python has no memory for an object.

use pyo3::prelude::*;
use tanteo_core::numerics::check_memory;

use crate::errors::PorchError;

/// Bytes of a Python number or string, with its references in a tuple or list and in an intermediate vector.
pub(crate) const OBJECT: usize = 56;
/// Bytes of a tuple or a list, and of the intermediate vectors.
pub(crate) const CONTAINER: usize = 160;

/// Bytes of a row of `d` values as a tuple, and of its configuration.
pub(crate) fn row_bytes(d: usize) -> usize {
    CONTAINER + d * (OBJECT + 16)
}

/// Checks that `n` objects of `each` bytes can be created.
pub(crate) fn ensure_memory(n: usize, each: usize) -> Result<(), PorchError> {
    check_memory(n, each).map_err(|error| PorchError::Core(error.into()))
}

/// As [`ensure_memory`], with a Python exception as the error.
pub(crate) fn ensure_memory_or_raise(py: Python<'_>, n: usize, each: usize) -> PyResult<()> {
    ensure_memory(n, each).map_err(|error| error.into_py(py, None))
}
