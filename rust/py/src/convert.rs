//! Conversion between raw Python values and exact values of the core. This is the only place where signs change.
//!
//! A raw value is a `float` for floats, the user's own `int` for integers, the position for choices, `None` where a
//! parameter is inactive or not given.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};
use tanteo_core::space::{Configuration, Domain, Number, Parameter, SearchSpace, Value};

use crate::scalar::Named;
use crate::{errors, scalar};

/// Converts between a value in the user's sign and one that the core minimizes; the map is its own inverse.
pub(crate) fn oriented(maximize: bool, value: f64) -> f64 {
    if maximize { -value } else { value }
}

/// The values of one row, one per parameter; `None` where no value is given.
pub(crate) fn row_in(row: &Bound<'_, PyAny>, space: &SearchSpace) -> PyResult<Vec<Option<Value>>> {
    let raws: Vec<Bound<'_, PyAny>> = row.extract()?;
    let parameters = space.parameters();
    if raws.len() != parameters.len() {
        let message = format!("a row has {} values; expected {}, one per parameter", raws.len(), parameters.len());
        return Err(errors::argument(row.py(), message));
    }
    raws.iter().zip(parameters).map(|(raw, parameter)| value_in(raw, parameter)).collect()
}

/// A configuration from a row.
pub(crate) fn configuration_in(row: &Bound<'_, PyAny>, space: &SearchSpace) -> PyResult<Configuration> {
    row_in(row, space).map(Configuration)
}

fn value_in(raw: &Bound<'_, PyAny>, parameter: &Parameter) -> PyResult<Option<Value>> {
    if raw.is_none() { Ok(None) } else { value_of(raw, &parameter.domain, &parameter.name).map(Some) }
}

/// The value of `domain` for a raw value of the parameter `name`.
pub(crate) fn value_of(raw: &Bound<'_, PyAny>, domain: &Domain, name: &str) -> PyResult<Value> {
    part_of(raw, domain, name, "")
}

/// The default of the parameter `name` from a raw value.
pub(crate) fn default_of(raw: &Bound<'_, PyAny>, domain: &Domain, name: &str) -> PyResult<Value> {
    part_of(raw, domain, name, "default: ")
}

fn part_of(raw: &Bound<'_, PyAny>, domain: &Domain, name: &str, part: &str) -> PyResult<Value> {
    let value = match number_of(raw, domain, name)? {
        Number::Real(x) => domain.value_of_real(x),
        Number::Integer(n) => domain.value_of_integer(n),
    };
    value.map_err(|message| errors::parameter(raw.py(), name, &format!("{part}{message}")))
}

/// The number for a raw value of the parameter `name`, inside `domain` or not.
pub(crate) fn number_of(raw: &Bound<'_, PyAny>, domain: &Domain, name: &str) -> PyResult<Number> {
    let number = Named::Parameter { name, part: "the value" };
    match domain {
        Domain::Real { .. } | Domain::Stepped { .. } => scalar::float(raw, number).map(Number::Real),
        Domain::Integer { .. } | Domain::Ordered { .. } | Domain::Unordered { .. } | Domain::Described { .. } => {
            scalar::integer(raw, number).map(Number::Integer)
        }
    }
}

/// A configuration as a tuple of raw values.
pub(crate) fn row_out<'py>(
    py: Python<'py>,
    configuration: &Configuration,
    space: &SearchSpace,
) -> PyResult<Bound<'py, PyTuple>> {
    let pairs = configuration.0.iter().zip(space.parameters());
    let raws: PyResult<Vec<_>> = pairs.map(|(value, parameter)| raw_out(py, *value, &parameter.domain)).collect();
    PyTuple::new(py, raws?)
}

/// One raw value.
pub(crate) fn raw_out<'py>(py: Python<'py>, value: Option<Value>, domain: &Domain) -> PyResult<Bound<'py, PyAny>> {
    match value.map(|value| domain.number(value)) {
        None => Ok(py.None().into_bound(py)),
        Some(Number::Real(x)) => Ok(PyFloat::new(py, x).into_any()),
        Some(Number::Integer(n)) => match i64::try_from(n) {
            Ok(n) => n.into_bound_py_any(py),
            Err(_) => n.into_bound_py_any(py),
        },
    }
}
