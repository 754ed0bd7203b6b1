//! The earlier searches from which a search learns, and data derived from them.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::source_model::SourceModel;
use super::{MAX_ROWS, MAX_SOURCES, Source};
use crate::model::gp::FitError;
use crate::space::{SearchSpace, Value};

/// All earlier searches from which a search learns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Earlier {
    sources: Vec<Source>,
    /// Models of the sources that can be modelled; derived from the sources.
    #[serde(skip)]
    models: OnceLock<Arc<[SourceModel]>>,
    /// Configurations worth a trial; derived from the sources.
    #[serde(skip)]
    pub(super) winners: OnceLock<Arc<[Vec<Option<Value>>]>>,
}

impl Earlier {
    /// Checks the sources for a search of `space`.
    ///
    /// # Errors
    /// Too many sources or rows, a loss that is not finite, or values outside the space.
    pub fn new(sources: Vec<Source>, space: &SearchSpace) -> Result<Self, String> {
        let earlier = Self { sources, ..Self::default() };
        earlier.check(space)?;
        Ok(earlier)
    }

    /// Checks that the sources fit `space`.
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

    /// Models of the sources that order their own rows better than chance; fitted on first use.
    ///
    /// # Errors
    /// [`FitError::Interrupted`].
    pub fn models(&self, space: &SearchSpace, interrupted: &dyn Fn() -> bool) -> Result<Arc<[SourceModel]>, FitError> {
        if let Some(models) = self.models.get() {
            return Ok(Arc::clone(models));
        }
        let fit = |source: &Source| SourceModel::of(source, space, interrupted).transpose();
        let models: Arc<[SourceModel]> = self.sources.iter().filter_map(fit).collect::<Result<_, _>>()?;
        Ok(Arc::clone(self.models.get_or_init(|| models)))
    }
}
