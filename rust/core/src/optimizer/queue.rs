//! Enqueued points, which are tried next.

use super::{Facts, Optimizer, OptimizerError};
use crate::numerics::{Purpose, Stream};
use crate::sampler::SharedRule;
use crate::space::{Configuration, SpaceError, Value};

/// Maximum number of completions tried for a queued point or for the defaults. One suffices unless the constraints
/// leave almost no values for the other parameters. (Half and twice: `benches/results/constants.md`.)
pub(super) const MAX_ATTEMPTS: u32 = 64;

impl Optimizer {
    /// Queues a partial configuration. `None` leaves a value open; it is drawn from its prior when the point is handed
    /// out. The rule decides then ([`Self::ask`]), and before with [`Facts::check_enqueue`].
    ///
    /// # Errors
    /// A value outside its domain, a parameter that can never be active together with the other values, values that
    /// break a constraint, or a point that no completion makes feasible. Nothing is queued then.
    pub fn enqueue(&mut self, partial: Vec<Option<Value>>) -> Result<(), OptimizerError> {
        self.completes(&partial, 0, &SharedRule::default())?;
        self.facts.queue.push_back(partial);
        Ok(())
    }
}

impl Facts {
    /// Checks a partial configuration as [`Optimizer::enqueue`] does once `n_before` more points are queued. Returns
    /// whether the rule allows it in some completion. Queues nothing.
    ///
    /// # Errors
    /// As [`Optimizer::enqueue`].
    pub fn check_enqueue(&self, partial: &[Option<Value>], n_before: usize) -> Result<bool, OptimizerError> {
        self.completes(partial, n_before, &self.rule)
    }

    fn completes(&self, partial: &[Option<Value>], n_before: usize, rule: &SharedRule) -> Result<bool, OptimizerError> {
        self.check_queued(partial)?;
        self.space.expect_constraints(partial)?;
        let expected_id = self.history.len() + self.queue.len() + n_before;
        Ok(self.completed(partial, expected_id as u64, rule)?.is_some())
    }

    /// Checks that every value is in its domain and its parameter can be active together with the others.
    pub(super) fn check_queued(&self, partial: &[Option<Value>]) -> Result<(), OptimizerError> {
        let n = self.space.parameters().len();
        if partial.len() != n {
            let message = format!("a point has {} entries; expected {n}, one per parameter", partial.len());
            return Err(OptimizerError::Argument(message));
        }
        self.space.check_fixed(partial)?;
        Ok(())
    }

    /// The configuration that a queued point becomes as trial `id`; `None` if the rule refuses all completions.
    pub(super) fn complete_queued(
        &self,
        partial: &[Option<Value>],
        id: u64,
    ) -> Result<Option<Configuration>, SpaceError> {
        self.completed(partial, id, &self.rule)
    }

    fn completed(
        &self,
        partial: &[Option<Value>],
        id: u64,
        rule: &SharedRule,
    ) -> Result<Option<Configuration>, SpaceError> {
        let draw = |attempt| {
            let mut stream = Stream::new(self.settings.seed, id, Purpose::Enqueue, attempt);
            self.space.draw(partial, &mut stream)
        };
        let first = draw(0);
        let is_good = |drawn: &Result<Configuration, SpaceError>| drawn.as_ref().is_ok_and(|drawn| rule.allows(drawn));
        if is_good(&first) {
            return first.map(Some);
        }
        match (1..MAX_ATTEMPTS).map(draw).find(is_good) {
            Some(good) => good.map(Some),
            None => first.map(|_| None),
        }
    }
}
