//! The history as models see it: recorded trials, with estimates in place of results that models should not take as they
//! are.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::{History, Measurement, TrialState};
use crate::pareto::dominance;

/// Results with estimates: the columns that differ from the recorded ones.
#[derive(Clone, Debug)]
pub struct Estimated {
    states: Vec<TrialState>,
    /// Values and standard errors, by objective.
    values: Vec<Vec<f64>>,
    sems: Vec<Vec<f64>>,
    /// The estimates, by row and objective.
    ends: BTreeSet<(usize, usize)>,
}

impl Estimated {
    /// The results of a history, with `ends`, given as `(row, objective, measurement)`, in place of some. With one
    /// objective and all constraints told, these trials are complete. Others keep their state: nothing shows that they
    /// satisfy the constraints, and separate estimates of several objectives may form a combination that no trial can
    /// reach.
    pub fn new(history: &History, ends: impl IntoIterator<Item = (usize, usize, Measurement)>) -> Self {
        let (states, values, sems) = (history.states.clone(), history.values.clone(), history.sems.clone());
        let mut estimated = Self { states, values, sems, ends: BTreeSet::new() };
        for (row, k, end) in ends {
            if history.n_objectives() == 1 && history.has_all_constraints(row) {
                estimated.states[row] = TrialState::Complete;
            }
            (estimated.values[k][row], estimated.sems[k][row]) = (end.value, end.sem.unwrap_or(f64::NAN));
            estimated.ends.insert((row, k));
        }
        estimated
    }
}

/// A history whose results may be estimates. What is not a result is that of the recorded history.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    recorded: &'a History,
    estimated: Option<&'a Estimated>,
}

impl<'a> View<'a> {
    /// A view with estimates, if there are any.
    pub fn new(recorded: &'a History, estimated: Option<&'a Estimated>) -> Self {
        Self { recorded, estimated }
    }
    /// State of every trial.
    pub fn states(self) -> &'a [TrialState] {
        self.estimated.map_or(&self.recorded.states, |estimated| &estimated.states)
    }
    /// Values of one objective, to be minimized; NaN where there is none.
    pub fn values(self, objective: usize) -> &'a [f64] {
        &self.estimated.map_or(&self.recorded.values, |estimated| &estimated.values)[objective]
    }
    /// Standard errors of one objective; NaN where unknown.
    pub fn sems(self, objective: usize) -> &'a [f64] {
        &self.estimated.map_or(&self.recorded.sems, |estimated| &estimated.sems)[objective]
    }
    /// The values of a trial, one per objective.
    pub fn point_of_values(self, row: usize) -> Vec<f64> {
        (0..self.n_objectives()).map(|k| self.values(k)[row]).collect()
    }
    /// The rows of all finished trials that are not excluded, increasing.
    pub fn finished(self) -> impl Iterator<Item = usize> + 'a {
        (0..self.len()).filter(move |row| self.states()[*row].counts())
    }
    /// Whether the trial is complete and every objective is finite.
    pub fn is_measured(self, row: usize) -> bool {
        (0..self.n_objectives()).all(|k| self.is_measured_in(row, k))
    }
    /// Whether the trial is complete and this objective is finite.
    pub fn is_measured_in(self, row: usize, objective: usize) -> bool {
        self.states()[row] == TrialState::Complete && self.values(objective)[row].is_finite()
    }
    /// Whether the trial is not complete but teaches the models of single objectives.
    pub fn is_partly_known(self, row: usize) -> bool {
        (0..self.n_objectives()).any(|k| self.is_known_apart(row, k))
    }
    /// Whether the trial is not complete but teaches the model of this objective: it told the objective before its result,
    /// or it was stopped and there is an estimate. What it reported last, or was stopped with, belongs to a smaller
    /// budget.
    pub fn is_known_apart(self, row: usize, objective: usize) -> bool {
        match self.states()[row] {
            TrialState::Pending | TrialState::Failed => self.values(objective)[row].is_finite(),
            TrialState::Pruned => self.told_before_stop(row, objective) || self.is_estimated(row, objective),
            TrialState::Complete | TrialState::Excluded(_) => false,
        }
    }
    /// Whether the trial has an estimate in place of a value.
    fn is_estimated(self, row: usize, objective: usize) -> bool {
        self.estimated.is_some_and(|estimated| estimated.ends.contains(&(row, objective)))
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
        View::new(self, None)
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
