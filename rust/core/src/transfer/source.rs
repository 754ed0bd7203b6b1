//! The rows of earlier searches, in terms of this space.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::Expectation;
use crate::encoding::Encoding;
use crate::model::gp::FitError;
use crate::space::{Configuration, SearchSpace, Value};

/// Sources at most.
pub const MAX_SOURCES: usize = 8;
/// Rows of a source at most.
pub const MAX_ROWS: usize = 150;

/// A configuration of an earlier search and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Its values by the names of this space; `None` where it has none.
    pub values: Vec<Option<Value>>,
    /// Its loss, comparable within the source alone.
    pub loss: f64,
    /// Whether it may be tried here: it kept its constraints, and all of it lies within the ranges of this space.
    pub is_eligible: bool,
}

/// An earlier search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// What is known of it.
    pub rows: Vec<Known>,
}

/// All earlier searches that a search learns from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Earlier {
    sources: Vec<Source>,
    /// Models of those that can be modelled; follow from the sources.
    #[serde(skip)]
    models: OnceLock<Arc<[Expectation]>>,
    /// What is worth a trial; follows from the sources.
    #[serde(skip)]
    pub(super) winners: OnceLock<Arc<[Vec<Option<Value>>]>>,
}

impl Earlier {
    /// Sources for a search of `space`.
    ///
    /// # Errors
    /// Names what is wrong: too many sources or rows, a loss that is no number, values that are not of the space.
    pub fn new(sources: Vec<Source>, space: &SearchSpace) -> Result<Self, String> {
        let earlier = Self { sources, ..Self::default() };
        earlier.check(space)?;
        Ok(earlier)
    }

    /// Whether the sources belong to `space`.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn check(&self, space: &SearchSpace) -> Result<(), String> {
        if self.sources.len() > MAX_SOURCES {
            return Err(format!("{} earlier sources; expected at most {MAX_SOURCES}", self.sources.len()));
        }
        for (i, source) in self.sources.iter().enumerate() {
            if source.rows.len() > MAX_ROWS {
                return Err(format!("earlier source {i} has {} rows; expected at most {MAX_ROWS}", source.rows.len()));
            }
            for known in &source.rows {
                known.check(space).map_err(|message| format!("earlier source {i}: {message}"))?;
            }
        }
        Ok(())
    }

    /// The sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Models of the sources that order their own rows better than chance; fitted when first asked for.
    ///
    /// # Errors
    /// [`FitError::Interrupted`].
    pub fn models(
        &self,
        space: &SearchSpace,
        encoding: &Encoding,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Arc<[Expectation]>, FitError> {
        if let Some(known) = self.models.get() {
            return Ok(Arc::clone(known));
        }
        let fit = |source: &Source| Expectation::of(source, space, encoding, interrupted).transpose();
        let found: Arc<[Expectation]> = self.sources.iter().filter_map(fit).collect::<Result<_, _>>()?;
        Ok(Arc::clone(self.models.get_or_init(|| found)))
    }
}

impl Known {
    fn check(&self, space: &SearchSpace) -> Result<(), String> {
        if self.values.len() != space.parameters().len() {
            return Err(format!("a row has {} values; expected {}", self.values.len(), space.parameters().len()));
        }
        if !self.loss.is_finite() {
            return Err(format!("the loss {} of a row is no finite number", self.loss));
        }
        let is_wrong = |(value, parameter): (&Option<Value>, &crate::space::Parameter)| {
            value.is_some_and(|value| !parameter.domain.contains(value))
        };
        match self.values.iter().zip(space.parameters()).find(|pair| is_wrong(*pair)) {
            Some((_, parameter)) => Err(format!("a value of {:?} is outside its domain", parameter.name)),
            None => Ok(()),
        }
    }

    /// Its unit coordinates, NaN where it has no value.
    pub(super) fn unit(&self, encoding: &Encoding) -> Vec<f64> {
        encoding.encode(&Configuration(self.values.clone()))
    }
}
