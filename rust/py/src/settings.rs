//! Conversion of the settings of a search. Samplers and pruners are `(name, settings)`; the core describes their
//! settings.
//!
//! A setting that is left out has its default. Python shows the same defaults in the signatures; a test compares them.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::optimizer::Settings;
use tanteo_core::pruner::Pruner;
use tanteo_core::sampler::Sampler;
use tanteo_core::setting::{Described, Field};
use tanteo_core::space::SearchSpace;

use crate::convert::{configuration_in, oriented, row_out};
use crate::scalar::Named;
use crate::{errors, scalar};

/// A sampler or a pruner in Python.
type Spec<'py> = (String, Bound<'py, PyDict>);
/// What goes back to Python.
type Shown<'py> = (&'static str, Bound<'py, PyDict>);

/// The settings that are neither numbers nor names, which depend on more than themselves.
const BASE: &str = "base";
const WITHIN: &str = "pruner";

/// A sampler for a search of `space`.
pub(crate) fn sampler_in(given: &Bound<'_, PyAny>, space: &SearchSpace) -> PyResult<Sampler> {
    let spec: Spec<'_> = given.extract()?;
    let mut sampler: Sampler = read(&spec)?;
    if let Sampler::OneAtATime { base, .. } = &mut sampler {
        let row = spec.1.get_item(BASE)?.filter(|row| !row.is_none());
        *base = row.map(|row| configuration_in(&row, space)).transpose()?;
    }
    Ok(sampler)
}

/// Undoes [`sampler_in`].
fn sampler_out<'py>(py: Python<'py>, sampler: &Sampler, space: &SearchSpace) -> PyResult<Shown<'py>> {
    let shown = written(py, sampler)?;
    if let Sampler::OneAtATime { base, .. } = sampler {
        shown.1.set_item(BASE, base.as_ref().map(|base| row_out(py, base, space)).transpose()?)?;
    }
    Ok(shown)
}

/// A pruner. Bounds are given in the user's direction and stored in that of the core.
pub(crate) fn pruner_in(given: &Bound<'_, PyAny>, maximize: bool) -> PyResult<Pruner> {
    let spec: Spec<'_> = given.extract()?;
    let mut pruner: Pruner = read(&spec)?;
    if let Pruner::Patient(patient) = &mut pruner {
        let within = spec.1.get_item(WITHIN)?.filter(|within| !within.is_none());
        patient.within = within.map(|within| pruner_in(&within, maximize).map(Box::new)).transpose()?;
    }
    Ok(turned(pruner, maximize))
}

/// Undoes [`pruner_in`].
fn pruner_out<'py>(py: Python<'py>, pruner: &Pruner, maximize: bool) -> PyResult<Shown<'py>> {
    let shown = written(py, &turned(pruner.clone(), maximize))?;
    if let Pruner::Patient(patient) = pruner {
        let within = patient.within.as_ref().map(|within| pruner_out(py, within, maximize)).transpose()?;
        shown.1.set_item(WITHIN, within)?;
    }
    Ok(shown)
}

/// Converts bounds between the directions of the user and the core.
fn turned(mut pruner: Pruner, maximize: bool) -> Pruner {
    if let (Pruner::Threshold(settings), true) = (&mut pruner, maximize) {
        let turn = |bound: Option<f64>| bound.map(|bound| oriented(maximize, bound));
        (settings.lower, settings.upper) = (turn(settings.upper), turn(settings.lower));
    }
    pruner
}

/// Thresholds between the sign of the user and that of the core; the map is its own inverse.
pub(crate) fn oriented_thresholds(maximize: &[bool], thresholds: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let signs = maximize.iter().copied().chain(std::iter::repeat(false));
    let flipped = |(threshold, maximize): (Option<f64>, bool)| threshold.map(|value| oriented(maximize, value));
    thresholds.into_iter().zip(signs).map(flipped).collect()
}

