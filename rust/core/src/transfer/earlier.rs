//! The earlier searches that a search learns from, and what follows from them.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::source::{MAX_ROWS, MAX_SOURCES, Source};
use super::source_model::SourceModel;
use crate::encoding::Encoding;
use crate::model::gp::FitError;
use crate::space::{SearchSpace, Value};

/// All earlier searches that a search learns from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Earlier {
    sources: Vec<Source>,
    /// Models of those that can be modelled; follow from the sources.
    #[serde(skip)]
    models: OnceLock<Arc<[SourceModel]>>,
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
            for row in &source.rows {
                row.check(space).map_err(|message| format!("earlier source {i}: {message}"))?;
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
    ) -> Result<Arc<[SourceModel]>, FitError> {
        if let Some(models) = self.models.get() {
            return Ok(Arc::clone(models));
        }
        let fit = |source: &Source| SourceModel::of(source, space, encoding, interrupted).transpose();
        let models: Arc<[SourceModel]> = self.sources.iter().filter_map(fit).collect::<Result<_, _>>()?;
        Ok(Arc::clone(self.models.get_or_init(|| models)))
    }
}
