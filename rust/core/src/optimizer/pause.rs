//! Paused trials that go on.
//!
//! Promotion is the question of stopping asked again: a paused trial goes on when the pruner, with all that was told
//! since, would not stop it at its last report. Asynchronous successive halving promotes in this way (Li et al. 2020,
//! algorithm 2): a trial waits at its rung until it is among the best there.

use super::{Optimizer, OptimizerError};
use crate::learning_curve::Curves;
use crate::sampler::Scratch;

impl Optimizer {
    /// The paused trial that should go on: of those that the pruner would not stop now, the one that came furthest, of
    /// equal ones the lowest id. None without [`super::Settings::pausing`].
    pub fn promotable(&self) -> Option<u64> {
        let history = &self.history;
        if !self.settings.pausing || history.paused().next().is_none() {
            return None;
        }
        let curves = Curves::through(&self.curves);
        let goes_on = |trial: &u64| !self.settings.pruner.decide(&self.pruning(*trial, &curves)).stop;
        let reach = |trial: u64| history.curve(trial).last().map(|(step, _)| *step);
        let mut waiting: Vec<u64> = history.paused().collect();
        waiting.sort_by_key(|trial| (core::cmp::Reverse(reach(*trial)), *trial));
        waiting.into_iter().find(goes_on)
    }

    /// Lets a paused trial go on: it is pending again, with what it reported and its attributes.
    ///
    /// # Errors
    /// Unknown id, a trial that is not paused.
    pub fn resume(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.known(trial)?;
        if !self.history.is_paused(trial) {
            return Err(OptimizerError::Argument(format!("trial {trial} is not paused and cannot go on")));
        }
        self.history.resume(row);
        self.forget_evaluation(trial);
        // Samplers keep what they made of results told, and never expect one to go away.
        self.scratch = Scratch::default();
        Ok(())
    }
}
