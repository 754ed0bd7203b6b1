//! Conversion of pruners from and to `(name, settings)`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::pruner::{
    HalvingSettings, HyperbandSettings, PatientSettings, PercentileSettings, Pruner, ThresholdSettings,
    WilcoxonSettings,
};

use crate::convert::oriented;
use crate::errors;
use crate::settings::SettingsReader;

/// The Python form of a pruner.
pub(crate) type PrunerSpec<'py> = (String, Bound<'py, PyDict>);

/// The pruner called `name`. Bounds are given in the user's direction and stored in that of the core.
pub(crate) fn pruner_in((name, settings): PrunerSpec<'_>, maximize: bool) -> PyResult<Pruner> {
    let mut reader = SettingsReader::new("pruner", &name, &settings);
    let pruner = match name.as_str() {
        "auto" => Pruner::Auto,
        "percentile" => Pruner::Percentile(percentile(&mut reader)?),
        "successive_halving" => Pruner::SuccessiveHalving(HalvingSettings {
            min_resource: reader.optional_count("min_resource")?,
            reduction_factor: reader.count("reduction_factor")?,
            min_early_stopping_rate: reader.count("min_early_stopping_rate")?,
            bootstrap_count: reader.count("bootstrap_count")?,
        }),
        "hyperband" => Pruner::Hyperband(HyperbandSettings {
            min_resource: reader.count("min_resource")?,
            max_resource: reader.optional_count("max_resource")?,
            reduction_factor: reader.count("reduction_factor")?,
            bootstrap_count: reader.count("bootstrap_count")?,
        }),
        "wilcoxon" => Pruner::Wilcoxon(WilcoxonSettings {
            p_threshold: reader.float("p_threshold")?,
            n_startup_steps: reader.count("n_startup_steps")?,
        }),
        "patient" => Pruner::Patient(patient(&mut reader, maximize)?),
        "threshold" => Pruner::Threshold(threshold(&mut reader, maximize)?),
        "nothing" => Pruner::Nothing,
        "external" => Pruner::External,
        _ => return Err(errors::argument(settings.py(), format!("no pruner is called {name:?}"))),
    };
    reader.refuse_others()?;
    Ok(pruner)
}

fn percentile(reader: &mut SettingsReader<'_, '_>) -> PyResult<PercentileSettings> {
    Ok(PercentileSettings {
        percentile: reader.float("percentile")?,
        n_startup: reader.count("n_startup")?,
        n_warmup_steps: reader.count("n_warmup_steps")?,
        interval_steps: reader.count("interval_steps")?,
        n_min_trials: reader.count("n_min_trials")?,
    })
}

fn patient(reader: &mut SettingsReader<'_, '_>, maximize: bool) -> PyResult<PatientSettings> {
    let within: Option<PrunerSpec<'_>> = reader.value("pruner")?.extract()?;
    if within.as_ref().is_some_and(|(name, _)| name == "patient") {
        return Err(reader.wrong("is given within patient; expected another pruner"));
    }
    let within = within.map(|within| pruner_in(within, maximize)).transpose()?;
    Ok(PatientSettings {
        within: within.map(Box::new),
        patience: reader.count("patience")?,
        min_delta: reader.float("min_delta")?,
    })
}

fn threshold(reader: &mut SettingsReader<'_, '_>, maximize: bool) -> PyResult<ThresholdSettings> {
    let (lower, upper) = (reader.optional_float("lower")?, reader.optional_float("upper")?);
    let (lower, upper) = bounds(lower, upper, maximize);
    Ok(ThresholdSettings {
        lower,
        upper,
        n_warmup_steps: reader.count("n_warmup_steps")?,
        interval_steps: reader.count("interval_steps")?,
    })
}

/// Converts bounds between the directions of the user and the core.
fn bounds(lower: Option<f64>, upper: Option<f64>, maximize: bool) -> (Option<f64>, Option<f64>) {
    let orient = |bound: Option<f64>| bound.map(|bound| oriented(maximize, bound));
    if maximize { (orient(upper), orient(lower)) } else { (lower, upper) }
}

/// The name and the settings of a pruner, as [`pruner_in`] reads them.
pub(crate) fn pruner_out<'py>(
    py: Python<'py>,
    pruner: &Pruner,
    maximize: bool,
) -> PyResult<(&'static str, Bound<'py, PyDict>)> {
    let fields = PyDict::new(py);
    let name = match pruner {
        Pruner::Auto => "auto",
        Pruner::Percentile(settings) => {
            fields.set_item("percentile", settings.percentile)?;
            fields.set_item("n_startup", settings.n_startup)?;
            fields.set_item("n_warmup_steps", settings.n_warmup_steps)?;
            fields.set_item("interval_steps", settings.interval_steps)?;
            fields.set_item("n_min_trials", settings.n_min_trials)?;
            "percentile"
        }
        Pruner::SuccessiveHalving(settings) => {
            fields.set_item("min_resource", settings.min_resource)?;
            fields.set_item("reduction_factor", settings.reduction_factor)?;
            fields.set_item("min_early_stopping_rate", settings.min_early_stopping_rate)?;
            fields.set_item("bootstrap_count", settings.bootstrap_count)?;
            "successive_halving"
        }
        Pruner::Hyperband(settings) => {
            fields.set_item("min_resource", settings.min_resource)?;
            fields.set_item("max_resource", settings.max_resource)?;
            fields.set_item("reduction_factor", settings.reduction_factor)?;
            fields.set_item("bootstrap_count", settings.bootstrap_count)?;
            "hyperband"
        }
        Pruner::Wilcoxon(settings) => {
            fields.set_item("p_threshold", settings.p_threshold)?;
            fields.set_item("n_startup_steps", settings.n_startup_steps)?;
            "wilcoxon"
        }
        Pruner::Patient(settings) => {
            let within = settings.within.as_ref().map(|within| pruner_out(py, within, maximize)).transpose()?;
            fields.set_item("pruner", within)?;
            fields.set_item("patience", settings.patience)?;
            fields.set_item("min_delta", settings.min_delta)?;
            "patient"
        }
        Pruner::Threshold(settings) => {
            let (lower, upper) = bounds(settings.lower, settings.upper, maximize);
            fields.set_item("lower", lower)?;
            fields.set_item("upper", upper)?;
            fields.set_item("n_warmup_steps", settings.n_warmup_steps)?;
            fields.set_item("interval_steps", settings.interval_steps)?;
            "threshold"
        }
        Pruner::Nothing => "nothing",
        Pruner::External => "external",
    };
    Ok((name, fields))
}
