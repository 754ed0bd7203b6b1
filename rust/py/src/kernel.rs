//! The instruction set of the hot loops, which `TANTEO_KERNEL` may select. All of them give the same bits.

use pyo3::prelude::*;
use tanteo_core::numerics::{Kernel, active_kernel, select_kernel};

use crate::errors;

const VARIABLE: &str = "TANTEO_KERNEL";

/// The active instruction set: `baseline`, `avx2` or `avx512`.
#[pyfunction]
pub(crate) fn kernel() -> &'static str {
    match active_kernel() {
        Kernel::Baseline => "baseline",
        Kernel::Avx2 => "avx2",
        Kernel::Avx512 => "avx512",
    }
}

/// Reads the environment variable; if it is unset or empty, the best kernel of this processor is used.
pub(crate) fn read_environment(py: Python<'_>) -> PyResult<()> {
    let Ok(name) = std::env::var(VARIABLE) else { return Ok(()) };
    let chosen = match name.as_str() {
        "" => return Ok(()),
        "baseline" => Kernel::Baseline,
        "avx2" => Kernel::Avx2,
        "avx512" => Kernel::Avx512,
        _ => {
            let message = format!("{VARIABLE} is {name:?}: expected baseline, avx2 or avx512, or unset it");
            return Err(errors::argument(py, message));
        }
    };
    if select_kernel(chosen) {
        return Ok(());
    }
    Err(errors::argument(py, format!("{VARIABLE} is {name:?}, which this processor lacks; unset it")))
}
