//! The columns and their accessors.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::latest::{self, Latest};
use super::seen::Seen;
use super::{Fingerprint, Measurement, Origin, TrialState};
use crate::numerics::{OutOfMemory, reserve};
use crate::space::{Configuration, Domain, SearchSpace, Value};

/// All trials, stored in columns; row `i` is the trial with id `i`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    /// Per parameter: the 64 bits of each value (zero where inactive).
    pub(super) cells: Vec<Vec<u64>>,
    /// Per parameter: whether it is active.
    pub(super) active: Vec<Vec<bool>>,
    pub(super) states: Vec<TrialState>,
    pub(super) origins: Vec<Origin>,
    /// Per objective: the value to be minimized, NaN where there is none. With several objectives, some may be told before
    /// the result.
    pub(super) values: Vec<Vec<f64>>,
    /// Per objective: the standard error, NaN where unknown.
    pub(super) sems: Vec<Vec<f64>>,
    /// Names of the black-box constraints seen so far, sorted, so that they do not depend on the order of tells.
    pub(super) constraint_names: Vec<String>,
    /// Per constraint: its value (feasible when `<= 0`), NaN where unknown.
    pub(super) constraints: Vec<Vec<f64>>,
    /// The cost of each trial, NaN where unknown.
    pub(super) costs: Vec<f64>,
    /// Sparse: the individual observations, per objective.
    pub(super) replicates: BTreeMap<u64, Vec<Vec<f64>>>,
    /// Sparse: why a trial failed or was stopped.
    pub(super) reasons: BTreeMap<u64, String>,
    /// Sparse: intermediate values `(step, value)` of the first objective, with increasing steps and values to be
    /// minimized.
    pub(super) curves: BTreeMap<u64, Vec<(u64, f64)>>,
    /// The further contents of reports.
    pub(super) reported: Reported,
    /// Which trials are paused and which were resumed.
    pub(super) pauses: Pauses,
    /// Sparse: folds `(fold, value)` in the order of their reports, each fold once. The curve of such a trial is the
    /// running mean: its value at step `n` is the mean of the first `n` folds.
    pub(super) folds: Folds,
    /// Sparse, with several objectives: the objectives that a stopped trial told before its end. The other values of the
    /// trial belong to a smaller budget.
    pub(super) told: BTreeMap<u64, Vec<usize>>,
    /// Derived from the columns above; never stored, rebuilt on load.
    #[serde(skip)]
    pub(super) derived: DerivedColumns,
}

/// For each trial, `(fold, value)` in the order of the reports.
pub(super) type Folds = BTreeMap<u64, Vec<(u64, f64)>>;

/// The contents of reports beyond the first objective, whose values are the curves of a [`History`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Reported {
    /// By trial, for each of its reports: the objectives after the first, to be minimized. Empty with a single one.
    pub(super) further: BTreeMap<u64, Vec<Vec<f64>>>,
    /// By trial and step: black-box constraints (feasible when `<= 0`), sorted by name.
    pub(super) constraints: BTreeMap<(u64, u64), Vec<(String, f64)>>,
}

impl Reported {
    /// Reserves memory for one more report of a trial.
    pub(super) fn reserve_report(&mut self, trial: u64) -> Result<(), OutOfMemory> {
        self.further.get_mut(&trial).map_or(Ok(()), |further| reserve(further, 1))
    }

    /// Removes the trials from `len` on.
    pub(super) fn truncate(&mut self, len: u64) {
        self.further.retain(|trial, _| *trial < len);
        self.constraints.retain(|(trial, _), _| *trial < len);
    }
}

/// Which trials are paused and which were resumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pauses {
    /// Stopped trials that may be resumed.
    pub(super) paused: BTreeSet<u64>,
    /// Pending trials that were resumed, with the last step reported before the pause.
    pub(super) resumed: BTreeMap<u64, u64>,
}

impl Pauses {
    /// Removes a trial that ends or becomes pending again.
    pub(super) fn remove(&mut self, trial: u64) {
        self.paused.remove(&trial);
        self.resumed.remove(&trial);
    }

    /// Removes the trials with ids from `len` on.
    pub(super) fn truncate(&mut self, len: u64) {
        self.paused.retain(|trial| *trial < len);
        self.resumed.retain(|trial, _| *trial < len);
    }
}

/// What is known of constraints that trials left out. It follows from the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concerns {
    /// For each constraint, the sets of active parameters with which finished trials satisfied it.
    pub(super) satisfied: BTreeMap<String, BTreeSet<Vec<bool>>>,
    /// Whether a complete trial satisfies all constraints that concern it.
    pub(super) is_any_known: bool,
}

