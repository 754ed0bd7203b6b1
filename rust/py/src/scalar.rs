//! Conversion of numbers from Python. Objects that are not numbers are rejected with a named error, even if Python
//! could convert them.
//!
//! Booleans are not numbers here (`True` as a loss is a mistake), and neither is text. NumPy scalars are numbers,
//! through `__float__` and `__index__`.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyString};

use crate::errors;

/// Floats below represent every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The name of a number in error messages.
#[derive(Clone, Copy)]
pub(crate) enum Named<'a> {
    /// An argument of a call, or a part of one.
    Argument(&'a str),
    /// A number that belongs to the parameter `name`.
    Parameter { name: &'a str, part: &'a str },
}

/// A float, from any object that represents a single number.
pub(crate) fn float(object: &Bound<'_, PyAny>, number: Named<'_>) -> PyResult<f64> {
    match object.cast_exact::<PyFloat>() {
        Ok(float) => Ok(float.value()),
        Err(_) => extracted(object, number, "a number that fits a float"),
    }
}

/// An integer of at most 64 bits, signed or not.
pub(crate) fn integer(object: &Bound<'_, PyAny>, number: Named<'_>) -> PyResult<i128> {
    match extracted::<i64>(object, number, "") {
        Ok(n) => Ok(n.into()),
        Err(_) => extracted::<u64>(object, number, "an integer from -2^63 to 2^64 - 1").map(i128::from),
    }
}

/// A whole number for a setting, also as a float. `expected` describes the valid values in the error.
pub(crate) fn whole(object: &Bound<'_, PyAny>, label: &str, expected: &str) -> PyResult<i128> {
    match object.cast::<PyFloat>().map(PyFloatMethods::value) {
        Ok(float) if float.fract() == 0.0 && float.abs() < EXACT => Ok(float as i128),
        Ok(_) => Err(refused_setting(object, label, expected)),
        Err(_) => extracted::<i128>(object, Named::Argument(label), expected),
    }
}

/// A count, a level or a seed.
pub(crate) fn unsigned(object: &Bound<'_, PyAny>, number: Named<'_>) -> PyResult<u64> {
    extracted(object, number, "an integer from 0 to 2^64 - 1")
}

/// A number of things, or the position of one, as an argument of a call.
pub(crate) fn count(object: &Bound<'_, PyAny>, label: &str) -> PyResult<usize> {
    unsigned(object, Named::Argument(label)).map(|n| n as usize)
}

const ID: Named<'_> = Named::Argument("the id of a trial");

/// The id of a trial; any other integer is an unknown trial.
#[derive(Clone, Copy)]
pub(crate) struct TrialId(pub(crate) u64);

impl<'a, 'py> FromPyObject<'a, 'py> for TrialId {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(id) = extracted(&object, ID, "") {
            return Ok(Self(id));
        }
        let id = integer(&object, ID)?;
        Err(errors::unknown_trial(object.py(), format!("trial {id} is unknown: ids count from 0")))
    }
}

fn extracted<'py, T>(object: &Bound<'py, PyAny>, number: Named<'_>, expected: &str) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    if is_no_number(object)? {
        return Err(refused(object, number, expected, None));
    }
    object.extract().map_err(|error| refused(object, number, expected, Some(error)))
}

/// Whether an object is not a number although Python or NumPy would convert it: booleans and text.
fn is_no_number(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyBool>() || object.is_instance_of::<PyString>() {
        return Ok(true);
    }
    // NumPy's boolean type, under both of its names, has a `__float__`.
    let name = object.get_type().name()?;
    Ok(name == "bool" || name == "bool_")
}

/// The error for an invalid setting.
pub(crate) fn refused_setting(object: &Bound<'_, PyAny>, label: &str, expected: &str) -> PyErr {
    refused(object, Named::Argument(label), expected, None)
}

/// An error that shows the value. An exception that the value did not cause (Ctrl-C) is returned unchanged.
fn refused(object: &Bound<'_, PyAny>, number: Named<'_>, expected: &str, cause: Option<PyErr>) -> PyErr {
    let py = object.py();
    match cause {
        Some(cause) if !cause.is_instance_of::<PyException>(py) => cause,
        cause => {
            let must_be = |label: &str| format!("{label} must be {expected}, got {}", shown(object));
            let error = match number {
                Named::Argument(label) => errors::argument(py, must_be(label)),
                Named::Parameter { name, part } => errors::parameter(py, name, &must_be(part)),
            };
            error.set_cause(py, cause);
            error
        }
    }
}

/// A value in a message: its repr, truncated to 80 characters, and its type.
fn shown(object: &Bound<'_, PyAny>) -> String {
    let text = object.repr().map_or_else(|_| "<no repr>".to_owned(), |text| text.to_string());
    let kind = object.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    let short: String = text.chars().take(80).collect();
    let dots = if short.len() < text.len() { ".." } else { "" };
    format!("{short}{dots} ({kind})")
}
