//! A rule on configurations that is a Python function.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyList;
use tanteo_core::sampler::Rule;
use tanteo_core::space::Configuration;

use crate::convert::row_out;
use crate::space::CoreSpace;

/// Calls `function(rows)`, which returns a list of bools. What it raises is kept until the call of the core has ended;
/// until then it allows nothing and is not called again.
pub(crate) struct PythonRule {
    function: Py<PyAny>,
    space: Py<CoreSpace>,
    raised: Mutex<Option<PyErr>>,
}

impl PythonRule {
    pub(crate) fn new(function: Py<PyAny>, space: Py<CoreSpace>) -> Self {
        Self { function, space, raised: Mutex::new(None) }
    }

    /// What the function raised in this call of the core.
    pub(crate) fn take_raised(&self) -> Option<PyErr> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn answers(&self, py: Python<'_>, configurations: &[Configuration]) -> PyResult<Vec<bool>> {
        let space = &self.space.get().space;
        let rows: Vec<_> = configurations.iter().map(|row| row_out(py, row, space)).collect::<PyResult<_>>()?;
        self.function.bind(py).call1((PyList::new(py, rows)?,))?.extract()
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
                self.raised.lock().unwrap_or_else(PoisonError::into_inner).replace(error);
                refused
            }
            None => refused,
        }
    }

    fn has_failed(&self) -> bool {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}
