//! The columns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Measurement, Outcome};
use crate::encoding::Encoding;
use crate::space::{Configuration, Domain, SearchSpace, Value};

/// Where a trial stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrialState {
    /// Asked, not yet told.
    Pending,
    /// Told with a value.
    Complete,
    /// Stopped early.
    Pruned,
    /// Crashed, or told NaN.
    Failed,
}

/// Who chose the configuration of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The defaults of the space.
    Default,
    /// The user, through `enqueue`.
    Enqueued,
    /// The user, through `observe`: a result from elsewhere.
    Observed,
    /// A space-filling design (Sobol, grid, one at a time).
    Design,
    /// Random draws.
    Random,
    /// A model.
    Model,
    /// A sampler outside the core.
    External,
}

/// Every trial, in columns; row `i` is the trial with id `i`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Per parameter: the 64 bits of each value (zero where inactive).
    cells: Vec<Vec<u64>>,
    /// Per parameter: the unit coordinate of each value, NaN where inactive. Derived from `cells`; rebuilt on load.
    #[serde(skip)]
    unit: Vec<Vec<f64>>,
    /// Per parameter: whether it is active. Derived together with `unit`.
    active: Vec<Vec<bool>>,
    states: Vec<TrialState>,
    origins: Vec<Origin>,
    /// Per objective: the value to be minimised, NaN where there is none.
    values: Vec<Vec<f64>>,
    /// Per objective: the standard error, NaN where unknown.
    sems: Vec<Vec<f64>>,
    /// Names of the black-box constraints seen so far, in order of first appearance.
    constraint_names: Vec<String>,
    /// Per constraint: its value (feasible when `<= 0`), NaN where not told.
    constraints: Vec<Vec<f64>>,
    /// What the trial cost, NaN where not told.
    costs: Vec<f64>,
    /// Sparse: the single observations, per objective.
    replicates: BTreeMap<u64, Vec<Vec<f64>>>,
    /// Sparse: why a trial failed.
    reasons: BTreeMap<u64, String>,
    /// Sparse: intermediate values `(step, value)`, steps increasing, values turned to be minimised.
    curves: BTreeMap<u64, Vec<(u64, f64)>>,
    /// Number of pending trials.
    pending: usize,
}

impl History {
    /// No trials yet.
    pub fn new(n_parameters: usize, n_objectives: usize) -> Self {
        Self {
            cells: vec![Vec::new(); n_parameters],
            unit: vec![Vec::new(); n_parameters],
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
            pending: 0,
        }
    }

