//! Pruners and their settings, from and to `(name, settings)`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::pruner::{
    HalvingSettings, HyperbandSettings, PatientSettings, PercentileSettings, Pruner, ThresholdSettings,
    WilcoxonSettings,
};

use crate::convert::turned;
use crate::errors;
use crate::given::Given;

/// A pruner as Python gives and gets it.
pub(crate) type Named<'py> = (String, Bound<'py, PyDict>);

/// The pruner called `name`. Bounds are given in the user's sense of direction, and kept in that of the core.
pub(crate) fn pruner_in((name, settings): Named<'_>, maximize: bool) -> PyResult<Pruner> {
    let mut given = Given::new("pruner", &name, &settings);
    let pruner = match name.as_str() {
        "auto" => Pruner::Auto,
        "percentile" => Pruner::Percentile(percentile(&mut given)?),
        "successive_halving" => Pruner::SuccessiveHalving(HalvingSettings {
            min_resource: given.optional_count("min_resource")?,
            reduction_factor: given.count("reduction_factor")?,
            min_early_stopping_rate: given.count("min_early_stopping_rate")?,
            bootstrap_count: given.count("bootstrap_count")?,
        }),
        "hyperband" => Pruner::Hyperband(HyperbandSettings {
            min_resource: given.count("min_resource")?,
            max_resource: given.optional_count("max_resource")?,
            reduction_factor: given.count("reduction_factor")?,
            bootstrap_count: given.count("bootstrap_count")?,
        }),
        "wilcoxon" => Pruner::Wilcoxon(WilcoxonSettings {
            p_threshold: given.float("p_threshold")?,
            n_startup_steps: given.count("n_startup_steps")?,
        }),
        "patient" => Pruner::Patient(patient(&mut given, maximize)?),
        "threshold" => Pruner::Threshold(threshold(&mut given, maximize)?),
        "nothing" => Pruner::Nothing,
        "external" => Pruner::External,
        _ => return Err(errors::argument(settings.py(), format!("no pruner is called {name:?}"))),
    };
    given.refuse_others()?;
    Ok(pruner)
}

fn percentile(given: &mut Given<'_, '_>) -> PyResult<PercentileSettings> {
    Ok(PercentileSettings {
        percentile: given.float("percentile")?,
        n_startup: given.count("n_startup")?,
        n_warmup_steps: given.count("n_warmup_steps")?,
        interval_steps: given.count("interval_steps")?,
        n_min_trials: given.count("n_min_trials")?,
    })
}

fn patient(given: &mut Given<'_, '_>, maximize: bool) -> PyResult<PatientSettings> {
    let within: Option<Named<'_>> = given.value("pruner")?.extract()?;
    if within.as_ref().is_some_and(|(name, _)| name == "patient") {
        return Err(given.wrong("is given within patient; expected another pruner"));
    }
    let within = within.map(|within| pruner_in(within, maximize)).transpose()?;
    Ok(PatientSettings {
        within: within.map(Box::new),
        patience: given.count("patience")?,
        min_delta: given.float("min_delta")?,
    })
}

fn threshold(given: &mut Given<'_, '_>, maximize: bool) -> PyResult<ThresholdSettings> {
    let (lower, upper) = (given.optional_float("lower")?, given.optional_float("upper")?);
    let (lower, upper) = bounds(lower, upper, maximize);
    Ok(ThresholdSettings {
        lower,
        upper,
        n_warmup_steps: given.count("n_warmup_steps")?,
        interval_steps: given.count("interval_steps")?,
    })
}

/// Bounds turned from one sense of direction to the other.
fn bounds(lower: Option<f64>, upper: Option<f64>, maximize: bool) -> (Option<f64>, Option<f64>) {
    let turn = |bound: Option<f64>| bound.map(|bound| turned(maximize, bound));
    if maximize { (turn(upper), turn(lower)) } else { (lower, upper) }
}

/// The name and the settings of a pruner, as [`pruner_in`] reads them.
pub(crate) fn pruner_out<'py>(
    py: Python<'py>,
    pruner: &Pruner,
    maximize: bool,
) -> PyResult<(&'static str, Bound<'py, PyDict>)> {
    let settings = PyDict::new(py);
    let name = match pruner {
        Pruner::Auto => "auto",
        Pruner::Percentile(found) => {
            settings.set_item("percentile", found.percentile)?;
            settings.set_item("n_startup", found.n_startup)?;
            settings.set_item("n_warmup_steps", found.n_warmup_steps)?;
            settings.set_item("interval_steps", found.interval_steps)?;
            settings.set_item("n_min_trials", found.n_min_trials)?;
            "percentile"
        }
        Pruner::SuccessiveHalving(found) => {
            settings.set_item("min_resource", found.min_resource)?;
            settings.set_item("reduction_factor", found.reduction_factor)?;
            settings.set_item("min_early_stopping_rate", found.min_early_stopping_rate)?;
            settings.set_item("bootstrap_count", found.bootstrap_count)?;
            "successive_halving"
        }
        Pruner::Hyperband(found) => {
            settings.set_item("min_resource", found.min_resource)?;
            settings.set_item("max_resource", found.max_resource)?;
            settings.set_item("reduction_factor", found.reduction_factor)?;
            settings.set_item("bootstrap_count", found.bootstrap_count)?;
            "hyperband"
        }
        Pruner::Wilcoxon(found) => {
            settings.set_item("p_threshold", found.p_threshold)?;
            settings.set_item("n_startup_steps", found.n_startup_steps)?;
            "wilcoxon"
        }
        Pruner::Patient(found) => {
            let within = found.within.as_ref().map(|within| pruner_out(py, within, maximize)).transpose()?;
            settings.set_item("pruner", within)?;
            settings.set_item("patience", found.patience)?;
            settings.set_item("min_delta", found.min_delta)?;
            "patient"
        }
        Pruner::Threshold(found) => {
            let (lower, upper) = bounds(found.lower, found.upper, maximize);
            settings.set_item("lower", lower)?;
            settings.set_item("upper", upper)?;
            settings.set_item("n_warmup_steps", found.n_warmup_steps)?;
            settings.set_item("interval_steps", found.interval_steps)?;
            "threshold"
        }
        Pruner::Nothing => "nothing",
        Pruner::External => "external",
    };
    Ok((name, settings))
}
