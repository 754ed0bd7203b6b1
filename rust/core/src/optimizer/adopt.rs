//! Adopts the trials of a twin of this search.
//!
//! Two optimizers are twins if they were created with the same arguments and received the same calls in the same order.
//! A twin that is behind adopts the trials that the other one handed out, without the cost of a model. A suggestion is
//! a function of the history, so both give the same next suggestions.

use super::{Counters, Optimizer, OptimizerError};
use crate::history::Origin;
use crate::space::Configuration;

impl Optimizer {
    /// Adds trials that a twin handed out in one ask as pending trials of this search; returns the id of the first.
    ///
    /// `duplicates` and `fallbacks` are the twin's counts after that ask (see [`Counters`]). As many points are removed
    /// from the queue as there are enqueued trials, and further `dropped` ones, which the rule of the twin refused.
    ///
    /// # Errors
    /// A configuration that is not in the space, more queued points than there are, [`OptimizerError::Memory`];
    /// nothing has changed then.
    pub fn adopt(
        &mut self,
        trials: &[(Configuration, Origin)],
        duplicates: u64,
        fallbacks: u64,
        dropped: usize,
    ) -> Result<u64, OptimizerError> {
        for (configuration, _) in trials {
            self.space.validate_values(configuration)?;
        }
        let queued = trials.iter().filter(|(_, origin)| *origin == Origin::Enqueued).count();
        if queued > self.queue.len() {
            let message = format!("{queued} trials come from a queue of {}; this is no twin", self.queue.len());
            return Err(OptimizerError::Argument(message));
        }
        self.facts.history.reserve_rows(trials.len())?;
        let first = self.history.len() as u64;
        for (configuration, origin) in trials {
            self.facts.history.push(&self.facts.space, configuration, *origin);
        }
        self.facts.queue.drain(..queued.saturating_add(dropped).min(self.facts.queue.len()));
        self.facts.counters = Counters { asked: self.counters.asked + trials.len() as u64, duplicates, fallbacks };
        Ok(first)
    }
}
