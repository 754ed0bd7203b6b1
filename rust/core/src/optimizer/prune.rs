//! Early stopping of trials.

use super::{Optimizer, OptimizerError};
use crate::learning_curve::Curves;
use crate::pruner::{Context, Decision};

impl Optimizer {
    /// Whether a pending trial should stop at its last report, and why, as decided by the pruner of the settings. The
    /// trial may be resumed later only with [`super::Settings::pausing`].
    ///
    /// # Errors
    /// An unknown id, or a trial that is not pending.
    pub fn should_prune(&self, trial: u64) -> Result<Decision, OptimizerError> {
        self.pending_row(trial)?;
        let mut decision = self.settings.pruner.decide(&self.pruning(trial, &Curves::through(&self.derived.curves)));
        decision.pause &= self.settings.pausing;
        Ok(decision)
    }

    /// The data on which a decision about a trial depends.
    pub(super) fn pruning<'a>(&'a self, trial: u64, curves: &'a Curves<'a>) -> Context<'a> {
        Context {
            history: &self.history,
            curves,
            trial,
            incumbent: self.derived.incumbent,
            seed: self.settings.seed,
            maximize: self.settings.maximize[0],
        }
    }
}
