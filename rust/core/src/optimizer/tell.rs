//! `tell`, `tell_constraints`, `tell_objectives` and `observe`: everything is checked before anything changes.

use super::check::check_constraints;
use super::notes::clear_evaluation;
use super::{Optimizer, OptimizerError, Tell};
use crate::history::{Measurement, Origin, Outcome, TrialState};
use crate::space::Configuration;

impl Optimizer {
    /// Records constraints of a pending trial before its result. A constraint that was told before is replaced. The
    /// Gaussian process of each constraint uses them at once.
    ///
    /// # Errors
    /// An unknown id, a trial that is not pending, a constraint that is NaN, or no memory for a new one. Nothing changes
    /// then.
    pub fn tell_constraints(&mut self, trial: u64, constraints: &[(String, f64)]) -> Result<(), OptimizerError> {
        let row = self.pending_row(trial)?;
        check_constraints(constraints)?;
        self.history.check_constraint_memory(constraints)?;
        if self.history.has_objectives(row) {
            // Models use these, and whether the trial is feasible.
            self.revise(|history| history.set_constraints(row, constraints));
        } else {
            self.facts.history.set_constraints(row, constraints);
        }
        Ok(())
    }

    /// Records some objectives of a pending trial before its result, as `(objective, measurement)`. An objective that was
    /// told before is replaced. The model of each objective uses them at once.
    ///
    /// # Errors
    /// An unknown id, a trial that is not pending, a search with one objective, an objective that does not exist or is
    /// given twice, a value that is not finite, or a sem that [`Self::tell`] would reject. Nothing changes then.
    pub fn tell_objectives(&mut self, trial: u64, measured: Vec<(usize, Measurement)>) -> Result<(), OptimizerError> {
        let row = self.pending_row(trial)?;
        self.check_told_objectives(&measured)?;
        if measured.iter().any(|(k, _)| !self.history.values(*k)[row].is_nan()) {
            self.revise(|history| history.set_objectives(row, measured));
        } else {
            self.facts.history.set_objectives(row, measured);
        }
        Ok(())
    }

    /// Ends a pending trial. A NaN among the values makes it a failure with a reason; plus infinity is the worst value.
    /// Constraints and objectives told before the result stay, unless they are told anew. A pruned trial without values
    /// takes those that it reported last for the objectives that were never told, and so it does with each constraint.
    ///
    /// # Errors
    /// An unknown id, a trial that is not pending, a wrong number of measurements, minus infinity, a sem or cost that
    /// is negative or not finite, a constraint that is NaN, or no memory for a new constraint. Nothing changes then,
    /// and the trial can be told again.
    pub fn tell(&mut self, trial: u64, tell: Tell) -> Result<(), OptimizerError> {
        let row = self.pending_row(trial)?;
        let mut tell = self.checked(tell)?;
        if let Outcome::Pruned { measurements, .. } = &mut tell.outcome {
            *measurements = measurements.take().or_else(|| self.last_measurements(trial));
            let reported = self.untold_constraints(row, &tell.constraints);
            tell.constraints.extend(reported);
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
        clear_evaluation(&mut self.facts.notes, trial);
        Ok(())
    }

    /// Adds a finished trial from elsewhere and returns its id.
    ///
    /// # Errors
    /// As [`Self::tell`]; a configuration that is not in the space (known constraints are not checked); a paused trial,
    /// because this search does not have its checkpoint.
    pub fn observe(&mut self, configuration: &Configuration, tell: Tell) -> Result<u64, OptimizerError> {
        self.space.validate_values(configuration)?;
        let tell = self.checked(tell)?;
        if matches!(tell.outcome, Outcome::Pruned { paused: true, .. }) {
            let message = "a trial that was observed cannot be paused: it has no checkpoint to go on from; \
                           say state=\"pruned\"";
            return Err(OptimizerError::Argument(message.into()));
        }
        self.facts.history.reserve_rows(1)?;
        self.history.check_constraint_memory(&tell.constraints)?;
        let id = self.facts.history.push(&self.facts.space, configuration, Origin::Observed);
        self.finish(id as usize, tell);
        Ok(id)
    }

    /// Ends a pending trial with a checked result.
    pub(super) fn finish(&mut self, row: usize, tell: Tell) {
        let is_revision = self.is_revision(row, &tell);
        let may_doubt = self.facts.history.finish(row, tell.outcome, &tell.constraints, tell.cost);
        let is_doubted = |other: usize| other != row && self.history.lacks_constraint(other);
        if is_revision || may_doubt && (0..self.history.len()).any(is_doubted) {
            self.revise(|_| ());
        } else {
            self.derived.update(&self.facts.history, row);
        }
    }

    /// Whether models may go on using the objectives that a pending trial has told, with other values or constraints.
    fn is_revision(&self, row: usize, tell: &Tell) -> bool {
        let end = match &tell.outcome {
            // A complete trial is no longer partly known.
            Outcome::Complete(_) => return false,
            Outcome::Pruned { measurements, .. } => measurements.as_deref(),
            Outcome::Failed { .. } => None,
        };
        let n_told = self.history.kept_objectives(row, None).len();
        let is_replaced = self.history.kept_objectives(row, end).len() < n_told;
        n_told > 0 && (is_replaced || !tell.constraints.is_empty())
    }
}