/// The arguments of `CoreOptimizer` except the space and earlier searches.
pub(crate) fn search_out<'py>(
    py: Python<'py>,
    settings: &Settings,
    budget: Option<f64>,
    space: &SearchSpace,
) -> PyResult<Bound<'py, PyDict>> {
    let maximize = &settings.maximize;
    let thresholds = oriented_thresholds(maximize, settings.thresholds.clone());
    let shown = PyDict::new(py);
    shown.set_item("maximize", maximize)?;
    shown.set_item("sampler", sampler_out(py, &settings.sampler, space)?)?;
    shown.set_item("seed", settings.seed)?;
    shown.set_item("deduplicate", settings.deduplicate)?;
    shown.set_item("pruner", pruner_out(py, &settings.pruner, maximize.first().copied().unwrap_or_default())?)?;
    shown.set_item("pausing", settings.pausing)?;
    shown.set_item("budget", budget)?;
    shown.set_item("max_violation_probability", settings.max_violation_probability)?;
    shown.set_item("thresholds", (!thresholds.is_empty()).then_some(thresholds))?;
    Ok(shown)
}

/// Checks settings without a search and returns them as builtins, except those that depend on one.
#[pyfunction]
pub(crate) fn checked_settings<'py>(
    py: Python<'py>,
    kind: &str,
    name: String,
    settings: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyDict>> {
    let spec = (name, settings);
    if kind == Sampler::KIND { checked::<Sampler>(py, &spec) } else { checked::<Pruner>(py, &spec) }
}

fn checked<'py, T: Described>(py: Python<'py>, spec: &Spec<'py>) -> PyResult<Bound<'py, PyDict>> {
    let described: T = read(spec)?;
    described.check_fields().map_err(|message| errors::argument(py, message))?;
    Ok(written(py, &described)?.1)
}

/// The one of this name, with the settings that are numbers or names.
fn read<T: Described>((name, settings): &Spec<'_>) -> PyResult<T> {
    let argument = |message| errors::argument(settings.py(), message);
    let kind = T::KIND;
    let mut described = T::named(name).ok_or_else(|| argument(format!("no {kind} is called {name:?}")))?;
    let mut known = vec![BASE, WITHIN];
    described.fields(&mut |label, field| {
        known.push(label);
        settings.get_item(label)?.map_or(Ok(()), |value| set(field, label, &value))
    })?;
    for key in settings.keys() {
        let label: String = key.extract()?;
        if !known.contains(&label.as_str()) {
            return Err(argument(format!("{kind} {name:?} has no setting {label:?}")));
        }
    }
    Ok(described)
}

fn set(field: Field<'_>, label: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let expected = field.expected();
    let count = || {
        let number = scalar::whole(value, label, &expected)?;
        u64::try_from(number).map_err(|_| scalar::refused_setting(value, label, &expected))
    };
    match field {
        Field::Count(target, _) => *target = count()?,
        Field::MaybeCount(target, _) => *target = if value.is_none() { None } else { Some(count()?) },
        Field::Real(target, _) | Field::Share(target) => *target = scalar::float(value, Named::Argument(label))?,
        Field::MaybeBound(target) => {
            *target = if value.is_none() { None } else { Some(scalar::float(value, Named::Argument(label))?) };
        }
        Field::Choice(position, names) => {
            let text: Option<String> = value.extract().ok();
            let found = text.and_then(|text| names.iter().position(|name| *name == text));
            *position = found.ok_or_else(|| scalar::refused_setting(value, label, &expected))?;
        }
    }
    Ok(())
}

fn written<'py, T: Described>(py: Python<'py>, described: &T) -> PyResult<Shown<'py>> {
    let settings = PyDict::new(py);
    described.clone().fields(&mut |label, field| match field {
        Field::Count(n, _) => settings.set_item(label, *n),
        Field::MaybeCount(n, _) => settings.set_item(label, *n),
        Field::Real(x, _) | Field::Share(x) => settings.set_item(label, *x),
        Field::MaybeBound(x) => settings.set_item(label, *x),
        Field::Choice(position, names) => settings.set_item(label, names.get(*position)),
    })?;
    Ok((described.name(), settings))
}
