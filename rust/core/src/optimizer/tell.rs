//! `tell`: everything is checked before anything changes.

use super::{Optimizer, OptimizerError, Tell};
use crate::history::{Outcome, TrialState};
use crate::sampler::Scratch;

impl Optimizer {
    /// Ends a pending trial. A NaN among the values makes it a failure with a reason; plus infinity is the worst there
    /// is; a pruned trial told without values or constraints takes those it reported last.
    ///
    /// # Errors
    /// Unknown id, not pending, wrong number of measurements, minus infinity, a sem or cost that is negative or not
    /// finite, a constraint that is NaN, no memory for a new constraint; nothing is changed then, and the trial can be
    /// told again.
    pub fn tell(&mut self, trial: u64, tell: Tell) -> Result<(), OptimizerError> {
        let row = self.pending_row(trial)?;
        let mut tell = self.checked(tell)?;
        if let Outcome::Pruned { measurements, .. } = &mut tell.outcome {
            *measurements = measurements.take().or_else(|| self.last_report(trial));
            if tell.constraints.is_empty() {
                tell.constraints = self.last_constraints(trial);
            }
        }
        self.history.check_constraint_memory(&tell.constraints)?;
        self.finish(row, tell);
        Ok(())
    }

    /// Takes back what was told of a trial: it is pending again, with what it reported and its attributes, and can be
    /// told anew. The history is then as if it had never been told.
    ///
    /// # Errors
    /// Unknown id; a trial that is pending.
    pub fn retract(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_in_space(trial)?;
        if self.history.states()[row] == TrialState::Pending {
            return Err(OptimizerError::Argument(format!("trial {trial} is pending: there is no result to take back")));
        }
        self.history.reopen(row);
        self.clear_evaluation(trial);
        self.rebuild_derived();
        // Samplers keep what they made of results told, and never expect one to go away.
        self.scratch = Scratch::default();
        Ok(())
    }

    /// Ends a pending trial with a checked result.
    pub(super) fn finish(&mut self, row: usize, tell: Tell) {
        self.history.finish(row, tell.outcome, &tell.constraints, tell.cost);
        self.update_derived(row);
    }
}
