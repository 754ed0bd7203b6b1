//! Stops pending trials early, and resumes paused ones.
//!
//! Promotion repeats the pruner's decision: a paused trial is resumed if the pruner, given the current history, would
//! not stop it at its last report. Asynchronous successive halving promotes in this way (Li et al. 2020, algorithm 2):
//! a trial waits at its rung until it is among the best there.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use super::notes::clear_evaluation;
use super::{Optimizer, OptimizerError};
use crate::learning_curve::Curves;
use crate::pruner::{self, Columns, Decision};
use crate::sampler::SuggestError;

/// Maximum number of paused trials for which the pruner decides, because a decision may consider all trials. (Half and
/// twice: `benches/results/constants.md`.)
const MAX_CANDIDATES: usize = 64;

impl Optimizer {
    /// Whether a pending trial should stop at its last report, and why, as decided by the pruner of the settings. The
    /// trial may be resumed later only with [`super::Settings::pausing`].
    ///
    /// # Errors
    /// An unknown id, or a trial that is not pending.
    pub fn should_prune(&mut self, trial: u64) -> Result<Decision, OptimizerError> {
        self.pending_row(trial)?;
        let mut decision = self.deciding(|search, curves, columns| search.decide(trial, curves, columns));
        decision.pause &= self.settings.pausing;
        Ok(decision)
    }

    /// The result of `decide`. It may build columns, which are kept.
    fn deciding<T>(&mut self, decide: impl FnOnce(&Self, &Curves<'_>, &mut Columns) -> T) -> T {
        let mut columns = std::mem::take(&mut self.derived.columns);
        let decided = decide(self, &Curves::through(&self.derived.curves), &mut columns);
        self.derived.columns = columns;
        decided
    }

    /// The pruner's decision about a trial.
    fn decide(&self, trial: u64, curves: &Curves<'_>, columns: &mut Columns) -> Decision {
        let context = pruner::Context {
            history: &self.history,
            curves,
            longest: self.derived.longest,
            trial,
            incumbent: self.derived.incumbent,
            seed: self.settings.seed,
            maximize: self.settings.maximize[0],
        };
        self.settings.pruner.decide(&context, columns)
    }

    /// The paused trial to resume: among those that the pruner would not stop now, the one with the largest last step;
    /// ties go to the lowest id. `None` without [`super::Settings::pausing`].
    ///
    /// If more than 64 trials are paused, only 64 are considered. They are ranked by their last value in any objective
    /// among the paused trials with the same last step, and the best of every step come first.
    ///
    /// # Errors
    /// `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn promotable(&mut self, interrupted: &dyn Fn() -> bool) -> Result<Option<u64>, OptimizerError> {
        if !self.settings.pausing || self.history.paused().next().is_none() {
            return Ok(None);
        }
        self.deciding(|search, curves, columns| {
            for trial in search.promotion_candidates() {
                if interrupted() {
                    return Err(SuggestError::Interrupted.into());
                }
                if !search.decide(trial, curves, columns).stop {
                    return Ok(Some(trial));
                }
            }
            Ok(None)
        })
    }

    /// The paused trials to ask the pruner about, in this order; see [`Self::promotable`].
    pub fn promotion_candidates(&self) -> Vec<u64> {
        let mut paused: Vec<u64> = self.history.paused().collect();
        if paused.len() > MAX_CANDIDATES {
            let ranks = self.ranks(&paused);
            paused.sort_by_key(|trial| (ranks[trial], Reverse(self.last_step(*trial)), *trial));
            paused.truncate(MAX_CANDIDATES);
        }
        paused.sort_by_key(|trial| (Reverse(self.last_step(*trial)), *trial));
        paused
    }

    /// The last step of a trial.
    fn last_step(&self, trial: u64) -> Option<u64> {
        self.history.curve(trial).last().map(|(step, _)| *step)
    }

    /// The rank of each trial by its last value among those with the same last step, in the objective in which it ranks
    /// best.
    fn ranks(&self, trials: &[u64]) -> BTreeMap<u64, usize> {
        let last = |trial: u64, k: usize| {
            let last_index = self.history.curve(trial).len().checked_sub(1)?;
            Some(self.history.report_at(trial, last_index)[k]).filter(|value| !value.is_nan())
        };
        let mut ranks = BTreeMap::new();
        for k in 0..self.history.n_objectives() {
            let key = |trial: &u64| (self.last_step(*trial), last(*trial, k).unwrap_or(f64::INFINITY), *trial);
            let mut order: Vec<(Option<u64>, f64, u64)> = trials.iter().map(key).collect();
            order.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
            for same_step in order.chunk_by(|a, b| a.0 == b.0) {
                for (rank, (_, _, trial)) in same_step.iter().enumerate() {
                    ranks.entry(*trial).and_modify(|best: &mut usize| *best = rank.min(*best)).or_insert(rank);
                }
            }
        }
        ranks
    }

    /// Resumes a paused trial: it is pending again and keeps its reports and attributes.
    ///
    /// # Errors
    /// An unknown id, or a trial that is not paused.
    pub fn resume(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_of(trial)?;
        if !self.history.is_paused(trial) {
            return Err(OptimizerError::Argument(format!("trial {trial} is not paused and cannot be resumed")));
        }
        self.revise(|history| history.resume(row));
        clear_evaluation(&mut self.facts.notes, trial);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{Origin, Outcome};
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::pruner::Pruner;
    use crate::sampler::Sampler;
    use crate::space::{Configuration, SearchSpace};

    /// A search whose trials are paused after the given steps, and whose pruner would stop none of them.
    fn paused(pausing: bool, last_steps: &[u64]) -> Optimizer {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let settings = Settings { pausing, pruner: Pruner::Nothing, ..Settings::new(vec![false], Sampler::Random, 0) };
        let mut search = Optimizer::new(space, settings).unwrap();
        for (trial, step) in (0..).zip(last_steps) {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            search.report(trial, *step, &[1.0], Vec::new()).unwrap();
            let outcome = Outcome::Pruned { measurements: None, reason: None, paused: true };
            search.tell(trial, Tell { outcome, ..Tell::failed(None) }).unwrap();
        }
        search
    }

    #[test]
    fn the_trial_with_the_largest_last_step_comes_first() {
        let mut search = paused(true, &[2, 7, 4, 7]);
        assert_eq!(search.promotion_candidates(), [1, 3, 2, 0]);
        assert_eq!(search.promotable(&|| false), Ok(Some(1)));
    }

    #[test]
    fn without_pausing_no_trial_is_promoted() {
        assert_eq!(paused(false, &[2]).promotable(&|| false), Ok(None));
    }
}
