//! The history as models see it: recorded trials, with estimates in place of results that models should not take as they
//! are.

use std::ops::{Deref, Index};

use super::{History, Origin, TrialState};
use crate::pareto::dominance;

/// A final value as a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub std: f64,
}

impl Expected {
    /// The mean plus one standard deviation.
    pub fn upper_bound(self) -> f64 {
        self.mean + self.std
    }
}

/// The estimated final value of one objective of a stopped trial, or the uncertainty of a complete one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The row of the trial.
    pub row: usize,
    /// The objective.
    pub objective: usize,
    /// The estimate, if there is one.
    pub end: Option<Expected>,
}

/// A history whose results may be estimates, with the states that follow from them. Methods of [`History`] that are
/// reached through [`Deref`] read what is recorded.
///
/// With one objective and all constraints told, a trial with an estimate is complete. Others keep their state: nothing
/// shows that they satisfy the constraints, and separate estimates of several objectives may form a combination that no
/// trial can reach.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    recorded: &'a History,
    /// By increasing row and objective.
    estimates: &'a [Estimate],
}

/// A recorded column with estimates in place of some results.
#[derive(Clone, Copy, Debug)]
pub struct Overlay<'a, T> {
    recorded: &'a [T],
    view: View<'a>,
    objective: usize,
    estimated: fn(&Expected) -> &T,
}

impl<T> Index<usize> for Overlay<'_, T> {
    type Output = T;
    fn index(&self, row: usize) -> &T {
        self.view.estimate(row, self.objective).map_or(&self.recorded[row], self.estimated)
    }
}

impl<'a> View<'a> {
    /// A view with estimates, by increasing row and objective.
    pub fn new(recorded: &'a History, estimates: &'a [Estimate]) -> Self {
        Self { recorded, estimates }
    }
    /// State of a trial.
    pub fn state(self, row: usize) -> TrialState {
        let is_result = || self.n_objectives() == 1 && self.has_all_constraints(row);
        match self.recorded.states[row] {
            TrialState::Pruned if self.is_estimated(row, 0) && is_result() => TrialState::Complete,
            state => state,
        }
    }
    /// Values of one objective, to be minimized; NaN where there is none.
    pub fn values(self, objective: usize) -> Overlay<'a, f64> {
        let recorded = &self.recorded.values[objective];
        Overlay { recorded, view: self, objective, estimated: |end| &end.mean }
    }
    /// Standard errors of one objective; NaN where unknown.
    pub fn sems(self, objective: usize) -> Overlay<'a, f64> {
        Overlay { recorded: &self.recorded.sems[objective], view: self, objective, estimated: |end| &end.std }
    }
    /// The values of a trial, one per objective.
    pub fn point_of_values(self, row: usize) -> Vec<f64> {
        (0..self.n_objectives()).map(|k| self.values(k)[row]).collect()
    }
    /// The rows of all finished trials that are not excluded, increasing.
    pub fn finished(self) -> impl Iterator<Item = usize> + 'a {
        (0..self.len()).filter(move |row| self.state(*row).counts())
    }
    /// Whether the trial is complete and every objective is finite.
    pub fn is_measured(self, row: usize) -> bool {
        (0..self.n_objectives()).all(|k| self.is_measured_in(row, k))
    }
    /// Whether the trial is complete and this objective is finite.
    pub fn is_measured_in(self, row: usize, objective: usize) -> bool {
        self.state(row) == TrialState::Complete && self.values(objective)[row].is_finite()
    }
    /// Whether the trial is not complete but teaches the models of single objectives.
    pub fn is_partly_known(self, row: usize) -> bool {
        (0..self.n_objectives()).any(|k| self.is_known_apart(row, k))
    }
    /// Whether the trial is not complete but teaches the model of this objective: it told the objective before its result,
    /// or it was stopped and there is an estimate. What it reported last, or was stopped with, belongs to a smaller
    /// budget.
    pub fn is_known_apart(self, row: usize, objective: usize) -> bool {
        match self.state(row) {
            TrialState::Pending | TrialState::Failed => self.values(objective)[row].is_finite(),
            TrialState::Pruned => self.told_before_stop(row, objective) || self.is_estimated(row, objective),
            TrialState::Complete | TrialState::Excluded(_) | TrialState::SetAside(_) => false,
        }
    }
    /// Whether the trial has an estimate in place of a value.
    fn is_estimated(self, row: usize, objective: usize) -> bool {
        self.estimate(row, objective).is_some()
    }
    fn estimate(self, row: usize, objective: usize) -> Option<&'a Expected> {
        let found = self.estimates.binary_search_by_key(&(row, objective), |known| (known.row, known.objective));
        self.estimates[found.ok()?].end.as_ref()
    }
    /// Whether the trial counts as a result: it is measured and feasible.
    pub fn is_eligible(self, row: usize) -> bool {
        self.is_measured(row) && self.is_feasible(row)
    }
    /// The rows of all trials that count as results and that no other one dominates, increasing. Ties are included.
    pub fn front(self) -> Vec<usize> {
        let rows: Vec<usize> = self.eligible().collect();
        let points: Vec<Vec<f64>> = rows.iter().map(|row| self.point_of_values(*row)).collect();
        dominance::front(&points).into_iter().map(|i| rows[i]).collect()
    }
    /// The rows of all trials that count as results, increasing.
    pub fn eligible(self) -> impl Iterator<Item = usize> + 'a {
        (0..self.len()).filter(move |row| self.is_eligible(*row))
    }
}

impl Deref for View<'_> {
    type Target = History;
    fn deref(&self) -> &History {
        self.recorded
    }
}

