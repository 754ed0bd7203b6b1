//! Trials for which models use an estimate instead of the stored result.

use std::sync::OnceLock;

use super::curves::Curves;
use super::folds::{FoldEnd, FoldLayout};
use super::table::CurveTable;
use crate::history::{Estimate, Expected, History, TrialState};

/// The estimates that follow from the curves and the folds of the first `n` trials.
#[derive(Clone, Debug)]
pub struct Basis {
    n: usize,
    /// By objective.
    curves: Vec<Curves<'static>>,
    /// Computed on first use.
    folds: OnceLock<Option<FoldLayout>>,
    estimates: OnceLock<Vec<Estimate>>,
}

impl Basis {
    /// From all that is known of the first `n` trials.
    pub fn of(history: &History, n: usize) -> Self {
        let curves = |objective| Curves::owning(CurveTable::of(history, objective, n));
        let curves = (0..history.n_objectives()).map(curves).collect();
        Self { n, curves, folds: OnceLock::new(), estimates: OnceLock::new() }
    }

    /// Number of trials from which the estimates follow.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The basis after a report or the end of a trial. A later one than the first `n` only adds its own estimate.
    #[must_use]
    pub fn updated(mut self, history: &History, trial: u64) -> Self {
        if trial < self.n as u64 {
            let curves = self.curves.into_iter().map(|curves| curves.updated(history, trial)).collect();
            return Self { curves, folds: OnceLock::new(), estimates: OnceLock::new(), ..self };
        }
        if let Some(mut estimates) = self.estimates.take() {
            if is_estimated(history, trial) {
                let index = estimates.partition_point(|earlier| (earlier.row as u64) < trial);
                estimates.splice(index..index, self.estimates_of(history, trial));
            }
            self.estimates = OnceLock::from(estimates);
        }
        self
    }

    /// Estimates for all trials that were stopped after a report, and for the complete trials whose values come from
    /// folds, with the uncertainty in a comparison. In the order of their rows.
    ///
    /// If a trial has folds, they are more informative than the curve of their running means. The standard error of a
    /// complete trial, computed from its folds, mostly reflects that some folds are harder than others for all trials
    /// alike; the estimate does not contain this part.
    ///
    /// With several objectives, each one of a stopped trial is estimated from its own curve. Together they may form a
    /// combination that no trial can reach. An objective that the trial told before it stopped needs no estimate.
    pub fn estimates(&self, history: &History) -> &[Estimate] {
        self.estimates.get_or_init(|| {
            let estimated = history.curves().filter(|(trial, _)| is_estimated(history, *trial));
            estimated.flat_map(|(trial, _)| self.estimates_of(history, trial)).collect()
        })
    }

    /// The estimate of each objective that a trial has not told; all of them or none have an end.
    fn estimates_of(&self, history: &History, trial: u64) -> Vec<Estimate> {
        let (row, curve) = (trial as usize, history.curve(trial));
        let estimate = |(objective, curves): (usize, &Curves<'_>)| {
            let end = match history.n_objectives() {
                1 => self.end(history, trial, FoldEnd::observed),
                _ => curves.end_of(curve, |report| history.reported_value(trial, report, objective)),
            };
            Estimate { row, objective, end }
        };
        let untold = self.curves.iter().enumerate().filter(|(k, _)| !history.told_before_stop(row, *k));
        let mut estimates: Vec<Estimate> = untold.map(estimate).collect();
        if estimates.iter().any(|estimate| estimate.end.is_none()) {
            for estimate in &mut estimates {
                estimate.end = None;
            }
        }
        estimates
    }

    /// The expected final value of an unfinished trial of a search for one minimum.
    pub fn expected(&self, history: &History, trial: u64) -> Option<Expected> {
        self.end(history, trial, FoldEnd::expected)
    }

    fn end(&self, history: &History, trial: u64, from_folds: fn(FoldEnd) -> Expected) -> Option<Expected> {
        let (curve, folds) = (history.curve(trial), history.folds(trial));
        if folds.is_empty() {
            return self.curves[0].end(curve);
        }
        let layout = self.folds.get_or_init(|| FoldLayout::of(history, self.n)).as_ref();
        if history.states()[trial as usize] == TrialState::Complete {
            return layout?.with_comparison_noise(history.values(0)[trial as usize], folds);
        }
        layout.and_then(|layout| layout.estimate(folds)).map(from_folds).or_else(|| self.curves[0].end(curve))
    }
}