    /// Number of rows, pending ones included.
    pub fn len(&self) -> usize {
        self.states.len()
    }
    /// Whether there is no row.
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
        self.pending
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
        &self.unit[parameter]
    }
    /// Raw bits of one parameter's values (see [`Value::to_bits`]), zero where inactive.
    pub fn cells(&self, parameter: usize) -> &[u64] {
        &self.cells[parameter]
    }
    /// Whether one parameter is active, per trial.
    pub fn active(&self, parameter: usize) -> &[bool] {
        &self.active[parameter]
    }
    /// Values of one objective, to be minimised; NaN where there is none.
    pub fn values(&self, objective: usize) -> &[f64] {
        &self.values[objective]
    }
    /// Standard errors of one objective; NaN where unknown.
    pub fn sems(&self, objective: usize) -> &[f64] {
        &self.sems[objective]
    }
    /// Names of the black-box constraints.
    pub fn constraint_names(&self) -> &[String] {
        &self.constraint_names
    }
    /// Values of one black-box constraint; NaN where not told.
    pub fn constraint(&self, index: usize) -> &[f64] {
        &self.constraints[index]
    }
    /// Costs; NaN where not told.
    pub fn costs(&self) -> &[f64] {
        &self.costs
    }
    /// The single observations of a trial, per objective.
    pub fn replicates(&self, trial: u64) -> Option<&[Vec<f64>]> {
        self.replicates.get(&trial).map(Vec::as_slice)
    }
    /// Why a trial failed.
    pub fn reason(&self, trial: u64) -> Option<&str> {
        self.reasons.get(&trial).map(String::as_str)
    }
    /// Intermediate values of a trial.
    pub fn curve(&self, trial: u64) -> &[(u64, f64)] {
        self.curves.get(&trial).map_or(&[], Vec::as_slice)
    }
    /// Total violation of the black-box constraints: the sum of their positive parts; zero if none was told.
    pub fn violation(&self, trial: usize) -> f64 {
        self.constraints.iter().map(|c| c[trial]).filter(|c| *c > 0.0).sum()
    }
    /// Whether the objectives are known to be noisy: a standard error or replicates were told.
    pub fn is_noisy(&self) -> bool {
        !self.replicates.is_empty() || self.sems.iter().flatten().any(|s| *s > 0.0)
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

    /// Appends a pending trial and returns its id.
    pub fn push(&mut self, encoding: &Encoding, configuration: &Configuration, origin: Origin) -> u64 {
        for (j, (value, axis)) in configuration.0.iter().zip(encoding.axes()).enumerate() {
            self.cells[j].push(value.map_or(0, Value::to_bits));
            self.unit[j].push(value.map_or(f64::NAN, |v| axis.to_unit(v)));
            self.active[j].push(value.is_some());
        }
        for column in self.values.iter_mut().chain(&mut self.sems).chain(&mut self.constraints) {
            column.push(f64::NAN);
        }
        self.costs.push(f64::NAN);
        self.origins.push(origin);
        self.states.push(TrialState::Pending);
        self.pending += 1;
        self.states.len() as u64 - 1
    }

    /// Forgets the rows from `len` on (an ask that was interrupted); they must be pending.
    pub fn truncate(&mut self, len: usize) {
        for column in &mut self.cells {
            column.truncate(len);
        }
        for column in &mut self.active {
            column.truncate(len);
        }
        let floats = self.unit.iter_mut().chain(&mut self.values).chain(&mut self.sems).chain(&mut self.constraints);
        for column in floats {
            column.truncate(len);
        }
        self.costs.truncate(len);
        self.origins.truncate(len);
        self.pending -= self.states.len() - len;
        self.states.truncate(len);
    }

    /// Ends a pending trial. The caller has checked everything: nothing here can fail.
    pub fn finish(&mut self, trial: usize, outcome: Outcome, constraints: &[(String, f64)], cost: Option<f64>) {
        self.pending -= 1;
        self.costs[trial] = cost.unwrap_or(f64::NAN);
        for (name, value) in constraints {
            let column = self.constraint_column(name);
            self.constraints[column][trial] = *value;
        }
        match outcome {
            Outcome::Complete(measurements) => {
                self.states[trial] = TrialState::Complete;
                self.record(trial, measurements);
            }
            Outcome::Pruned(measurements) => {
                self.states[trial] = TrialState::Pruned;
                self.record(trial, measurements.unwrap_or_default());
            }
            Outcome::Failed { reason } => {
                self.states[trial] = TrialState::Failed;
                if let Some(reason) = reason {
                    self.reasons.insert(trial as u64, reason);
                }
            }
        }
    }

    /// Appends an intermediate value; the caller has checked that `step` is new and the largest so far.
    pub fn report(&mut self, trial: u64, step: u64, value: f64) {
        self.curves.entry(trial).or_default().push((step, value));
    }

    /// Rebuilds what is derived from the cells, after loading.
    pub fn rebuild(&mut self, space: &SearchSpace, encoding: &Encoding) {
        self.unit = (0..self.cells.len())
            .map(|j| {
                let real = matches!(space.parameters()[j].domain, Domain::Real { .. });
                let unit = |(bits, active): (&u64, &bool)| match (active, real) {
                    (false, _) => f64::NAN,
                    (true, true) => encoding.axes()[j].to_unit(Value::Real(f64::from_bits(*bits))),
                    (true, false) => encoding.axes()[j].to_unit(Value::Level(*bits)),
                };
                self.cells[j].iter().zip(&self.active[j]).map(unit).collect()
            })
            .collect();
    }

    fn record(&mut self, trial: usize, measurements: Vec<Measurement>) {
        let replicated = measurements.iter().any(|m| !m.replicates.is_empty());
        let mut replicates = Vec::new();
        for (k, m) in measurements.into_iter().enumerate() {
            self.values[k][trial] = m.value;
            self.sems[k][trial] = m.sem.unwrap_or(f64::NAN);
            replicates.push(m.replicates);
        }
        if replicated {
            self.replicates.insert(trial as u64, replicates);
        }
    }

    fn constraint_column(&mut self, name: &str) -> usize {
        if let Some(index) = self.constraint_names.iter().position(|n| n == name) {
            return index;
        }
        self.constraint_names.push(name.to_owned());
        self.constraints.push(vec![f64::NAN; self.states.len()]);
        self.constraints.len() - 1
    }
}
