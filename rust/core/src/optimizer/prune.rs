//! When a trial is stopped early.

use super::{Optimizer, OptimizerError};
use crate::learning_curve::Curves;
use crate::pruner::{Context, Decision};

impl Optimizer {
    /// Whether a pending trial should stop at its last report, and why: what the pruner of the settings decides. It may
    /// go on later only with [`super::Settings::pausing`].
    ///
    /// # Errors
    /// Unknown id, not pending.
    pub fn should_prune(&self, trial: u64) -> Result<Decision, OptimizerError> {
        self.pending_row(trial)?;
        let mut decision = self.settings.pruner.decide(&self.pruning(trial, &Curves::through(&self.curves)));
        decision.pause &= self.settings.pausing;
        Ok(decision)
    }

    /// What a decision about a trial may depend on.
    pub(super) fn pruning<'a>(&'a self, trial: u64, curves: &'a Curves<'a>) -> Context<'a> {
        Context {
            history: &self.history,
            curves,
            trial,
            incumbent: self.incumbent,
            seed: self.settings.seed,
            maximize: self.settings.maximize[0],
        }
    }
}
