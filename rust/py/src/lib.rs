//! `tanteo._core`: the porch between Python and `tanteo-core`.

use pyo3::prelude::*;

/// The native core of Tanteo.
#[pymodule]
mod _core {}
