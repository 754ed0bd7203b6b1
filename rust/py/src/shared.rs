//! An optimizer that threads share: how a method calls it, with the rule on configurations and Ctrl-C.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};
use tanteo_core::history::History;
use tanteo_core::optimizer::{Optimizer, OptimizerError};
use tanteo_core::sampler::SharedRule;

use crate::errors::PorchError;
use crate::guard::Guarded;
use crate::interrupt::watched;
use crate::rule::{PythonRule, Raised};
use crate::space::CoreSpace;

/// An optimizer behind a lock. Every call releases the interpreter.
pub(crate) struct SharedOptimizer {
    core: Guarded<Optimizer>,
    /// Shown with a panic.
    seed: u64,
    /// The function of the rule, for the garbage collector. Locked only by threads that hold the interpreter.
    rule: Mutex<Option<Arc<PythonRule>>>,
    raised: Raised,
}

impl SharedOptimizer {
    pub(crate) fn new(core: Optimizer) -> Self {
        let seed = core.settings().seed;
        Self { core: Guarded::new(core), seed, rule: Mutex::default(), raised: Raised::default() }
    }

    /// Runs work that has errors of this crate. What the rule raises is the error of the call, whatever its result.
    pub(crate) fn run<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Optimizer) -> Result<R, PorchError> + Send,
    ) -> PyResult<R> {
        let by_rule = |core: &mut Optimizer| {
            // After a panic, an error may be left.
            drop(self.raised.take());
            let result = work(core);
            self.raised.take().map_or(result, |raised| Err(PorchError::Raised(raised)))
        };
        self.core.run(py, by_rule).map_err(|error| error.into_py(py, Some(self.seed)))
    }

    /// As [`Self::run`], for work that only the core can refuse.
    pub(crate) fn call<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Optimizer) -> Result<R, OptimizerError> + Send,
    ) -> PyResult<R> {
        self.run(py, |core| Ok(work(core)?))
    }

    /// As [`Self::call`], for work that may take long; Ctrl-C stops it.
    pub(crate) fn answer<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Optimizer, &dyn Fn() -> bool) -> Result<R, OptimizerError> + Send,
    ) -> PyResult<R> {
        self.run(py, |core| watched(|stop| work(core, stop)))
    }

    /// Reads what cannot fail.
    pub(crate) fn read<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Optimizer) -> R + Send) -> PyResult<R> {
        self.run(py, |core| Ok(work(core)))
    }

    /// Reads the history.
    pub(crate) fn history<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&History) -> R + Send) -> PyResult<R> {
        self.read(py, |core| work(core.history()))
    }

    /// Sets the function of the rule, or removes it.
    pub(crate) fn set_rule(&self, py: Python<'_>, space: &Py<CoreSpace>, function: Option<Py<PyAny>>) -> PyResult<()> {
        let new = |function| Arc::new(PythonRule::new(function, space.clone_ref(py), self.raised.clone()));
        let rule = function.map(new);
        let shared = rule.clone().map_or_else(SharedRule::default, |rule| SharedRule::new(rule));
        self.read(py, |core| core.set_rule(shared))?;
        let previous = std::mem::replace(&mut *self.rule(), rule);
        drop(previous);
        Ok(())
    }

    fn rule(&self) -> MutexGuard<'_, Option<Arc<PythonRule>>> {
        self.rule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the function of the rule to the garbage collector.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.rule().as_ref().map_or(Ok(()), |rule| rule.traverse(visit))
    }

    /// Forgets the function of the rule.
    pub(crate) fn clear(&self) {
        let rule = self.rule().take();
        drop(rule.and_then(|rule| rule.clear()));
    }
}