/// Data derived from the columns and cached for fast access.
#[derive(Clone, Debug, Default)]
pub(super) struct DerivedColumns {
    /// Per parameter: the unit coordinate of each value, NaN where inactive.
    pub(super) unit: Vec<Vec<f64>>,
    /// Ids of the pending trials.
    pub(super) pending: BTreeSet<u64>,
    /// Configurations tried, in any state.
    pub(super) seen: Seen,
    /// Number of rows chosen by a sampler.
    pub(super) suggested: u64,
    /// Number of rows with the defaults.
    pub(super) defaults: u64,
    /// Number of excluded rows.
    pub(super) excluded: usize,
    /// The latest rows that failed and that succeeded.
    pub(super) latest: Latest,
    /// Whether a positive standard error or replicates are known.
    pub(super) noisy: bool,
    /// Which trials the constraints concern.
    pub(super) concerns: Concerns,
}

impl History {
    /// An empty history.
    pub fn new(n_parameters: usize, n_objectives: usize) -> Self {
        Self {
            cells: vec![Vec::new(); n_parameters],
            active: vec![Vec::new(); n_parameters],
            states: Vec::new(),
            origins: Vec::new(),
            values: vec![Vec::new(); n_objectives],
            sems: vec![Vec::new(); n_objectives],
            constraint_names: Vec::new(),
            constraints: Vec::new(),
            costs: Vec::new(),
            replicates: BTreeMap::new(),
            reasons: BTreeMap::new(),
            curves: BTreeMap::new(),
            reported: Reported::default(),
            pauses: Pauses::default(),
            folds: Folds::new(),
            told: BTreeMap::new(),
            derived: DerivedColumns { unit: vec![Vec::new(); n_parameters], ..DerivedColumns::default() },
        }
    }

