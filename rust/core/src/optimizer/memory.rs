//! Memory for what a call will do, asked for before it starts.

use super::{Optimizer, OptimizerError};
use crate::history::History;
use crate::numerics::check_memory;
use crate::space::{Domain, Value};

/// Trials up to which the models of the samplers hold a covariance of all of them, and how many matrices of that size
/// they hold at once.
const EXACT: usize = 1000;
const MATRICES: usize = 8;
/// Copies of the encoded history, and of one number per level, that a model holds.
const COPIES: usize = 8;

impl Optimizer {
    /// Room for `n` further trials and for a model that suggests them.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`]; nothing has changed.
    pub(super) fn reserve(&mut self, n: usize) -> Result<(), OptimizerError> {
        self.history.reserve_rows(n)?;
        // Beside reports stands a copy with estimates.
        let has_reports = self.history.curves().next().is_some();
        let checked =
            self.check_model_memory(n).and_then(|()| if has_reports { self.check_copy_memory() } else { Ok(()) });
        if checked.is_err() {
            self.history.shrink();
        }
        checked
    }

    /// Memory for a model of the history and of `n` further configurations, which are handed out or predicted.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub(super) fn check_model_memory(&self, n: usize) -> Result<(), OptimizerError> {
        let (d, rows) = (self.space.parameters().len(), self.history.len().saturating_add(n));
        let encoded = rows.saturating_mul(8 * COPIES * (d + 1));
        let side = rows.min(EXACT);
        let fixed = 8 * (MATRICES * side * side + COPIES * self.levels());
        let handed_out = n.saturating_mul(size_of::<Vec<Value>>() + d * size_of::<Option<Value>>());
        Ok(check_memory(encoded.saturating_add(fixed).saturating_add(handed_out), 1)?)
    }

    /// Memory for a copy of the history, beside that for a model.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub(super) fn check_copy_memory(&self) -> Result<(), OptimizerError> {
        Ok(check_memory(self.history.len(), 2 * History::row_bytes(&self.history))?)
    }

    /// Choices of all parameters that have some.
    fn levels(&self) -> usize {
        let levels = |domain: &Domain| match domain {
            Domain::Ordered { .. } | Domain::Unordered { .. } => {
                domain.last_level().map_or(0, |last| last as usize + 1)
            }
            _ => 0,
        };
        self.space.parameters().iter().map(|parameter| levels(&parameter.domain)).sum()
    }
}
