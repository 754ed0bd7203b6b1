//! Converts the result of a trial, in the user's sign, to the core's [`Tell`].

use pyo3::prelude::*;
use tanteo_core::history::{Measurement, Outcome};
use tanteo_core::optimizer::Tell;

use crate::convert::oriented;
use crate::scalar::Named;
use crate::{errors, scalar};

/// An `Outcome` of `_core.pyi`, which is a tuple, as `CoreOptimizer.tell` and `observe` take it.
pub(crate) struct TellArguments<'py> {
    state: String,
    values: Option<Vec<Bound<'py, PyAny>>>,
    sems: Option<Vec<Bound<'py, PyAny>>>,
    replicates: Option<Vec<Vec<Bound<'py, PyAny>>>>,
    constraints: Vec<(String, Bound<'py, PyAny>)>,
    cost: Option<Bound<'py, PyAny>>,
    reason: Option<String>,
}

impl<'a, 'py> FromPyObject<'a, 'py> for TellArguments<'py> {
    type Error = PyErr;

    fn extract(outcome: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let (state, values, sems, replicates, constraints, cost, reason) = outcome.extract()?;
        Ok(Self { state, values, sems, replicates, constraints, cost, reason })
    }
}

impl TellArguments<'_> {
    /// Converts the arguments; `maximize` has one entry per objective.
    pub(crate) fn into_core(mut self, py: Python<'_>, maximize: &[bool]) -> PyResult<Tell> {
        Ok(Tell {
            constraints: constraints_in(std::mem::take(&mut self.constraints))?,
            cost: self.cost.as_ref().map(|cost| scalar::float(cost, Named::Argument("cost"))).transpose()?,
            outcome: self.outcome(py, maximize)?,
        })
    }

    fn outcome(self, py: Python<'_>, maximize: &[bool]) -> PyResult<Outcome> {
        let measurements = self.measurements(py, maximize)?;
        match (self.state.as_str(), measurements) {
            ("complete", Some(measurements)) => Ok(Outcome::Complete(measurements)),
            ("complete", None) => Err(errors::argument(py, "a complete trial needs its values".to_owned())),
            (state @ ("pruned" | "paused"), measurements) => {
                Ok(Outcome::Pruned { measurements, reason: self.reason, paused: state == "paused" })
            }
            ("failed", None) => Ok(Outcome::Failed { reason: self.reason }),
            ("failed", Some(_)) => Err(errors::argument(py, "a failed trial has no values; leave them out".to_owned())),
            (state, _) => {
                let message =
                    format!("state is {state:?}; expected \"complete\", \"pruned\", \"paused\" or \"failed\"");
                Err(errors::argument(py, message))
            }
        }
    }

    fn measurements(&self, py: Python<'_>, maximize: &[bool]) -> PyResult<Option<Vec<Measurement>>> {
        let Some(values) = &self.values else { return Ok(None) };
        same_length(py, "sems", self.sems.as_ref().map(Vec::len), values.len())?;
        same_length(py, "replicates", self.replicates.as_ref().map(Vec::len), values.len())?;
        // The core rejects a wrong number of values, so the sign of extra ones does not matter.
        let directions = maximize.iter().copied().chain(std::iter::repeat(false));
        let numbered = values.iter().zip(directions).enumerate();
        numbered.map(|(k, (value, maximize))| self.measurement(k, value, maximize)).collect::<PyResult<_>>().map(Some)
    }

    fn measurement(&self, k: usize, value: &Bound<'_, PyAny>, maximize: bool) -> PyResult<Measurement> {
        let sem = self.sems.as_ref().and_then(|sems| sems.get(k)).filter(|sem| !sem.is_none());
        let replicates = self.replicates.as_ref().and_then(|replicates| replicates.get(k));
        measurement(value, sem, replicates.map_or(&[], Vec::as_slice), maximize)
    }
}

/// The objectives told before a result: position, value, standard error, replicates.
pub(crate) type Told<T> = (usize, T, Option<T>, Vec<T>);

/// Converts objectives that are told before the result; `maximize` has one entry per objective.
pub(crate) fn objectives_in(
    told: Vec<Told<Bound<'_, PyAny>>>,
    maximize: &[bool],
) -> PyResult<Vec<(usize, Measurement)>> {
    let measurement = |(k, value, sem, replicates): Told<Bound<'_, PyAny>>| {
        // The core rejects an objective that does not exist.
        let is_maximized = maximize.get(k).copied().unwrap_or_default();
        Ok((k, measurement(&value, sem.as_ref(), &replicates, is_maximized)?))
    };
    told.into_iter().map(measurement).collect()
}

/// The objectives that a trial has told so far.
pub(crate) fn told_out(told: Vec<Option<Measurement>>, maximize: &[bool]) -> Vec<Told<f64>> {
    let known = told.into_iter().zip(maximize).enumerate();
    let known = known.filter_map(|(k, (told, maximize))| Some((k, told?, *maximize)));
    known
        .map(|(k, told, maximize)| {
            let replicates = told.replicates.into_iter().map(|value| oriented(maximize, value)).collect();
            (k, oriented(maximize, told.value), told.sem, replicates)
        })
        .collect()
}

fn measurement<'py>(
    value: &Bound<'py, PyAny>,
    sem: Option<&Bound<'py, PyAny>>,
    replicates: &[Bound<'py, PyAny>],
    maximize: bool,
) -> PyResult<Measurement> {
    let number = |value, what| Ok(oriented(maximize, scalar::float(value, Named::Argument(what))?));
    Ok(Measurement {
        value: number(value, "value")?,
        sem: sem.map(|sem| scalar::float(sem, Named::Argument("sem"))).transpose()?,
        replicates: replicates.iter().map(|value| number(value, "a replicate")).collect::<PyResult<_>>()?,
    })
}

/// Converts the values of a report, one per objective; the core rejects a wrong number of them.
pub(crate) fn report_in(values: Vec<Bound<'_, PyAny>>, maximize: &[bool]) -> PyResult<Vec<f64>> {
    let directions = maximize.iter().copied().chain(std::iter::repeat(false));
    let number = |(value, maximize): (Bound<'_, PyAny>, bool)| {
        Ok(oriented(maximize, scalar::float(&value, Named::Argument("value"))?))
    };
    values.into_iter().zip(directions).map(number).collect()
}

/// Converts constraints to numbers.
pub(crate) fn constraints_in(constraints: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<Vec<(String, f64)>> {
    let number = |(name, value): (String, Bound<'_, PyAny>)| {
        let number = scalar::float(&value, Named::Argument(&format!("constraint '{name}'")))?;
        Ok((name, number))
    };
    constraints.into_iter().map(number).collect()
}

fn same_length(py: Python<'_>, what: &str, length: Option<usize>, expected: usize) -> PyResult<()> {
    match length {
        Some(length) if length != expected => {
            Err(errors::argument(py, format!("{what} has {length} entries; expected one per value, {expected}")))
        }
        _ => Ok(()),
    }
}
