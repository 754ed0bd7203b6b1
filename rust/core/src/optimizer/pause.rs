//! Paused trials that go on.
//!
//! Promotion is the question of stopping asked again: a paused trial goes on when the pruner, with all that was told
//! since, would not stop it at its last report. Asynchronous successive halving promotes in this way (Li et al. 2020,
//! algorithm 2): a trial waits at its rung until it is among the best there.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Optimizer, OptimizerError};
use crate::learning_curve::Curves;
use crate::sampler::{Scratch, SuggestError};

/// Paused trials that the pruner is asked about at most: each answer looks at all trials.
const ASKED: usize = 64;

impl Optimizer {
    /// The paused trial that should go on: of those that the pruner would not stop now, the one that came furthest, of
    /// equal ones the lowest id. None without [`super::Settings::pausing`].
    ///
    /// Where more than 64 trials are paused, the pruner is asked about 64 of them: those that are best by the last value
    /// of an objective among the paused ones that came equally far, the best of every step first.
    ///
    /// # Errors
    /// `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn promotable(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<u64>, OptimizerError> {
        if !self.settings.pausing || self.history.paused().next().is_none() {
            return Ok(None);
        }
        let curves = Curves::through(&self.curves);
        for trial in self.promotion_candidates() {
            if interrupted() {
                return Err(SuggestError::Interrupted.into());
            }
            if !self.settings.pruner.decide(&self.pruning(trial, &curves)).stop {
                return Ok(Some(trial));
            }
        }
        Ok(None)
    }

    /// The paused trials to ask the pruner about, in that order; see [`Self::promotable`].
    pub fn promotion_candidates(&self) -> Vec<u64> {
        let mut waiting: Vec<u64> = self.history.paused().collect();
        if waiting.len() > ASKED {
            let places = self.places(&waiting);
            waiting.sort_by_key(|trial| (places[trial], Reverse(self.reach(*trial)), *trial));
            waiting.truncate(ASKED);
        }
        waiting.sort_by_key(|trial| (Reverse(self.reach(*trial)), *trial));
        waiting
    }

    /// The last step of a trial.
    fn reach(&self, trial: u64) -> Option<u64> {
        self.history.curve(trial).last().map(|(step, _)| *step)
    }

    /// How many of some trials that came equally far have a better last value, in the objective where these are fewest.
    fn places(&self, trials: &[u64]) -> BTreeMap<u64, usize> {
        let last = |trial: u64, k: usize| {
            let place = self.history.curve(trial).len().checked_sub(1)?;
            Some(self.history.report_at(trial, place)[k]).filter(|value| !value.is_nan())
        };
        let mut places = BTreeMap::new();
        for k in 0..self.history.n_objectives() {
            let known = |trial: &u64| (self.reach(*trial), last(*trial, k).unwrap_or(f64::INFINITY), *trial);
            let mut order: Vec<(Option<u64>, f64, u64)> = trials.iter().map(known).collect();
            order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
            for alike in order.chunk_by(|a, b| a.0 == b.0) {
                for (place, (_, _, trial)) in alike.iter().enumerate() {
                    places.entry(*trial).and_modify(|known: &mut usize| *known = place.min(*known)).or_insert(place);
                }
            }
        }
        places
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
