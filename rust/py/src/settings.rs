//! Settings from Python. All of them must be present, and no others. Defaults are defined and documented in Python.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tanteo_core::space::{Configuration, SearchSpace};

use crate::convert::row_in;
use crate::scalar::Named;
use crate::{errors, scalar};

/// Reads settings one by one.
pub(crate) struct SettingsReader<'a, 'py> {
    /// "sampler" or "pruner", and the name of the sampler or pruner.
    kind: (&'static str, &'a str),
    settings: &'a Bound<'py, PyDict>,
    read: Vec<&'static str>,
}

impl<'a, 'py> SettingsReader<'a, 'py> {
    pub(crate) fn new(kind: &'static str, name: &'a str, settings: &'a Bound<'py, PyDict>) -> Self {
        Self { kind: (kind, name), settings, read: Vec::new() }
    }

    pub(crate) fn value(&mut self, name: &'static str) -> PyResult<Bound<'py, PyAny>> {
        self.read.push(name);
        let missing = || self.wrong(&format!("needs the setting {name:?}"));
        self.settings.get_item(name)?.ok_or_else(missing)
    }

    pub(crate) fn count(&mut self, name: &'static str) -> PyResult<u64> {
        scalar::unsigned(&self.value(name)?, Named::Argument(name))
    }

    pub(crate) fn optional_count(&mut self, name: &'static str) -> PyResult<Option<u64>> {
        let value = self.value(name)?;
        if value.is_none() { Ok(None) } else { scalar::unsigned(&value, Named::Argument(name)).map(Some) }
    }

    pub(crate) fn optional_float(&mut self, name: &'static str) -> PyResult<Option<f64>> {
        let value = self.value(name)?;
        if value.is_none() { Ok(None) } else { scalar::float(&value, Named::Argument(name)).map(Some) }
    }

    pub(crate) fn float(&mut self, name: &'static str) -> PyResult<f64> {
        scalar::float(&self.value(name)?, Named::Argument(name))
    }

    pub(crate) fn row(&mut self, name: &'static str, space: &SearchSpace) -> PyResult<Option<Configuration>> {
        let value = self.value(name)?;
        if value.is_none() { Ok(None) } else { row_in(&value, space).map(|row| Some(Configuration(row))) }
    }

    /// Rejects settings that were not read; called last.
    pub(crate) fn refuse_others(&self) -> PyResult<()> {
        for name in self.settings.keys() {
            let name: String = name.extract()?;
            if !self.read.contains(&name.as_str()) {
                return Err(self.wrong(&format!("has no setting {name:?}")));
            }
        }
        Ok(())
    }

    pub(crate) fn wrong(&self, message: &str) -> PyErr {
        errors::argument(self.settings.py(), format!("{} {:?} {message}", self.kind.0, self.kind.1))
    }
}
