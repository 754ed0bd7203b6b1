//! Ctrl-C during a long ask.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use tanteo_core::optimizer::OptimizerError;

use crate::errors::PorchError;

/// Period of the checks for signals: short for a person, and long enough to cost almost nothing.
const PERIOD: Duration = Duration::from_millis(50);

/// Checks for signals while the interpreter is released, and stores what a handler raised.
pub(crate) struct Interrupt {
    next: Cell<Instant>,
    raised: RefCell<Option<PyErr>>,
}

impl Interrupt {
    pub(crate) fn new() -> Self {
        Self { next: Cell::new(Instant::now() + PERIOD), raised: RefCell::new(None) }
    }

    /// Whether the work should stop. Takes the interpreter briefly, at most once per period. Outside the main thread
    /// Python reports no signals. An interpreter that is shutting down also stops the work.
    pub(crate) fn pending(&self) -> bool {
        let now = Instant::now();
        if now < self.next.get() {
            return self.raised.borrow().is_some();
        }
        let stop = match Python::try_attach(run_handlers) {
            Some(Ok(())) => false,
            Some(Err(error)) => {
                self.raised.replace(Some(error));
                true
            }
            None => true,
        };
        self.next.set(Instant::now() + PERIOD);
        stop
    }

    /// The error of interrupted work: what a signal handler raised, if that was the cause.
    pub(crate) fn explain(&self, error: OptimizerError) -> PorchError {
        self.raised.take().map_or(PorchError::Core(error), PorchError::Raised)
    }
}

/// Runs work that takes a function that says whether to stop.
pub(crate) fn watched<R>(work: impl FnOnce(&dyn Fn() -> bool) -> Result<R, OptimizerError>) -> Result<R, PorchError> {
    let interrupt = Interrupt::new();
    work(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))
}

/// Runs the handlers of pending signals; an error is what one of them raised.
fn run_handlers(py: Python<'_>) -> PyResult<()> {
    py.check_signals()
}
