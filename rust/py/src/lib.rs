//! `tanteo._core`: the porch between Python and `tanteo-core`.

#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unreachable, clippy::todo, clippy::unimplemented)]

use pyo3::prelude::*;

/// The native core of Tanteo.
#[pymodule]
mod _core {}
