//! The encoded history for samplers written in Python.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::history::{History, TrialState};

use crate::arrays::{interleaved, matrix, read_only, vector};

/// The history in unit coordinates, entries row by row.
pub(crate) struct View {
    n_parameters: usize,
    n_objectives: usize,
    unit: Vec<f64>,
    values: Vec<f64>,
    sems: Vec<f64>,
    violation: Vec<f64>,
    feasible: Vec<bool>,
    eligible: Vec<bool>,
    state: Vec<i8>,
}

impl View {
    pub(crate) fn of(history: &History) -> Self {
        let (n, n_parameters, n_objectives) = (history.len(), history.n_parameters(), history.n_objectives());
        let unit: Vec<&[f64]> = (0..n_parameters).map(|j| history.unit(j)).collect();
        let values: Vec<&[f64]> = (0..n_objectives).map(|k| history.values(k)).collect();
        let sems: Vec<&[f64]> = (0..n_objectives).map(|k| history.sems(k)).collect();
        Self {
            n_parameters,
            n_objectives,
            unit: interleaved(&unit, n),
            values: interleaved(&values, n),
            sems: interleaved(&sems, n),
            violation: (0..n).map(|row| history.violation(row)).collect(),
            feasible: (0..n).map(|row| history.is_feasible(row)).collect(),
            eligible: (0..n).map(|row| history.is_eligible(row)).collect(),
            state: history.states().iter().map(|state| code(*state)).collect(),
        }
    }

    /// The dictionary of `CoreOptimizer.view`.
    pub(crate) fn into_py(self, py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let n = self.state.len();
        let view = PyDict::new(py);
        view.set_item("unit", read_only(matrix(py, self.unit, n, self.n_parameters)?))?;
        view.set_item("values", read_only(matrix(py, self.values, n, self.n_objectives)?))?;
        view.set_item("sems", read_only(matrix(py, self.sems, n, self.n_objectives)?))?;
        view.set_item("violation", read_only(vector(py, self.violation)?))?;
        view.set_item("feasible", read_only(vector(py, self.feasible)?))?;
        view.set_item("eligible", read_only(vector(py, self.eligible)?))?;
        view.set_item("state", read_only(vector(py, self.state)?))?;
        Ok(view)
    }
}

/// The code of a state.
fn code(state: TrialState) -> i8 {
    match state {
        TrialState::Pending => 0,
        TrialState::Complete => 1,
        TrialState::Pruned => 2,
        TrialState::Failed => 3,
        TrialState::Excluded(_) | TrialState::SetAside(_) => 4,
    }
}
