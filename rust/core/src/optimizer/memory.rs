//! Memory checks and reservations before a call starts its work.

use super::{Facts, Optimizer, OptimizerError};
use crate::history::History;
use crate::numerics::check_memory;
use crate::sampler::{MAX_EXACT, Model};
use crate::space::{Domain, Value};

/// Number of full covariance matrices that a model stores at once. Changes no suggestion.
const MATRICES: usize = 8;
/// Number of copies of the encoded history, and of one number per level, that a model stores. Changes no suggestion.
const COPIES: usize = 8;

impl Optimizer {
    /// Reserves memory for `n` further trials, and checks that of the model that suggests them.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`]; nothing has changed.
    pub(super) fn reserve(&mut self, n: usize) -> Result<(), OptimizerError> {
        self.facts.history.reserve_rows(n)?;
        // With reports, models use a copy of the history with estimates.
        let has_reports = self.history.curves().next().is_some();
        let (settings, limited) = (&self.settings, self.settings.max_violation_probability.is_some());
        let model = settings.sampler.next_model(&self.space, &self.history, limited);
        let checked =
            self.check_memory_of(model, n).and_then(|()| if has_reports { self.check_copy_memory() } else { Ok(()) });
        if checked.is_err() {
            self.facts.history.shrink();
        }
        checked
    }
}

impl Facts {
    /// Checks the memory for a model of the history and of `n` further configurations, which are handed out or
    /// predicted. Most asks take microseconds, and a check of many megabytes takes longer, so the memory of a model is
    /// only counted if the model is built.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub(super) fn check_memory_of(&self, model: Model, n: usize) -> Result<(), OptimizerError> {
        let d = self.space.parameters().len();
        let all = self.history.len().saturating_add(n);
        let (rows, side, levels) = match model {
            Model::None => (0, 0, 0),
            Model::Densities => (all, 0, self.levels()),
            Model::GaussianProcess => (all, all.min(MAX_EXACT), self.levels()),
        };
        let encoded = rows.saturating_mul(8 * COPIES * (d + 1));
        let fixed = 8 * (MATRICES * side * side + COPIES * levels);
        let handed_out = n.saturating_mul(size_of::<Vec<Value>>() + d * size_of::<Option<Value>>());
        Ok(check_memory(encoded.saturating_add(fixed).saturating_add(handed_out), 1)?)
    }

    /// Checks the memory for a copy of the history, in addition to that for a model.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub(super) fn check_copy_memory(&self) -> Result<(), OptimizerError> {
        Ok(check_memory(self.history.len(), 2 * History::row_bytes(&self.history))?)
    }

    /// The total number of choices of all ordinal and categorical parameters.
    fn levels(&self) -> usize {
        let levels = |domain: &Domain| match domain {
            Domain::Ordered { .. } | Domain::Unordered { .. } | Domain::Described { .. } => {
                domain.last_level().map_or(0, |last| last as usize + 1)
            }
            _ => 0,
        };
        self.space.parameters().iter().map(|parameter| levels(&parameter.domain)).sum()
    }
}
