//! Conversion of the rows of earlier searches.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::space::{Configuration, SearchSpace};
use tanteo_core::transfer::{Source, SourceRow};

use crate::convert::{row_in, row_out};

/// A source from Python: (row, loss, whether it may be tried here).
pub(crate) type Rows<'py> = Vec<(Bound<'py, PyAny>, f64, bool)>;
/// A row for Python.
pub(crate) type Row<'py> = (Bound<'py, PyTuple>, f64, bool);

/// Sources of the core.
pub(crate) fn sources_in(earlier: Vec<Rows<'_>>, space: &SearchSpace) -> PyResult<Vec<Source>> {
    let source_row = |(row, loss, is_eligible): (Bound<'_, PyAny>, f64, bool)| {
        Ok(SourceRow { values: row_in(&row, space)?, loss, is_eligible })
    };
    let source = |rows: Rows<'_>| Ok(Source { rows: rows.into_iter().map(source_row).collect::<PyResult<_>>()? });
    earlier.into_iter().map(source).collect()
}

/// Sources for Python, as they were given.
pub(crate) fn sources_out<'py>(
    py: Python<'py>,
    sources: &[Source],
    space: &SearchSpace,
) -> PyResult<Vec<Vec<Row<'py>>>> {
    let row_values = |row: &SourceRow| {
        let values = row_out(py, &Configuration(row.values.clone()), space)?;
        Ok((values, row.loss, row.is_eligible))
    };
    sources.iter().map(|source| source.rows.iter().map(row_values).collect()).collect()
}
