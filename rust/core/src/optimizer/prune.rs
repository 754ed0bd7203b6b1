//! When a trial is stopped early.

use super::{Optimizer, OptimizerError};
use crate::pruner::{Context, Decision};

impl Optimizer {
    /// Whether a pending trial should stop at its last report, and why: what the pruner of the settings decides.
    ///
    /// # Errors
    /// Unknown id, not pending.
    pub fn should_prune(&self, trial: u64) -> Result<Decision, OptimizerError> {
        self.pending_row(trial)?;
        let context = Context {
            history: &self.history,
            table: &self.curves,
            trial,
            incumbent: self.incumbent,
            seed: self.settings.seed,
            maximize: self.settings.maximize[0],
        };
        Ok(self.settings.pruner.decide(&context))
    }
}
