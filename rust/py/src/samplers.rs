//! Conversion of samplers from and to `(name, settings)`.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tanteo_core::sampler::{AutoSettings, GpAcquisition, GpSettings, Sampler, TpeSettings};
use tanteo_core::space::SearchSpace;

use crate::convert::row_out;
use crate::errors;
use crate::settings::SettingsReader;

/// The sampler called `name`.
pub(crate) fn sampler_in(name: &str, settings: &Bound<'_, PyDict>, space: &SearchSpace) -> PyResult<Sampler> {
    let mut reader = SettingsReader::new("sampler", name, settings);
    let sampler = match name {
        "random" => Sampler::Random,
        "sobol" => Sampler::Sobol,
        "grid" => Sampler::Grid { resolution: reader.count("resolution")? },
        "one_at_a_time" => {
            Sampler::OneAtATime { base: reader.row("base", space)?, resolution: reader.count("resolution")? }
        }
        "tpe" => Sampler::Tpe(TpeSettings {
            n_startup: reader.count("n_startup")?,
            n_candidates: reader.count("n_candidates")?,
            gamma: reader.float("gamma")?,
        }),
        "gp" => {
            Sampler::Gp(GpSettings { n_startup: reader.count("n_startup")?, acquisition: acquisition(&mut reader)? })
        }
        "auto" => Sampler::Auto(AutoSettings { n_startup: reader.optional_count("n_startup")? }),
        "external" => Sampler::External,
        _ => return Err(errors::argument(settings.py(), format!("no sampler is called {name:?}"))),
    };
    reader.refuse_others()?;
    Ok(sampler)
}

/// The name and the settings of a sampler, as [`sampler_in`] reads them.
pub(crate) fn sampler_out<'py>(
    py: Python<'py>,
    sampler: &Sampler,
    space: &SearchSpace,
) -> PyResult<(&'static str, Bound<'py, PyDict>)> {
    let settings = PyDict::new(py);
    let name = match sampler {
        Sampler::Random => "random",
        Sampler::Sobol => "sobol",
        Sampler::Grid { resolution } => {
            settings.set_item("resolution", resolution)?;
            "grid"
        }
        Sampler::OneAtATime { base, resolution } => {
            let base: Option<Bound<'_, PyTuple>> = base.as_ref().map(|base| row_out(py, base, space)).transpose()?;
            settings.set_item("base", base)?;
            settings.set_item("resolution", resolution)?;
            "one_at_a_time"
        }
        Sampler::Tpe(TpeSettings { n_startup, n_candidates, gamma }) => {
            settings.set_item("n_startup", n_startup)?;
            settings.set_item("n_candidates", n_candidates)?;
            settings.set_item("gamma", gamma)?;
            "tpe"
        }
        Sampler::Gp(GpSettings { n_startup, acquisition }) => {
            settings.set_item("n_startup", n_startup)?;
            settings.set_item("acquisition", acquisition_name(*acquisition))?;
            "gp"
        }
        Sampler::Auto(AutoSettings { n_startup }) => {
            settings.set_item("n_startup", n_startup)?;
            "auto"
        }
        Sampler::External => "external",
    };
    Ok((name, settings))
}

fn acquisition(reader: &mut SettingsReader<'_, '_>) -> PyResult<GpAcquisition> {
    let value = reader.value("acquisition")?;
    let choices = [GpAcquisition::Lcb, GpAcquisition::LogEi];
    let acquisition =
        value.extract::<String>().ok().and_then(|v| choices.into_iter().find(|a| acquisition_name(*a) == v));
    acquisition.ok_or_else(|| reader.wrong(&format!("has {value} as its acquisition; expected 'lcb' or 'logei'")))
}

fn acquisition_name(acquisition: GpAcquisition) -> &'static str {
    match acquisition {
        GpAcquisition::Lcb => "lcb",
        GpAcquisition::LogEi => "logei",
    }
}
