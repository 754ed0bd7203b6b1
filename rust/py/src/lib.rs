//! `tanteo._core`: the porch between Python and `tanteo-core`.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `space`, `grid`, `candidates`, `optimizer`, `process` | the classes |
//! | `scalar`, `convert`, `declaration`, `settings`, `earlier`, `tell` | checked, exact input with converted signs |
//! | `asks`, `answers`, `record`, `columns`, `curve`, `view`, `arrays`, `yielding` | output |
//! | `memory` | memory checks for output |
//! | `rule` | a rule on configurations, which the core calls |
//! | `errors` | the map from errors to the exceptions of `tanteo.exceptions` |
//! | `shared`, `guard`, `panics`, `interrupt` | calls: the lock, forks, panics, Ctrl-C |
//! | `pool`, `kernel` | threads and instruction sets, as set in the environment |

#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unreachable, clippy::todo, clippy::unimplemented)]

mod answers;
mod arrays;
mod asks;
mod candidates;
mod columns;
mod convert;
mod curve;
mod declaration;
mod earlier;
mod errors;
mod grid;
mod guard;
mod interrupt;
mod kernel;
mod memory;
mod optimizer;
mod panics;
mod pool;
mod process;
mod record;
mod rule;
mod scalar;
mod settings;
mod shared;
mod space;
mod tell;
mod view;
mod yielding;

/// The native core of Tanteo.
#[pyo3::pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::candidates::CoreCandidates;
    #[pymodule_export]
    use crate::kernel::kernel;
    #[pymodule_export]
    use crate::optimizer::CoreOptimizer;
    #[pymodule_export]
    use crate::pool::n_threads;
    #[pymodule_export]
    use crate::process::CoreGaussianProcess;
    #[pymodule_export]
    use crate::settings::checked_settings;
    #[pymodule_export]
    use crate::space::CoreSpace;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::panics::install_hook();
        crate::kernel::read_environment(module.py())?;
        crate::pool::read_environment(module.py())?;
        module.add("LEVEL", tanteo_core::optimizer::LEVEL)?;
        module.add("MAX_EARLIER", tanteo_core::transfer::MAX_SOURCES)?;
        module.add("MEASURED_TOLERANCE", tanteo_core::space::MEASURED_TOLERANCE)?;
        module.add("MIN_EARLIER_ROWS", tanteo_core::transfer::MIN_ROWS)?;
        module.add("MIN_IMPORTANCE_TRIALS", tanteo_core::importance::FEWEST)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