impl History {
    /// The history without estimates.
    pub fn view(&self) -> View<'_> {
        View::new(self, &[])
    }
    /// The best trial of a single-objective search: eligible, of the lowest value, then of the lowest id. O(n).
    pub fn best(&self) -> Option<u64> {
        let rows = self.eligible().filter(|_| self.n_objectives() == 1);
        rows.reduce(|best, row| if self.is_better(row, best) { row } else { best }).map(|row| row as u64)
    }
    /// Whether an eligible trial comes before another in the order (value, id).
    pub fn is_better(&self, row: usize, other: usize) -> bool {
        let values = self.values(0);
        values[row] < values[other] || (values[row] == values[other] && row < other)
    }
    /// As [`View::is_measured`].
    pub fn is_measured(&self, row: usize) -> bool {
        self.view().is_measured(row)
    }
    /// As [`View::is_measured_in`].
    pub fn is_measured_in(&self, row: usize, objective: usize) -> bool {
        self.view().is_measured_in(row, objective)
    }
    /// As [`View::is_eligible`].
    pub fn is_eligible(&self, row: usize) -> bool {
        self.view().is_eligible(row)
    }
    /// As [`View::eligible`].
    pub fn eligible(&self) -> impl Iterator<Item = usize> + '_ {
        self.view().eligible()
    }
}

impl History {
    /// The sum of the known costs of the first `n` trials. Observed results from elsewhere cost this search nothing;
    /// excluded trials count.
    pub fn spent(&self, n: usize) -> f64 {
        let own = self.origins.iter().zip(&self.costs).take(n).filter(|(origin, _)| **origin != Origin::Observed);
        own.map(|(_, cost)| *cost).filter(|cost| !cost.is_nan()).fold(0.0, |sum, cost| sum + cost)
    }

    /// The full cost `(row, cost)` of the trials that determine it, by increasing id. A complete trial counts with its
    /// cost. For a trial that was stopped at its last report, the cost per step is multiplied by the number of steps of
    /// the longest complete trial. Trials that failed or have infinite values are left out, because their cost is not
    /// typical, and so are trials without a positive cost (whose result was already available), because the cost needs
    /// a logarithm.
    pub fn full_costs(&self) -> Vec<(usize, f64)> {
        let first_step = self.curves().filter_map(|(_, curve)| curve.first().map(|(step, _)| *step)).min();
        // If steps count from 0, the number of steps is one more than the last step.
        let made = |row: usize| {
            self.curve(row as u64).last().map(|(step, _)| step.saturating_add(u64::from(first_step == Some(0))))
        };
        let is_complete = |row: &usize| self.states[*row] == TrialState::Complete;
        let longest = (0..self.len()).filter(is_complete).filter_map(made).max();
        let full = |row: usize| {
            let cost = self.costs[row];
            let times = match self.states[row] {
                TrialState::Complete if self.is_measured(row) => 1.0,
                TrialState::Pruned => longest? as f64 / made(row)? as f64,
                _ => return None,
            };
            let full = cost * times.max(1.0);
            (full > 0.0 && full.is_finite()).then_some((row, full))
        };
        (0..self.len()).filter_map(full).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    /// Trials by origin, reported steps, whether they ran to the end (`None` for a failure), and cost.
    fn history(trials: &[(Origin, &[u64], Option<bool>, f64)]) -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for (row, (origin, steps, ended, cost)) in trials.iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), *origin);
            steps.iter().for_each(|step| history.report(row as u64, *step, &[0.0], Vec::new()));
            let outcome = match ended {
                Some(true) => Outcome::Complete(vec![Measurement { value: 0.0, sem: None, replicates: Vec::new() }]),
                Some(false) => Outcome::Pruned { measurements: None, reason: None, paused: false },
                None => Outcome::Failed { reason: None },
            };
            history.finish(row, outcome, &[], Some(*cost));
        }
        history
    }

    #[test]
    fn spent_includes_failures_and_not_observed_results() {
        let trials = [(Origin::Random, &[][..], Some(true), 2.0), (Origin::Observed, &[], Some(true), 8.0)];
        let history = history(&[trials[0], trials[1], (Origin::Random, &[], None, 0.5)]);
        assert_eq!([0, 1, 2, 3].map(|n| history.spent(n)), [0.0, 2.0, 2.0, 2.5]);
    }

    #[test]
    fn the_full_cost_of_a_stopped_trial_scales_with_its_steps() {
        let from_one = [1, 2, 3, 4];
        let mut trials = vec![
            (Origin::Random, &from_one[..], Some(true), 8.0),
            (Origin::Random, &from_one[..1], Some(false), 3.0),
            (Origin::Random, &[], Some(false), 3.0),
            (Origin::Random, &[], None, 0.1),
            (Origin::Random, &[], Some(true), 0.0),
        ];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0), (1, 12.0)]);
        let from_zero = [0, 1, 2, 3];
        trials[0].1 = &from_zero;
        trials[1].1 = &from_zero[..2];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0), (1, 6.0)]);
    }

    #[test]
    fn steps_may_reach_the_largest_integer() {
        let trials = [(Origin::Random, &[0, u64::MAX][..], Some(true), 8.0)];
        assert_eq!(history(&trials).full_costs(), [(0, 8.0)]);
    }

    #[test]
    fn a_trial_with_an_infinite_value_has_no_typical_cost() {
        let mut history =
            history(&[(Origin::Random, &[][..], Some(true), 2.0), (Origin::Random, &[], Some(true), 4.0)]);
        history.values[0][0] = f64::INFINITY;
        assert_eq!(history.full_costs(), [(1, 4.0)]);
    }
}