/// Whether models use an estimate for a trial.
fn is_estimated(history: &History, trial: u64) -> bool {
    match history.states()[trial as usize] {
        TrialState::Pruned => !history.curve(trial).is_empty(),
        TrialState::Complete => history.folds(trial).len() > 1 && history.sems(0)[trial as usize] > 0.0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::Basis;
    use crate::history::{Estimate, Expected, History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    /// Folds of trials `g + h + e`, where the errors of each row and of each column sum to zero.
    const FOLDS: [[f64; 3]; 3] = [[1.0, 11.0, 21.0], [2.0, 13.0, 21.0], [3.0, 12.0, 24.0]];

    fn estimates(history: &History, n: usize) -> Vec<Estimate> {
        Basis::of(history, n).estimates(history).to_vec()
    }

    fn report(history: &mut History, folds: &[f64]) -> usize {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let trial = history.push(&space, &Configuration(Vec::new()), Origin::Random);
        for (fold, value) in folds.iter().enumerate() {
            history.report_fold(trial, fold as u64, *value);
        }
        trial as usize
    }

    fn complete(history: &mut History, folds: &[f64], sem: Option<f64>) {
        let row = report(history, folds);
        let value = folds.iter().sum::<f64>() / folds.len() as f64;
        let measured = Measurement { value, sem, replicates: Vec::new() };
        history.finish(row, Outcome::Complete(vec![measured]), &[], None);
    }

    fn observed(sem: Option<f64>) -> History {
        let mut history = History::new(0, 1);
        for folds in FOLDS {
            complete(&mut history, &folds, sem);
        }
        history
    }

    #[test]
    fn fold_effects_shared_by_all_trials_are_not_noise() {
        let history = observed(Some(5.8));
        // Means 11, 12, 13 and 2, 12, 22: residuals 0, 0, 0; 0, 1, -1; 0, -1, 1, on four degrees of freedom.
        let expected =
            |row, mean| Estimate { row, objective: 0, end: Some(Expected { mean, std: (4.0_f64 / 4.0 / 3.0).sqrt() }) };
        assert_eq!(estimates(&history, 3), [expected(0, 11.0), expected(1, 12.0), expected(2, 13.0)]);
        assert!(estimates(&history, 2).iter().all(|estimate| estimate.end.is_none()), "two trials are too few");
        assert_eq!(estimates(&observed(None), 3), [], "a value without a standard error has no estimate");
    }

    /// A stopped trial teaches models no more than it would with all folds.
    #[test]
    fn fewer_folds_are_less_certain() {
        let mut history = History::new(0, 1);
        for folds in [[1.0, 11.0, 21.0, 31.0], [2.0, 13.0, 21.0, 32.0], [3.0, 12.0, 24.0, 33.0]] {
            complete(&mut history, &folds, Some(5.8));
        }
        for m in [3, 2] {
            let row = report(&mut history, &[1.5, 11.5, 21.5][..m]);
            history.finish(row, Outcome::Pruned { measurements: None, reason: None, paused: false }, &[], None);
        }
        let stds: Vec<f64> = estimates(&history, 5)[2..].iter().map(|estimate| estimate.end.unwrap().std).collect();
        assert!(stds[0] < stds[1] && stds[1] < stds[2], "{stds:?}");
    }

    /// The final value itself is more certain than it is as an observation of a function.
    #[test]
    fn models_see_the_noise_of_the_final_value() {
        let mut history = observed(Some(5.8));
        let row = report(&mut history, &[3.0, 13.0]);
        let expected = Basis::of(&history, 4).expected(&history, row as u64).unwrap();
        history.finish(row, Outcome::Pruned { measurements: None, reason: None, paused: false }, &[], None);
        let observed = estimates(&history, 4)[3].end.unwrap();
        let noise = observed.std * observed.std - expected.std * expected.std;
        assert!(observed.mean == expected.mean && (noise - 0.8 / 3.0).abs() < 1e-12, "v / K with v = 4 / (4 + 1)");
    }

    #[test]
    fn the_estimate_of_a_stopped_trial_follows_from_its_differences() {
        let mut history = observed(None);
        let row = report(&mut history, &[3.0, 13.0]);
        history.finish(row, Outcome::Pruned { measurements: None, reason: None, paused: false }, &[], None);
        let estimate = estimates(&history, 4)[0];
        // Both are one above the means of the others: v = 4 / (4 + 1), times 4/3 (1/2 - 1/3) 5/(5 - 2).
        assert_eq!(estimate.row, 3);
        let Expected { mean, std } = estimate.end.unwrap();
        assert!((mean - 13.0).abs() < 1e-12 && (std * std - 0.8 * 4.0 / 3.0 / 6.0 * 5.0 / 3.0).abs() < 1e-12);
    }

    /// Trials of two steps; the last one is stopped after the first.
    fn stopped(objectives: &[usize], last: f64) -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, objectives.len());
        let measured = |value| Measurement { value, sem: None, replicates: Vec::new() };
        for row in 0..6_u32 {
            let trial = history.push(&space, &Configuration(Vec::new()), Origin::Random);
            let y = f64::from(row * row % 7);
            let reports = [[y, if row == 5 { last } else { 3.0 - y }], [y / 2.0, 1.0 + (y - 2.0) * (y - 2.0)]];
            let at = |step: usize| objectives.iter().map(|k| reports[step][*k]).collect::<Vec<f64>>();
            history.report(trial, 1, &at(0), Vec::new());
            let outcome = if row == 5 {
                Outcome::Pruned { measurements: None, reason: None, paused: false }
            } else {
                history.report(trial, 2, &at(1), Vec::new());
                Outcome::Complete(at(1).into_iter().map(measured).collect())
            };
            history.finish(row as usize, outcome, &[], None);
        }
        history
    }

    #[test]
    fn each_of_several_objectives_has_the_estimate_of_a_search_for_it_alone() {
        let both = estimates(&stopped(&[0, 1], 0.5), 6);
        let alone = |k: usize| estimates(&stopped(&[k], 0.5), 6)[0].end;
        assert!(alone(0).is_some() && alone(0) != alone(1));
        let expected = |objective| Estimate { row: 5, objective, end: alone(objective) };
        assert_eq!(both, [expected(0), expected(1)]);
    }

    #[test]
    fn without_an_estimate_of_one_objective_there_is_none_of_the_others() {
        let found = estimates(&stopped(&[0, 1], f64::NAN), 6);
        assert_eq!(found.iter().map(|estimate| estimate.end).collect::<Vec<_>>(), [None, None]);
    }

    /// The value at a step of a curve that approaches 1.
    fn approaching(step: u64) -> f64 {
        1.0 + libm::exp(-(step as f64) / 6.0)
    }

    /// The estimate of the last of nine parallel curves, which was stopped after reports at some of the steps.
    fn parallel(steps: &[u64], reported_of_last: &[u64]) -> Option<Expected> {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for row in 0..9_u32 {
            let trial = history.push(&space, &Configuration(Vec::new()), Origin::Random) as usize;
            let at = |step: u64| f64::from(row * row % 7) - 1.0 + approaching(step);
            let reported = if row == 8 { reported_of_last } else { steps };
            for step in reported {
                history.report(trial as u64, *step, &[at(*step)], Vec::new());
            }
            let measured = Measurement { value: at(steps[steps.len() - 1]), sem: None, replicates: Vec::new() };
            let pruned = Outcome::Pruned { measurements: None, reason: None, paused: false };
            history.finish(trial, if row == 8 { pruned } else { Outcome::Complete(vec![measured]) }, &[], None);
        }
        estimates(&history, 9)[0].end
    }

    #[test]
    fn a_trial_that_is_stopped_between_two_checkpoints_is_read_at_the_first() {
        let every: Vec<u64> = (1..=27).collect();
        let tens: Vec<u64> = (1..=6).map(|k| 10 * k).collect();
        for (steps, end) in [(&every, 27), (&tens, 60)] {
            for last in 0..steps.len() {
                let found = parallel(steps, &steps[..=last]).unwrap().mean;
                assert!((found - approaching(end)).abs() < 1e-9, "{steps:?} {last} {found}");
            }
        }
    }

    #[test]
    fn a_trial_whose_first_report_comes_after_a_checkpoint_is_read_there() {
        let every: Vec<u64> = (1..=27).collect();
        let found = parallel(&every, &[25, 26]).unwrap().mean;
        let expected = approaching(25) + approaching(27) - approaching(23);
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        let tens: Vec<u64> = (1..=6).map(|k| 10 * k).collect();
        assert_eq!(parallel(&tens, &[9]), None, "before the first checkpoint");
    }
}