    /// Number of rows, pending ones included.
    pub fn len(&self) -> usize {
        self.states.len()
    }
    /// Whether the history has no rows.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
    /// Number of parameters.
    pub fn n_parameters(&self) -> usize {
        self.cells.len()
    }
    /// Number of objectives.
    pub fn n_objectives(&self) -> usize {
        self.values.len()
    }
    /// Number of pending trials.
    pub fn n_pending(&self) -> usize {
        self.derived.pending.len()
    }
    /// Number of finished trials in any state; excluded ones do not count.
    pub fn n_finished(&self) -> usize {
        self.len() - self.n_pending() - self.derived.excluded
    }
    /// Number of trials whose configuration a sampler chose (see [`Origin::is_suggested`]).
    pub fn n_suggested(&self) -> u64 {
        self.derived.suggested
    }
    /// Whether a trial with the defaults exists. O(1).
    pub fn has_defaults(&self) -> bool {
        self.derived.defaults > 0
    }
    /// Ids of the pending trials, increasing.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.derived.pending.iter().copied()
    }
    /// State of every trial.
    pub fn states(&self) -> &[TrialState] {
        &self.states
    }
    /// Origin of every trial.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }
    /// Unit coordinates of one parameter, NaN where inactive.
    pub fn unit(&self, parameter: usize) -> &[f64] {
        &self.derived.unit[parameter]
    }
    /// Unit coordinates of one trial; NaN where inactive.
    pub fn unit_point(&self, row: usize) -> Vec<f64> {
        self.derived.unit.iter().map(|column| column[row]).collect()
    }
    /// Raw bits of one parameter's values (see [`Value::to_bits`]), zero where inactive.
    pub fn cells(&self, parameter: usize) -> &[u64] {
        &self.cells[parameter]
    }
    /// Whether one parameter is active, per trial.
    pub fn active(&self, parameter: usize) -> &[bool] {
        &self.active[parameter]
    }
    /// Values of one objective, to be minimized; NaN where there is none.
    pub fn values(&self, objective: usize) -> &[f64] {
        &self.values[objective]
    }
    /// Standard errors of one objective; NaN where unknown.
    pub fn sems(&self, objective: usize) -> &[f64] {
        &self.sems[objective]
    }
    /// Names of the black-box constraints, sorted.
    pub fn constraint_names(&self) -> &[String] {
        &self.constraint_names
    }
    /// Values of one black-box constraint; NaN where unknown.
    pub fn constraint(&self, index: usize) -> &[f64] {
        &self.constraints[index]
    }
    /// Whether a trial has a value of a black-box constraint.
    pub fn has_constraint(&self, trial: usize, name: &str) -> bool {
        let index = self.constraint_names.binary_search_by(|known| known.as_str().cmp(name));
        index.is_ok_and(|index| !self.constraints[index][trial].is_nan())
    }
    /// Whether a trial has a value of any black-box constraint.
    pub fn has_constraints(&self, trial: usize) -> bool {
        self.constraints.iter().any(|column| !column[trial].is_nan())
    }
    /// Whether a trial has a value of every black-box constraint.
    pub fn has_all_constraints(&self, trial: usize) -> bool {
        self.constraints.iter().all(|column| !column[trial].is_nan())
    }
    /// Costs; NaN where unknown.
    pub fn costs(&self) -> &[f64] {
        &self.costs
    }
    /// The individual observations of a trial, per objective.
    pub fn replicates(&self, trial: u64) -> Option<&[Vec<f64>]> {
        self.replicates.get(&trial).map(Vec::as_slice)
    }
    /// The measurement of each objective of a trial, as far as they were told.
    pub fn told_objectives(&self, trial: usize) -> Vec<Option<Measurement>> {
        let replicates = |k: usize| self.replicates(trial as u64).map_or_else(Vec::new, |all| all[k].clone());
        let measurement = |k: usize| Measurement {
            value: self.values[k][trial],
            sem: Some(self.sems[k][trial]).filter(|sem| !sem.is_nan()),
            replicates: replicates(k),
        };
        (0..self.n_objectives()).map(measurement).map(|told| Some(told).filter(|told| !told.value.is_nan())).collect()
    }
    /// The objectives that a trial told before its end and that the measurements of its end do not replace.
    pub fn kept_objectives(&self, trial: usize, end: Option<&[Measurement]>) -> Vec<usize> {
        let told = self.told_objectives(trial).into_iter().enumerate();
        let is_kept = |k: usize, told: &Measurement| end.is_none_or(|end| end[k] == *told);
        told.filter_map(|(k, told)| told.filter(|told| is_kept(k, told)).map(|_| k)).collect()
    }
    /// Whether a stopped trial told this objective before its end.
    pub fn told_before_stop(&self, trial: usize, objective: usize) -> bool {
        self.told.get(&(trial as u64)).is_some_and(|told| told.contains(&objective))
    }
    /// Whether a trial has a value of any objective.
    pub fn has_objectives(&self, trial: usize) -> bool {
        self.values.iter().any(|column| !column[trial].is_nan())
    }
    /// The reason why a trial failed or was stopped.
    pub fn reason(&self, trial: u64) -> Option<&str> {
        self.reasons.get(&trial).map(String::as_str)
    }
    /// Intermediate values of a trial for the first objective, as `(step, value)`.
    pub fn curve(&self, trial: u64) -> &[(u64, f64)] {
        self.curves.get(&trial).map_or(&[], Vec::as_slice)
    }
    /// Intermediate values of every trial that reported some, for the first objective and by increasing id.
    pub fn curves(&self) -> impl Iterator<Item = (u64, &[(u64, f64)])> {
        self.curves.iter().map(|(trial, curve)| (*trial, curve.as_slice()))
    }
    /// Whether a trial has a configuration in the space. A trial that was excluded when the space changed may have
    /// none.
    pub fn has_configuration(&self, trial: usize) -> bool {
        self.active.is_empty() || self.active.iter().any(|column| column[trial])
    }
    /// Whether a trial failed, or is complete with an infinite loss.
    pub fn has_failed(&self, trial: usize) -> bool {
        latest::has_failed(&self.states, &self.values, trial)
    }
    /// The latest [`LATEST`](super::LATEST) trials that [failed](Self::has_failed), the last one first.
    pub fn latest_failed(&self) -> impl Iterator<Item = usize> {
        self.derived.latest.failed.latest_first()
    }

    /// The latest [`LATEST`](super::LATEST) trials that finished without a failure, the last one first.
    pub fn latest_succeeded(&self) -> impl Iterator<Item = usize> {
        self.derived.latest.succeeded.latest_first()
    }
    /// Whether a trial broke no black-box constraint, and it is not [unknown](Self::is_unknown) whether it satisfies all.
    pub fn is_feasible(&self, trial: usize) -> bool {
        !self.is_broken(trial) && !self.is_unknown(trial)
    }
    /// Whether noise was told: some trial has a positive standard error or replicates. O(1).
    pub fn is_noisy(&self) -> bool {
        self.derived.noisy
    }
    /// Whether an objective was told to be exact: all of these trials have a standard error of zero.
    pub fn is_told_exact(&self, rows: &[usize], objective: usize) -> bool {
        rows.iter().all(|row| self.sems[objective][*row] == 0.0)
    }
    /// Whether a trial of any state has this configuration.
    pub fn is_seen(&self, configuration: &Configuration) -> bool {
        self.first_row(configuration).is_some()
    }
    /// The first trial of any state with this configuration. O(d + log n).
    pub fn first_row(&self, configuration: &Configuration) -> Option<u64> {
        self.derived.seen.first_row(Fingerprint::of(configuration))
    }
    /// The first trial of any state with the configuration of this one.
    pub fn first_row_like(&self, space: &SearchSpace, trial: usize) -> Option<u64> {
        self.first_row(&self.configuration(space, trial))
    }
    /// The configuration of a trial.
    pub fn configuration(&self, space: &SearchSpace, trial: usize) -> Configuration {
        let value = |(j, parameter): (usize, &crate::space::Parameter)| {
            self.active[j][trial].then(|| match parameter.domain {
                Domain::Real { .. } => Value::Real(f64::from_bits(self.cells[j][trial])),
                _ => Value::Level(self.cells[j][trial]),
            })
        };
        Configuration(space.parameters().iter().enumerate().map(value).collect())
    }
}
