//! All trials by columns: copied while the lock is held, converted to Python objects afterwards.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use tanteo_core::history::History;
use tanteo_core::optimizer::{Notes, Optimizer};
use tanteo_core::space::{Domain, SearchSpace, Value};

use crate::arrays::{interleaved, matrix, vector};
use crate::convert::{oriented, raw_out};
use crate::memory::OBJECT;
use crate::yielding::yielding;

/// The history in the user's sign.
pub(crate) struct Columns {
    states: Vec<&'static str>,
    origins: Vec<&'static str>,
    /// Per parameter: the value of every trial.
    rows: Vec<Vec<Option<Value>>>,
    n_objectives: usize,
    /// Entries row by row.
    values: Vec<f64>,
    sems: Vec<f64>,
    constraints: Vec<(String, Vec<f64>)>,
    costs: Vec<f64>,
    reasons: Vec<Option<String>>,
    notes: Notes,
}

impl Columns {
    /// Bytes per row, for the copy and the Python objects.
    pub(crate) fn row_bytes(history: &History) -> usize {
        history.row_bytes() + (history.n_parameters() + 4) * (2 * OBJECT + 16)
    }

    pub(crate) fn of(core: &Optimizer) -> Self {
        let history = core.history();
        let (n, n_objectives) = (history.len(), history.n_objectives());
        let values: Vec<Vec<f64>> = (core.settings().maximize.iter().enumerate())
            .map(|(k, maximize)| history.values(k).iter().map(|value| oriented(*maximize, *value)).collect())
            .collect();
        let sems: Vec<&[f64]> = (0..n_objectives).map(|k| history.sems(k)).collect();
        let constraints = history.constraint_names().iter().enumerate();
        let parameters = core.space().parameters().iter().enumerate();
        Self {
            states: history.states().iter().map(|state| state.name()).collect(),
            origins: history.origins().iter().map(|origin| origin.name()).collect(),
            rows: parameters
                .map(|(j, parameter)| column(&parameter.domain, history.cells(j), history.active(j)))
                .collect(),
            n_objectives,
            values: interleaved(&values.iter().map(Vec::as_slice).collect::<Vec<_>>(), n),
            sems: interleaved(&sems, n),
            constraints: constraints.map(|(k, name)| (name.clone(), history.constraint(k).to_vec())).collect(),
            costs: history.costs().to_vec(),
            reasons: (0..n as u64).map(|id| history.reason(id).map(str::to_owned)).collect(),
            notes: core.notes().clone(),
        }
    }

    /// The dictionary of `CoreOptimizer.columns`.
    pub(crate) fn into_py<'py>(self, py: Python<'py>, space: &SearchSpace) -> PyResult<Bound<'py, PyDict>> {
        let n = self.states.len();
        let rows = space.parameters().iter().zip(&self.rows);
        let rows = rows.map(|(parameter, values)| raws(py, values, &parameter.domain)).collect::<PyResult<Vec<_>>>()?;
        let constraints = PyDict::new(py);
        for (name, values) in self.constraints {
            constraints.set_item(name, vector(py, values)?)?;
        }
        let columns = PyDict::new(py);
        columns.set_item("id", vector(py, (0..n as i64).collect())?)?;
        columns.set_item("state", self.states)?;
        columns.set_item("origin", self.origins)?;
        columns.set_item("rows", rows)?;
        columns.set_item("values", matrix(py, self.values, n, self.n_objectives)?)?;
        columns.set_item("sems", matrix(py, self.sems, n, self.n_objectives)?)?;
        columns.set_item("constraints", constraints)?;
        columns.set_item("cost", vector(py, self.costs)?)?;
        columns.set_item("reason", self.reasons)?;
        let notes = yielding(py, self.notes)
            .map(|(trial, note)| (trial, (note.evaluation.started, note.evaluation.finished, note.attributes)));
        columns.set_item("notes", notes.collect::<Vec<_>>())?;
        Ok(columns)
    }
}

fn column(domain: &Domain, cells: &[u64], active: &[bool]) -> Vec<Option<Value>> {
    let value = |bits: &u64| match domain {
        Domain::Real { .. } => Value::Real(f64::from_bits(*bits)),
        _ => Value::Level(*bits),
    };
    cells.iter().zip(active).map(|(bits, active)| active.then(|| value(bits))).collect()
}

fn raws<'py>(py: Python<'py>, values: &[Option<Value>], domain: &Domain) -> PyResult<Bound<'py, PyList>> {
    let raws: PyResult<Vec<_>> = yielding(py, values).map(|value| raw_out(py, *value, domain)).collect();
    PyList::new(py, raws?)
}
