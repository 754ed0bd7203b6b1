//! Estimates for samplers: final values of stopped trials, and noise of trials with folds.
//!
//! In the history that a sampler receives, a stopped trial has an estimated final value and its standard deviation
//! ([`crate::learning_curve`]). An estimate that would be better than the best complete trial is raised to just beyond
//! it. A stopped trial without an estimate stays stopped: TPE ranks it behind all complete trials, and the Gaussian
//! process ignores it. A complete trial with folds has the noise of a comparison on the same folds.
//!
//! With several objectives, or if a constraint of the trial is not known, a stopped trial with estimates stays stopped
//! too, and each estimate is an observation of the model of its objective. (TPE with the front of estimates was not
//! better: `benches/results/fidelity.md`.)

use crate::history::{Estimate, History, TrialState};
use crate::learning_curve::Basis;

/// Estimates for stopped trials, all worse than the best trial, and for trials with folds.
///
/// The lines between checkpoints are fitted to the first `m` trials, where `m` is the largest of the numbers 1, 2, .., 8,
/// 9, .., 16, 18, .., 32, 36, .. (eight in each octave) up to the number of trials. Most estimates therefore do not
/// change from one ask to the next, and the caches of samplers stay valid.
pub(super) fn estimates(history: &History) -> Vec<Estimate> {
    estimates_from(&Basis::of(history, last_refresh(history.len())), history, history.best())
}

/// As [`estimates`], from a basis of [`last_refresh`] trials and the best trial.
pub(super) fn estimates_from(basis: &Basis, history: &History, best: Option<u64>) -> Vec<Estimate> {
    let mut estimates = basis.estimates(history).to_vec();
    if estimates.is_empty() {
        return estimates;
    }
    if let Some(best) = best {
        let bound = history.values(0)[best as usize].next_up();
        let stopped = estimates.iter_mut().filter(|estimate| history.states()[estimate.row] == TrialState::Pruned);
        for end in stopped.filter_map(|estimate| estimate.end.as_mut()) {
            end.mean = end.mean.max(bound);
        }
    }
    estimates
}

