//! `tell` and `report`: everything is checked before anything changes.

use super::{Optimizer, OptimizerError, Tell};
use crate::history::{Measurement, Outcome, TrialState};
use crate::sampler::Scratch;

impl Optimizer {
    /// Ends a pending trial. A NaN among the values makes it a failure with a reason; plus infinity is the worst there
    /// is; a pruned trial told without a value takes the last value it reported.
    ///
    /// # Errors
    /// Unknown id, not pending, wrong number of measurements, minus infinity, a sem or cost that is negative or not
    /// finite, a constraint that is NaN, no memory for a new constraint; nothing is changed then, and the trial can be
    /// told again.
    pub fn tell(&mut self, trial: u64, tell: Tell) -> Result<(), OptimizerError> {
        let row = self.pending_row(trial)?;
        let mut tell = self.checked(tell)?;
        if tell.outcome == Outcome::Pruned(None) {
            tell.outcome = Outcome::Pruned(self.last_report(trial));
        }
        self.history.room_for_constraints(&tell.constraints)?;
        self.finish(row, tell);
        Ok(())
    }

    /// Records an intermediate value (to be minimized) of a pending trial. NaN is recorded as it is and counts as the
    /// worst value there is.
    ///
    /// # Errors
    /// Unknown id, not pending, a step not larger than the last one, more than one objective, minus infinity.
    pub fn report(&mut self, trial: u64, step: u64, value: f64) -> Result<(), OptimizerError> {
        self.may_report(trial, value, &format!(" at step {step}"))?;
        if !self.history.folds(trial).is_empty() {
            let message = format!("trial {trial} reported folds; expected report_fold again, not the value of a step");
            return Err(OptimizerError::Argument(message));
        }
        if let Some((last, _)) = self.history.curve(trial).last().filter(|(last, _)| *last >= step) {
            let message = format!("trial {trial} already reported step {last}; expected a larger step than {step}");
            return Err(OptimizerError::Argument(message));
        }
        self.history.room_for_report(trial)?;
        self.history.report(trial, step, value);
        Ok(())
    }

    /// Whether a trial may report a value; `place` says where it stands.
    pub(super) fn may_report(&self, trial: u64, value: f64, place: &str) -> Result<(), OptimizerError> {
        self.pending_row(trial)?;
        if self.history.n_objectives() != 1 {
            let n = self.history.n_objectives();
            let message = format!("intermediate values need a single objective; this search has {n}");
            return Err(OptimizerError::Argument(message));
        }
        if value == f64::NEG_INFINITY {
            return Err(OptimizerError::Argument(self.infinitely_good(0, place)));
        }
        Ok(())
    }

    /// Takes back what was told of a trial: it is pending again, with what it reported and its attributes, and can be
    /// told anew. The history is then as if it had never been told.
    ///
    /// # Errors
    /// Unknown id; a trial that is pending.
    pub fn retract(&mut self, trial: u64) -> Result<(), OptimizerError> {
        let row = self.fitting(trial)?;
        if self.history.states()[row] == TrialState::Pending {
            return Err(OptimizerError::Argument(format!("trial {trial} is pending: there is no result to take back")));
        }
        self.history.reopen(row);
        self.forget_evaluation(trial);
        self.reconsider();
        // Samplers keep what they made of results told, and never expect one to go away.
        self.scratch = Scratch::default();
        Ok(())
    }

    /// Ends a pending trial with a checked result.
    pub(super) fn finish(&mut self, row: usize, tell: Tell) {
        self.history.finish(row, tell.outcome, &tell.constraints, tell.cost);
        self.consider(row);
    }

    fn last_report(&self, trial: u64) -> Option<Vec<Measurement>> {
        let (_, value) = *self.history.curve(trial).last()?;
        (!value.is_nan()).then(|| vec![Measurement { value, sem: None, replicates: Vec::new() }])
    }
}
