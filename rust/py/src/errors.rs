//! Errors and their single map to the exceptions of `tanteo.exceptions`.

use pyo3::exceptions::{PyKeyboardInterrupt, PyMemoryError};
use pyo3::prelude::*;
use pyo3::types::PyType;
use tanteo_core::optimizer::OptimizerError;
use tanteo_core::sampler::SuggestError;
use tanteo_core::space::SpaceError;

use crate::panics::Fault;

/// An error of a call into the core.
#[derive(Debug)]
pub(crate) enum PorchError {
    /// The core returned an error.
    Core(OptimizerError),
    /// The core panicked.
    Panic(Fault),
    /// A Python signal handler or the rule on configurations raised an exception.
    Raised(PyErr),
    /// A covariance matrix cannot be factored, even with added noise.
    Singular,
    /// Another thread of the parent process held the lock when this process was forked.
    Forked,
    /// The same thread already holds the lock.
    Reentered,
}

impl<E: Into<OptimizerError>> From<E> for PorchError {
    fn from(error: E) -> Self {
        Self::Core(error.into())
    }
}

const SINGULAR: &str = "the covariance of these points cannot be factored; scale the columns to [0, 1] and the values to \
    about unit variance";
const FORKED: &str = "this optimizer was in use by another thread when the process was forked, so this process has no \
    consistent copy of it; create the optimizer in the child, or send it there as to_bytes()";
const REENTERED: &str = "this optimizer is in the middle of a call of the same thread (a signal handler or the \
    function `allowed` called it during an ask); call it after that has returned";

impl PorchError {
    /// The Python exception for this error; `seed` helps to reproduce a panic.
    pub(crate) fn into_py(self, py: Python<'_>, seed: Option<u64>) -> PyErr {
        match self {
            Self::Core(error) => core_error(py, &error),
            Self::Panic(fault) => exception(py, "InternalError", fault_message(&fault, seed)),
            Self::Raised(error) => error,
            Self::Singular => exception(py, "ArgumentError", SINGULAR.to_owned()),
            Self::Forked => exception(py, "TanteoError", FORKED.to_owned()),
            Self::Reentered => exception(py, "TanteoError", REENTERED.to_owned()),
        }
    }
}

fn core_error(py: Python<'_>, error: &OptimizerError) -> PyErr {
    let class = match error {
        OptimizerError::UnknownTrial { .. } => "UnknownTrialError",
        OptimizerError::NotPending { .. } | OptimizerError::SetAside { .. } | OptimizerError::Paused { .. } => {
            "TrialStateError"
        }
        OptimizerError::Argument(_) | OptimizerError::Objective { .. } => "ArgumentError",
        OptimizerError::Snapshot(_) => "SnapshotError",
        OptimizerError::Space(space) | OptimizerError::Suggest(SuggestError::Space(space)) => space_class(space),
        OptimizerError::Suggest(SuggestError::Exhausted(_)) => "SpaceExhausted",
        OptimizerError::Suggest(SuggestError::External) => "TanteoError",
        OptimizerError::Suggest(SuggestError::Interrupted) => return PyKeyboardInterrupt::new_err(()),
        OptimizerError::Memory(error) => return PyMemoryError::new_err(error.to_string()),
    };
    let raised = exception(py, class, error.to_string());
    match error {
        OptimizerError::Space(space) | OptimizerError::Suggest(SuggestError::Space(space)) => {
            with_index(py, raised, "_constraint", constraint_at_fault(space))
        }
        OptimizerError::Objective { index, .. } => with_index(py, raised, "_objective", Some(*index)),
        _ => raised,
    }
}

/// The exception with the index of what is at fault, if there is one, from which Python creates a message with the user's
/// names.
fn with_index(py: Python<'_>, raised: PyErr, attribute: &str, index: Option<usize>) -> PyErr {
    match index.map_or(Ok(()), |index| raised.value(py).setattr(attribute, index)) {
        Ok(()) => raised,
        Err(error) => error,
    }
}

fn constraint_at_fault(error: &SpaceError) -> Option<usize> {
    match error {
        SpaceError::Broken { index, .. } | SpaceError::Defaults { index, .. } => Some(*index),
        SpaceError::Infeasible { index, .. } => *index,
        SpaceError::Parameter { .. }
        | SpaceError::Space(_)
        | SpaceError::Configuration { .. }
        | SpaceError::Refused { .. } => None,
    }
}

fn space_class(error: &SpaceError) -> &'static str {
    match error {
        SpaceError::Parameter { .. } | SpaceError::Configuration { .. } => "ParameterError",
        SpaceError::Space(_)
        | SpaceError::Infeasible { .. }
        | SpaceError::Refused { .. }
        | SpaceError::Broken { .. }
        | SpaceError::Defaults { .. } => "SpaceError",
    }
}

fn fault_message(fault: &Fault, seed: Option<u64>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let seed = seed.map(|seed| format!(", seed {seed}")).unwrap_or_default();
    let location = if fault.location.is_empty() { String::new() } else { format!(" at {}", fault.location) };
    format!(
        "a fault inside tanteo {version}{seed}: {}{location}. All results are kept and the optimizer remains usable; \
         please report this message",
        fault.message
    )
}

/// An invalid argument found at the border.
pub(crate) fn argument(py: Python<'_>, message: String) -> PyErr {
    exception(py, "ArgumentError", message)
}

/// An id that no trial can have, found at the border.
pub(crate) fn unknown_trial(py: Python<'_>, message: String) -> PyErr {
    exception(py, "UnknownTrialError", message)
}

/// An invalid value or declaration of one parameter, found at the border; the message starts with its name as in the
/// core.
pub(crate) fn parameter(py: Python<'_>, name: &str, message: &str) -> PyErr {
    exception(py, "ParameterError", format!("parameter '{name}': {message}"))
}

/// An exception of `tanteo.exceptions`. It is looked up on use, because that module imports the package of this one.
fn exception(py: Python<'_>, class: &str, message: String) -> PyErr {
    let class = py.import("tanteo.exceptions").and_then(|module| module.getattr(class));
    match class.and_then(|class| Ok(class.cast_into::<PyType>()?)) {
        Ok(class) => PyErr::from_type(class, message),
        Err(error) => error,
    }
}
