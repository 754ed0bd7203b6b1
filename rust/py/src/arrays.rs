//! NumPy arrays. The first call that needs one loads NumPy; an import, an ask or a tell never does.

use numpy::ndarray::{Dim, Dimension};
use numpy::{Element, PyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::errors;
use crate::memory::{CONTAINER, ensure_memory_or_raise};
use crate::yielding::yielding;

/// A column of any length.
pub(crate) fn vector<T: Element>(py: Python<'_>, values: Vec<T>) -> PyResult<Bound<'_, PyArray1<T>>> {
    available(py)?;
    Ok(PyArray1::from_vec(py, values))
}

/// An array of shape (`n_rows`, `n_columns`) from its entries row by row.
pub(crate) fn matrix(
    py: Python<'_>,
    entries: Vec<f64>,
    n_rows: usize,
    n_columns: usize,
) -> PyResult<Bound<'_, PyArray2<f64>>> {
    vector(py, entries)?.reshape(Dim([n_rows, n_columns]))
}

/// The same array, read-only for Python.
pub(crate) fn read_only<T: Element, D: Dimension>(array: Bound<'_, PyArray<T, D>>) -> Bound<'_, PyAny> {
    array.readwrite().make_nonwriteable();
    array.into_any()
}

/// The rows of a float64 array of shape (n, `width`).
pub(crate) fn rows(array: &Bound<'_, PyAny>, width: usize) -> PyResult<Vec<Vec<f64>>> {
    let py = array.py();
    available(py)?;
    let wrong = || errors::argument(py, format!("expected a float64 array of shape (n, {width})"));
    let array: PyReadonlyArray2<'_, f64> = array.extract().map_err(|_| wrong())?;
    let view = array.as_array();
    ensure_memory_or_raise(py, view.nrows(), CONTAINER + 2 * 8 * width)?;
    if view.len_of(numpy::ndarray::Axis(1)) != width {
        return Err(wrong());
    }
    Ok(yielding(py, view.rows()).map(|row| row.to_vec()).collect())
}

/// Columns of length `n_rows` as the entries of an array, row by row.
pub(crate) fn interleaved(columns: &[&[f64]], n_rows: usize) -> Vec<f64> {
    let mut entries = Vec::with_capacity(columns.len() * n_rows);
    let mut columns: Vec<_> = columns.iter().map(|column| column.iter()).collect();
    for _ in 0..n_rows {
        entries.extend(columns.iter_mut().filter_map(Iterator::next));
    }
    entries
}

/// Raises an `ImportError` if NumPy is missing; without this check, the `numpy` crate would panic.
fn available(py: Python<'_>) -> PyResult<()> {
    py.import("numpy").map(|_| ())
}
