//! `tell`: everything is checked before anything changes.

use super::{Optimizer, OptimizerError, Tell};
use crate::history::{Outcome, TrialState};

impl Optimizer {
    /// Ends a pending trial. A NaN among the values makes it a failure with a reason; plus infinity is the worst value.
    /// A pruned trial without values or constraints takes those that it reported last.
    ///
    /// # Errors
    /// An unknown id, a trial that is not pending, a wrong number of measurements, minus infinity, a sem or cost that
    /// is negative or not finite, a constraint that is NaN, or no memory for a new constraint. Nothing changes then,
    /// and the trial can be told again.
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

    /// Retracts the result of a trial: it is pending again, keeps its reports and attributes, and can be told again.
    /// The history is then the same as if the trial had never been told.
    ///
    /// # Errors
    /// An unknown id, or a pending trial.
    pub fn retract(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.row_in_space(trial)?;
        if self.history.states()[row] == TrialState::Pending {
            return Err(OptimizerError::Argument(format!("trial {trial} is pending: there is no result to take back")));
        }
        self.revise(|history| history.reopen(row));
        self.clear_evaluation(trial);
        Ok(())
    }

    /// Ends a pending trial with a checked result.
    pub(super) fn finish(&mut self, row: usize, tell: Tell) {
        self.facts.history.finish(row, tell.outcome, &tell.constraints, tell.cost);
        self.update_derived(row);
    }
}
