//! `CoreCandidates`: a table of candidates for a search.

use pyo3::prelude::*;
use tanteo_core::sampler::Candidates;
use tanteo_core::space::{Parameter, SearchSpace, SpaceError, Value};

use crate::convert::{configuration_in, raw_out, value_of};
use crate::errors::{self, PorchError};
use crate::guard::compute;
use crate::space::CoreSpace;

/// A table of candidates; immutable.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct CoreCandidates {
    space: Py<CoreSpace>,
    pub(crate) candidates: Candidates,
}

#[pymethods]
impl CoreCandidates {
    /// From one column of raw values per parameter, `None` where there is none.
    #[new]
    fn new(py: Python<'_>, space: Py<CoreSpace>, columns: Vec<Vec<Option<Bound<'_, PyAny>>>>) -> PyResult<Self> {
        let rows = rows_in(py, &space.get().space, columns)?;
        let built = compute(py, || Ok::<_, PorchError>(Candidates::new(&space.get().space, rows)));
        match built.map_err(|error: PorchError| error.into_py(py, None))? {
            Ok(candidates) => Ok(Self { space, candidates }),
            Err((row, error)) => Err(fault(py, row, error)),
        }
    }

    fn __len__(&self) -> usize {
        self.candidates.len()
    }

    /// The first row with a configuration that a search may choose.
    fn find(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
        let configuration = configuration_in(row, &self.space.get().space)?;
        compute(py, || Ok::<_, PorchError>(self.candidates.row_of(&configuration)))
            .map_err(|error| error.into_py(py, None))
    }

    /// The columns, from which an equal table can be made.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Vec<Vec<Bound<'py, PyAny>>>> {
        let parameters = self.space.get().space.parameters().iter().enumerate();
        let column = |(j, parameter): (usize, &Parameter)| {
            let values = self.candidates.column(j).map(|value| raw_out(py, value, &parameter.domain));
            values.collect::<PyResult<Vec<_>>>()
        };
        parameters.map(column).collect()
    }
}

/// The rows of a table.
fn rows_in(
    py: Python<'_>,
    space: &SearchSpace,
    columns: Vec<Vec<Option<Bound<'_, PyAny>>>>,
) -> PyResult<Vec<Vec<Option<Value>>>> {
    let parameters = space.parameters();
    let n_rows = columns.first().map_or(0, Vec::len);
    if columns.len() != parameters.len() || columns.iter().any(|column| column.len() != n_rows) {
        let message = format!("a table needs {} columns of one length, one per parameter", parameters.len());
        return Err(errors::argument(py, message));
    }
    let mut rows = vec![Vec::with_capacity(parameters.len()); n_rows];
    for (column, parameter) in columns.into_iter().zip(parameters) {
        for (i, (row, raw)) in rows.iter_mut().zip(column).enumerate() {
            let value = raw.map(|raw| value_of(&raw, &parameter.domain, &parameter.name)).transpose();
            row.push(value.map_err(|error| in_row(py, i, &error))?);
        }
    }
    Ok(rows)
}

/// An error of the same type that names the row.
fn in_row(py: Python<'_>, row: usize, error: &PyErr) -> PyErr {
    PyErr::from_type(error.get_type(py), format!("candidates: row {row}: {}", error.value(py)))
}

fn fault(py: Python<'_>, row: usize, error: SpaceError) -> PyErr {
    in_row(py, row, &PorchError::from(error).into_py(py, None))
}
