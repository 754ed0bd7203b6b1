//! Samplers and their settings, from and to `(name, settings)`.
//!
//! Every setting must be there and none besides: the defaults are documented, and defined, in `tanteo.samplers`.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tanteo_core::sampler::{AutoSettings, GpAcquisition, GpSettings, Sampler, TpeSettings};
use tanteo_core::space::{Configuration, SearchSpace};

use crate::convert::{row_in, row_out};
use crate::scalar::Named;
use crate::{errors, scalar};

/// The sampler called `name`.
pub(crate) fn sampler_in(name: &str, settings: &Bound<'_, PyDict>, space: &SearchSpace) -> PyResult<Sampler> {
    let mut given = Given { sampler: name, settings, read: Vec::new() };
    let sampler = match name {
        "random" => Sampler::Random,
        "sobol" => Sampler::Sobol,
        "grid" => Sampler::Grid { resolution: given.count("resolution")? },
        "one_at_a_time" => {
            Sampler::OneAtATime { base: given.row("base", space)?, resolution: given.count("resolution")? }
        }
        "tpe" => Sampler::Tpe(TpeSettings {
            n_startup: given.count("n_startup")?,
            n_candidates: given.count("n_candidates")?,
            gamma: given.float("gamma")?,
        }),
        "gp" => Sampler::Gp(GpSettings {
            n_startup: given.count("n_startup")?,
            acquisition: given.acquisition("acquisition")?,
        }),
        "auto" => Sampler::Auto(AutoSettings { n_startup: given.optional_count("n_startup")? }),
        "external" => Sampler::External,
        _ => return Err(errors::argument(settings.py(), format!("no sampler is called {name:?}"))),
    };
    given.refuse_others()?;
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

fn acquisition_name(acquisition: GpAcquisition) -> &'static str {
    match acquisition {
        GpAcquisition::Lcb => "lcb",
        GpAcquisition::LogEi => "logei",
    }
}

/// Settings as they are read one by one.
struct Given<'a, 'py> {
    sampler: &'a str,
    settings: &'a Bound<'py, PyDict>,
    read: Vec<&'static str>,
}

impl<'py> Given<'_, 'py> {
    fn value(&mut self, name: &'static str) -> PyResult<Bound<'py, PyAny>> {
        self.read.push(name);
        let missing = || self.wrong(&format!("needs the setting {name:?}"));
        self.settings.get_item(name)?.ok_or_else(missing)
    }

    fn count(&mut self, name: &'static str) -> PyResult<u64> {
        scalar::unsigned(&self.value(name)?, Named::Argument(name))
    }

    fn optional_count(&mut self, name: &'static str) -> PyResult<Option<u64>> {
        let value = self.value(name)?;
        if value.is_none() { Ok(None) } else { scalar::unsigned(&value, Named::Argument(name)).map(Some) }
    }

    fn float(&mut self, name: &'static str) -> PyResult<f64> {
        scalar::float(&self.value(name)?, Named::Argument(name))
    }

    fn acquisition(&mut self, name: &'static str) -> PyResult<GpAcquisition> {
        let value = self.value(name)?;
        let known = [GpAcquisition::Lcb, GpAcquisition::LogEi];
        let found = value.extract::<String>().ok().and_then(|v| known.into_iter().find(|a| acquisition_name(*a) == v));
        found.ok_or_else(|| self.wrong(&format!("has {value} as its acquisition; expected 'lcb' or 'logei'")))
    }

    fn row(&mut self, name: &'static str, space: &SearchSpace) -> PyResult<Option<Configuration>> {
        let value = self.value(name)?;
        if value.is_none() { Ok(None) } else { row_in(&value, space).map(|row| Some(Configuration(row))) }
    }

    /// After everything was read: a setting that was not is a mistake.
    fn refuse_others(&self) -> PyResult<()> {
        for name in self.settings.keys() {
            let name: String = name.extract()?;
            if !self.read.contains(&name.as_str()) {
                return Err(self.wrong(&format!("has no setting {name:?}")));
            }
        }
        Ok(())
    }

    fn wrong(&self, message: &str) -> PyErr {
        errors::argument(self.settings.py(), format!("sampler {:?} {message}", self.sampler))
    }
}