/// The largest number up to `n` that has at most four significant bits.
pub(super) fn last_refresh(n: usize) -> usize {
    let spare = n.checked_ilog2().unwrap_or(0).saturating_sub(3);
    n >> spare << spare
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome, View};
    use crate::optimizer::testing::random_search;
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::Sampler;
    use crate::space::{Configuration, SearchSpace};

    /// The value of a complete trial that breaks a constraint is not clipped at the best value.
    #[test]
    fn complete_trials_are_not_clipped_at_the_best() {
        let mut search = random_search(Vec::new());
        for (trial, (mean, broken)) in [(5.0, -1.0), (1.0, 1.0), (6.0, -1.0), (7.0, -1.0)].into_iter().enumerate() {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            for (fold, error) in [-1.0, 0.5, 0.5].into_iter().enumerate() {
                search.report_fold(trial as u64, fold as u64, mean + error * mean).unwrap();
            }
            let outcome = Outcome::Complete(vec![Measurement { value: mean, sem: Some(0.5), replicates: Vec::new() }]);
            let constraints = vec![("memory".to_owned(), broken)];
            search.tell(trial as u64, Tell { outcome, constraints, cost: None }).unwrap();
        }
        let means: Vec<f64> = estimates(&search.history).iter().map(|e| e.end.unwrap().mean).collect();
        assert_eq!(means, [5.0, 1.0, 6.0, 7.0]);
    }

    #[test]
    fn the_estimate_of_a_stopped_trial_is_worse_than_the_best_trial() {
        let mut search = random_search(Vec::new());
        for trial in 0..11_u64 {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            // Every trial is worse than the one before it, but the last, which is stopped, promises to be the best.
            let value = if trial == 10 { -5.0 } else { trial as f64 };
            search.report(trial, 1, &[value], Vec::new()).unwrap();
            let complete = Outcome::Complete(vec![Measurement { value, sem: None, replicates: Vec::new() }]);
            let outcome = if trial == 10 {
                Outcome::Pruned { measurements: None, reason: None, paused: false }
            } else {
                complete
            };
            search.tell(trial, Tell { outcome, constraints: Vec::new(), cost: None }).unwrap();
        }
        let estimates = estimates(&search.history);
        assert_eq!(estimates[0].end.unwrap().mean, 0.0_f64.next_up());
        let for_models = View::new(&search.history, &estimates);
        assert_eq!(for_models.values(0)[10], 0.0_f64.next_up());
        assert_eq!(for_models.sems(0)[10], estimates[0].end.unwrap().std);
        assert!((0..10).all(|row| for_models.values(0)[row] == search.history.values(0)[row]));
    }

    /// The estimate teaches the model of the objective, but the trial is no result: it might break the constraint.
    #[test]
    fn a_stopped_trial_without_its_constraint_stays_stopped_and_is_known() {
        let mut search = random_search(Vec::new());
        for trial in 0..7_u64 {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            search.report(trial, 1, &[trial as f64], Vec::new()).unwrap();
            let told = if trial == 6 {
                stopped(None)
            } else {
                search.report(trial, 2, &[trial as f64 / 2.0], Vec::new()).unwrap();
                let outcome = Outcome::Complete(vec![measured(trial as f64 / 2.0, None)]);
                Tell { constraints: vec![("memory".to_owned(), -1.0)], ..ended(outcome) }
            };
            search.tell(trial, told).unwrap();
        }
        let estimates = estimates(&search.history);
        let view = View::new(&search.history, &estimates);
        assert_eq!((view.state(6), view.is_measured(6), view.is_known_apart(6, 0)), (TrialState::Pruned, false, true));
        assert_eq!(view.values(0)[6], estimates[0].end.unwrap().mean);
    }

    /// A search for two objectives after six complete trials of two steps; the next trial has reported the first step.
    fn two_objectives() -> Optimizer {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut search = Optimizer::new(space, Settings::new(vec![false, false], Sampler::Random, 0)).unwrap();
        for trial in 0..7_u64 {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            let y = (trial * trial % 7) as f64;
            search.report(trial, 1, &[y, 3.0 - y], Vec::new()).unwrap();
            if trial < 6 {
                search.report(trial, 2, &[y / 2.0, 1.0 + y * y], Vec::new()).unwrap();
                let measured = [y / 2.0, 1.0 + y * y].map(|value| measured(value, None));
                search.tell(trial, ended(Outcome::Complete(measured.to_vec()))).unwrap();
            }
        }
        search
    }

    fn measured(value: f64, sem: Option<f64>) -> Measurement {
        Measurement { value, sem, replicates: Vec::new() }
    }

    fn ended(outcome: Outcome) -> Tell {
        Tell { outcome, constraints: Vec::new(), cost: None }
    }

    fn stopped(measurements: Option<Vec<Measurement>>) -> Tell {
        ended(Outcome::Pruned { measurements, reason: None, paused: false })
    }

    /// For each objective of the last trial: whether models use it, and its value and standard error for them.
    fn seen_by_models(search: &Optimizer, estimates: &[Estimate]) -> Vec<(bool, f64, Option<f64>)> {
        let view = View::new(&search.history, estimates);
        let sem = |k: usize| Some(view.sems(k)[6]).filter(|sem| !sem.is_nan());
        (0..2).map(|k| (view.is_known_apart(6, k), view.values(k)[6], sem(k))).collect()
    }

    #[test]
    fn an_estimate_does_not_replace_what_a_stopped_trial_told() {
        let mut search = two_objectives();
        search.tell_objectives(6, vec![(1, measured(0.25, Some(0.125)))]).unwrap();
        search.tell(6, stopped(None)).unwrap();
        let estimates = estimates(&search.history);
        let [estimate] = estimates.as_slice() else { panic!("{estimates:?}") };
        let end = estimate.end.unwrap();
        let expected = [(true, end.mean, Some(end.std)), (true, 0.25, Some(0.125))];
        assert_eq!(seen_by_models(&search, &estimates), expected);
    }

    #[test]
    fn what_a_stopped_trial_told_is_known_without_estimates() {
        let mut search = two_objectives();
        search.tell_objectives(6, vec![(1, measured(0.25, Some(0.125)))]).unwrap();
        search.tell(6, stopped(None)).unwrap();
        assert_eq!(seen_by_models(&search, &[]), [(false, 1.0, None), (true, 0.25, Some(0.125))]);
    }

    #[test]
    fn all_objectives_that_a_stopped_trial_told_are_known() {
        let mut search = two_objectives();
        search.tell_objectives(6, vec![(0, measured(5.0, None)), (1, measured(0.25, None))]).unwrap();
        search.tell(6, stopped(None)).unwrap();
        let estimates = estimates(&search.history);
        assert_eq!(estimates, []);
        assert_eq!(seen_by_models(&search, &estimates), [(true, 5.0, None), (true, 0.25, None)]);
    }

    /// A value that comes with the stop belongs to a smaller budget.
    #[test]
    fn an_objective_that_a_stop_tells_anew_is_not_known() {
        let mut search = two_objectives();
        search.tell_objectives(6, vec![(0, measured(5.0, None)), (1, measured(0.25, None))]).unwrap();
        search.tell(6, stopped(Some(vec![measured(4.0, None), measured(0.25, None)]))).unwrap();
        assert_eq!(seen_by_models(&search, &[]), [(false, 4.0, None), (true, 0.25, None)]);
    }

    #[test]
    fn estimates_are_refreshed_eight_times_an_octave() {
        let refreshes: std::collections::BTreeSet<usize> = (0..=64).map(last_refresh).collect();
        let expected = (0..=16).chain((18..=32).step_by(2)).chain((36..=64).step_by(4));
        assert!(refreshes.into_iter().eq(expected));
    }
}
