//! Suggestions that nobody has tried: the sampler first, then a walk over the space.
//!
//! With `deduplicate`, and while the objective is not noisy, a configuration that a trial of any state has is never
//! suggested again. The sampler is asked up to [`MAX_ATTEMPTS`] times; if all of that was tried before, the space is
//! all but used up or the sampler is stuck, and the configurations are walked through in order, from a random one on
//! and around the end, until one is new. Without constraints that takes at most `n + 1` steps after `n` trials, so a
//! walk that comes back to its start has proved that nothing is left.

use super::{Optimizer, OptimizerError};
use crate::history::Origin;
use crate::numerics::{Pool, Purpose, Stream};
use crate::sampler::{Context, Sampler, SuggestError, Suggestion};
use crate::space::Configuration;

/// Proposals of the sampler that may be turned down before the space is walked through.
const MAX_ATTEMPTS: u32 = 64;

impl Optimizer {
    /// What the sampler proposes, new if that matters.
    pub(super) fn suggest(&mut self, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Result<Suggestion, SuggestError> {
        let sampler = self.settings.sampler.clone();
        self.first_unseen(&sampler, pool, interrupted)
    }

    /// A point from outside, repaired, or a new one where it was tried before.
    pub(super) fn external(&mut self, unit: &[f64]) -> Result<Suggestion, OptimizerError> {
        let n = self.space.parameters().len();
        if unit.len() != n {
            let message = format!("a point has {} coordinates; expected {n}, one per parameter", unit.len());
            return Err(OptimizerError::Argument(message));
        }
        let configuration = self.feasible(self.encoding.decode(&self.space, unit))?;
        if !self.is_repetition(&configuration) {
            return Ok(Suggestion { configuration, origin: Origin::External, fallback: false });
        }
        self.counters.duplicates += 1;
        let replacement = self.first_unseen(&Sampler::Random, &Pool::serial(), &|| false)?;
        Ok(Suggestion { fallback: true, ..replacement })
    }

    fn first_unseen(
        &mut self,
        sampler: &Sampler,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Suggestion, SuggestError> {
        for attempt in 0..MAX_ATTEMPTS {
            if interrupted() {
                return Err(SuggestError::Interrupted);
            }
            let context = Context {
                space: &self.space,
                encoding: &self.encoding,
                history: &self.history,
                seed: self.settings.seed,
                trial: self.history.len() as u64,
                attempt,
                pool,
                interrupted,
            };
            let suggestion = sampler.suggest(&context, &mut self.scratch)?;
            if !self.is_repetition(&suggestion.configuration) {
                return Ok(suggestion);
            }
            self.counters.duplicates += 1;
        }
        Err(SuggestError::Exhausted("nothing new is left".to_owned()))
    }

    /// Whether a suggestion repeats a trial although repetition tells nothing new.
    fn is_repetition(&self, configuration: &Configuration) -> bool {
        self.settings.deduplicate && !self.history.is_noisy() && self.history.is_seen(configuration)
    }

    /// A configuration from outside, moved to where the known constraints hold.
    fn feasible(&self, configuration: Configuration) -> Result<Configuration, OptimizerError> {
        if self.space.satisfies(&configuration) {
            return Ok(configuration);
        }
        let mut stream = Stream::new(self.settings.seed, self.history.len() as u64, Purpose::Repair, 0);
        let refused = || "a point breaks the known constraints and no feasible one was found near it".to_owned();
        self.space.repair(configuration, &mut stream).ok_or_else(|| OptimizerError::Argument(refused()))
    }
}
