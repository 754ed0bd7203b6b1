//! What samplers learn from trials that were stopped early, and from folds.
//!
//! Each stands in the history that the sampler sees with an estimate of its end and the estimate's standard deviation
//! ([`crate::learning_curve`]), that of a stopped one no better than the best trial that ran to its end. One that has
//! no estimate stays what it is, stopped: behind all complete trials for TPE, unseen by the Gaussian process. A
//! complete trial whose folds were told in place of a value has the noise of a comparison on the same folds.

use super::Optimizer;
use crate::history::{History, TrialState};
use crate::learning_curve::{Estimate, estimates};
use crate::sampler::Scratch;

impl Optimizer {
    /// Estimates for the trials that were stopped, none better than the best trial, and for those that reported folds.
    ///
    /// The lines between checkpoints are fitted to the trials before the latest of the ids 1, 2, .., 8, 9, .., 16, 18,
    /// .., 32, 36, .. (eight in each octave), so that most estimates stay what they were at the ask before, and what
    /// samplers remember stays true.
    pub(super) fn estimates(history: &History) -> Vec<Estimate> {
        let mut estimates = estimates(history, last_refresh(history.len()));
        // Where constraints are told, nothing says that a trial that was told none would keep them.
        let n_constraints = history.constraint_names().len();
        let has_constraints = |row: usize| (0..n_constraints).all(|k| !history.constraint(k)[row].is_nan());
        for estimate in estimates.iter_mut().filter(|estimate| !has_constraints(estimate.row)) {
            estimate.end = None;
        }
        let complete = (0..history.len()).filter(|row| history.is_eligible(*row));
        let best = complete.map(|row| history.values(0)[row]).fold(f64::INFINITY, f64::min);
        if best.is_finite() {
            let stopped = estimates.iter_mut().filter(|estimate| history.states()[estimate.row] == TrialState::Pruned);
            for end in stopped.filter_map(|estimate| estimate.end.as_mut()) {
                end.mean = end.mean.max(best);
            }
        }
        estimates
    }

    /// The history as models see it; None where it is the history itself. Drops what samplers remember if they saw
    /// other estimates last: they expect what was told of a trial to stay.
    pub(super) fn history_for_models(&mut self) -> Option<History> {
        let estimates = Self::estimates(&self.history);
        if !estimates.starts_with(&self.estimates) {
            self.scratch = Scratch::default();
        }
        self.estimates = estimates;
        with_estimates(&self.history, &self.estimates)
    }
}

/// The history with estimates in the place of what was told; None where there are none.
pub(super) fn with_estimates(history: &History, estimates: &[Estimate]) -> Option<History> {
    let known = |estimate: &Estimate| estimate.end.map(|end| (estimate.row, end));
    if !estimates.iter().any(|estimate| estimate.end.is_some()) {
        return None;
    }
    let ends = estimates.iter().filter_map(known);
    Some(history.with_estimates(ends.map(|(row, end)| (row, end.mean, libm::sqrt(end.variance)))))
}

/// The largest number up to `n` that has at most four significant bits.
fn last_refresh(n: usize) -> usize {
    let spare = n.checked_ilog2().unwrap_or(0).saturating_sub(3);
    n >> spare << spare
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Outcome};
    use crate::optimizer::{Settings, Tell};
    use crate::sampler::Sampler;
    use crate::space::{Configuration, SearchSpace};

    /// What a trial that breaks a constraint was told is no estimate, and stays what it is.
    #[test]
    fn complete_trials_are_not_moved_to_the_best() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut search = Optimizer::new(space, Settings::new(vec![false], Sampler::Random, 0)).unwrap();
        for (trial, (mean, broken)) in [(5.0, -1.0), (1.0, 1.0), (6.0, -1.0), (7.0, -1.0)].into_iter().enumerate() {
            search.history.push(&search.encoding, &Configuration(Vec::new()), crate::history::Origin::Random);
            for (fold, error) in [-1.0, 0.5, 0.5].into_iter().enumerate() {
                search.report_fold(trial as u64, fold as u64, mean + error * mean).unwrap();
            }
            let outcome = Outcome::Complete(vec![Measurement { value: mean, sem: Some(0.5), replicates: Vec::new() }]);
            let constraints = vec![("memory".to_owned(), broken)];
            search.tell(trial as u64, Tell { outcome, constraints, cost: None }).unwrap();
        }
        let means: Vec<f64> = Optimizer::estimates(&search.history).iter().map(|e| e.end.unwrap().mean).collect();
        assert_eq!(means, [5.0, 1.0, 6.0, 7.0]);
    }

    #[test]
    fn estimates_are_refreshed_eight_times_an_octave() {
        let refreshes: std::collections::BTreeSet<usize> = (0..=64).map(last_refresh).collect();
        let expected = (0..=16).chain((18..=32).step_by(2)).chain((36..=64).step_by(4));
        assert!(refreshes.into_iter().eq(expected));
    }
}
