//! Points the user wants tried next.

use super::{Optimizer, OptimizerError};
use crate::numerics::{Purpose, Stream};
use crate::space::{Configuration, SpaceError, Value};

/// Completions tried for a queued point or for the defaults; one is enough unless the constraints leave almost nothing
/// beside them.
pub(super) const MAX_ATTEMPTS: u32 = 64;

impl Optimizer {
    /// Queues a partial configuration: `None` where the value is left open (drawn from the priors when its turn comes).
    ///
    /// # Errors
    /// A value outside its domain, a parameter that can never be active beside the others given, values that break a
    /// constraint, or a point that no completion makes feasible; nothing is queued then.
    pub fn enqueue(&mut self, partial: Vec<Option<Value>>) -> Result<(), OptimizerError> {
        self.check_queued(&partial)?;
        self.space.expect_constraints(&partial)?;
        let expected_id = self.history.len() + self.queue.len();
        self.complete_queued(&partial, expected_id as u64)?;
        self.queue.push_back(partial);
        Ok(())
    }

    /// Whether every value given is in its domain and can be active beside the others.
    pub(super) fn check_queued(&self, partial: &[Option<Value>]) -> Result<(), OptimizerError> {
        let n = self.space.parameters().len();
        if partial.len() != n {
            let message = format!("a point has {} entries; expected {n}, one per parameter", partial.len());
            return Err(OptimizerError::Argument(message));
        }
        self.space.check_fixed(partial)?;
        Ok(())
    }

    /// The configuration that a queued point becomes as trial `id`.
    pub(super) fn complete_queued(&self, partial: &[Option<Value>], id: u64) -> Result<Configuration, SpaceError> {
        let draw = |attempt| {
            let mut stream = Stream::new(self.settings.seed, id, Purpose::Enqueue, attempt);
            self.space.draw(partial, &mut stream)
        };
        let first = draw(0);
        if first.is_ok() {
            return first;
        }
        (1..MAX_ATTEMPTS).map(draw).find(Result::is_ok).unwrap_or(first)
    }
}
