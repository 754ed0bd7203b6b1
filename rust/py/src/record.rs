//! All data of one trial: copied while the lock is held, converted to Python objects afterwards.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::history::TrialState;
use tanteo_core::optimizer::{Note, Optimizer, OptimizerError};
use tanteo_core::space::{Configuration, SearchSpace};

use crate::convert::{oriented, row_out};
use crate::curve::{Values, curve};

/// The state of a trial.
pub(crate) fn state(core: &Optimizer, trial: u64) -> Result<TrialState, OptimizerError> {
    let known = core.history().len() as u64;
    let state = core.history().states().get(trial as usize);
    state.copied().ok_or(OptimizerError::UnknownTrial { id: trial, known })
}

/// One trial in the representation of the core.
pub(crate) struct TrialRecord {
    configuration: Configuration,
    state: &'static str,
    origin: &'static str,
    /// Per objective, to be minimized; NaN where there is none.
    values: Vec<f64>,
    sems: Vec<f64>,
    replicates: Option<Vec<Vec<f64>>>,
    constraints: Vec<(String, f64)>,
    cost: f64,
    reason: Option<String>,
    curve: Vec<(u64, Values)>,
    folds: Vec<(u64, f64)>,
    /// The reported constraints, by step.
    reported: Vec<(u64, Vec<(String, f64)>)>,
    feasible: bool,
    left_out: Vec<String>,
    excluded: bool,
    /// Whether it is paused, and the step from which it was resumed.
    paused: bool,
    resumes_from: Option<u64>,
    note: Note,
}

impl TrialRecord {
    pub(crate) fn of(core: &Optimizer, trial: u64) -> Result<Self, OptimizerError> {
        let history = core.history();
        let row = trial as usize;
        let state = state(core, trial)?;
        let origin = history.origins().get(row).map_or("", |origin| origin.name());
        let entry = |column: &[f64]| column.get(row).copied().unwrap_or(f64::NAN);
        let constraints = history.constraint_names().iter().enumerate();
        Ok(Self {
            configuration: core.configuration(trial)?,
            state: state.name(),
            origin,
            values: (0..history.n_objectives()).map(|k| entry(history.values(k))).collect(),
            sems: (0..history.n_objectives()).map(|k| entry(history.sems(k))).collect(),
            replicates: history.replicates(trial).map(<[_]>::to_vec),
            constraints: constraints.map(|(k, name)| (name.clone(), entry(history.constraint(k)))).collect(),
            cost: entry(history.costs()),
            reason: history.reason(trial).map(str::to_owned),
            curve: curve(history, trial, &core.settings().maximize),
            folds: history.folds(trial).to_vec(),
            reported: history.reported_constraints(trial).map(|(step, named)| (step, named.to_vec())).collect(),
            feasible: history.is_feasible(row),
            left_out: history.left_out(row).into_iter().map(str::to_owned).collect(),
            excluded: state.is_excluded(),
            paused: history.is_paused(trial),
            resumes_from: history.resumes_from(trial),
            note: core.notes().get(&trial).cloned().unwrap_or_default(),
        })
    }

    /// The dictionary of `CoreOptimizer.trial`, in the user's sign.
    pub(crate) fn into_py<'py>(
        self,
        py: Python<'py>,
        space: &SearchSpace,
        maximize: &[bool],
    ) -> PyResult<Bound<'py, PyDict>> {
        let direction = maximize.first().copied().unwrap_or_default();
        let folds: Vec<_> = self.folds.iter().map(|(fold, value)| (*fold, oriented(direction, *value))).collect();
        let constraints = PyDict::new(py);
        for (name, value) in self.constraints.iter().filter(|(_, value)| !value.is_nan()) {
            constraints.set_item(name, value)?;
        }
        let fields = PyDict::new(py);
        fields.set_item("row", row_out(py, &self.configuration, space)?)?;
        fields.set_item("state", self.state)?;
        fields.set_item("origin", self.origin)?;
        self.set_objectives(&fields, maximize)?;
        fields.set_item("constraints", constraints)?;
        fields.set_item("cost", if_known(self.cost))?;
        fields.set_item("reason", self.reason)?;
        fields.set_item("curve", self.curve)?;
        fields.set_item("folds", folds)?;
        fields.set_item("reported", self.reported)?;
        fields.set_item("feasible", self.feasible)?;
        fields.set_item("left_out", self.left_out)?;
        fields.set_item("excluded", self.excluded)?;
        fields.set_item("paused", self.paused)?;
        fields.set_item("resume_from", self.resumes_from)?;
        fields.set_item("started", self.note.evaluation.started)?;
        fields.set_item("finished", self.note.evaluation.finished)?;
        fields.set_item("traceback", self.note.evaluation.traceback)?;
        fields.set_item("attributes", self.note.attributes)?;
        Ok(fields)
    }

    /// Adds what is known of the objectives.
    fn set_objectives(&self, fields: &Bound<'_, PyDict>, maximize: &[bool]) -> PyResult<()> {
        let values: Vec<Option<f64>> =
            maximize.iter().zip(&self.values).map(|(max, value)| if_known(oriented(*max, *value))).collect();
        let has_objectives = values.iter().any(Option::is_some);
        let has_values = matches!(self.state, "complete" | "pruned") && values.iter().all(Option::is_some);
        let (values, partial_values) = if has_values { (Some(values), None) } else { (None, Some(values)) };
        let sems: Vec<Option<f64>> = self.sems.iter().map(|sem| if_known(*sem)).collect();
        let replicates = self.replicates.as_ref().map(|replicates| all_oriented(replicates, maximize));
        fields.set_item("values", values)?;
        fields.set_item("partial_values", partial_values.filter(|_| has_objectives))?;
        fields.set_item("sems", has_objectives.then_some(sems))?;
        fields.set_item("replicates", replicates)
    }
}

fn if_known(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

fn all_oriented(replicates: &[Vec<f64>], maximize: &[bool]) -> Vec<Vec<f64>> {
    let oriented_values =
        |(max, values): (&bool, &Vec<f64>)| values.iter().map(|value| oriented(*max, *value)).collect();
    maximize.iter().zip(replicates).map(oriented_values).collect()
}
