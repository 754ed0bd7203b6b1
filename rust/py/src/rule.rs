//! A rule on configurations that is a Python function.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyList;
use pyo3::{PyTraverseError, PyVisit};
use tanteo_core::sampler::Rule;
use tanteo_core::space::Configuration;

use crate::convert::row_out;
use crate::space::CoreSpace;

/// What a rule raised in a call of the core, which ends with it. It is read and written with the lock of the core held.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    fn slot(&self) -> MutexGuard<'_, Option<PyErr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn take(&self) -> Option<PyErr> {
        self.slot().take()
    }
}

/// Calls `function(rows)`, which returns a list of bools. Once it has raised, it allows nothing and is not called again
/// until the call of the core has ended.
pub(crate) struct PythonRule {
    /// Absent once the garbage collector has broken a circle of references. Locked only by threads that hold the
    /// interpreter, and never while Python runs.
    function: Mutex<Option<Py<PyAny>>>,
    space: Py<CoreSpace>,
    raised: Raised,
}

impl PythonRule {
    pub(crate) fn new(function: Py<PyAny>, space: Py<CoreSpace>, raised: Raised) -> Self {
        Self { function: Mutex::new(Some(function)), space, raised }
    }

    fn function(&self) -> MutexGuard<'_, Option<Py<PyAny>>> {
        self.function.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the function to the garbage collector.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&*self.function())
    }

    /// Forgets the function, and returns it to be dropped.
    pub(crate) fn clear(&self) -> Option<Py<PyAny>> {
        self.function().take()
    }

    fn answers(&self, py: Python<'_>, configurations: &[Configuration]) -> PyResult<Vec<bool>> {
        let space = &self.space.get().space;
        let rows: Vec<_> = configurations.iter().map(|row| row_out(py, row, space)).collect::<PyResult<_>>()?;
        let function = self.function().as_ref().map(|function| function.clone_ref(py));
        match function {
            Some(function) => function.bind(py).call1((PyList::new(py, rows)?,))?.extract(),
            None => Ok(vec![false; configurations.len()]),
        }
    }
}

impl Rule for PythonRule {
    /// An interpreter that is shutting down allows nothing.
    fn allows(&self, configurations: &[Configuration]) -> Vec<bool> {
        let refused = vec![false; configurations.len()];
        if self.has_failed() {
            return refused;
        }
        match Python::try_attach(|py| self.answers(py, configurations)) {
            Some(Ok(answers)) => answers,
            Some(Err(error)) => {
                *self.raised.slot() = Some(error);
                refused
            }
            None => refused,
        }
    }

    fn has_failed(&self) -> bool {
        self.raised.slot().is_some()
    }
}
