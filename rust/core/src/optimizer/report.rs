//! `report`: intermediate values of a pending trial.

use super::check::{check_constraints, of_objective};
use super::{Optimizer, OptimizerError};
use crate::history::Measurement;

/// What to do in place of reporting an infinitely good value.
pub(super) const REPORT_INSTEAD: &str = "report a finite value, or tell state='failed'";

impl Optimizer {
    /// Records intermediate values (to be minimized, one per objective) and current black-box constraints of a pending
    /// trial. NaN among the values is recorded and counts as the worst value.
    ///
    /// # Errors
    /// An unknown id, a trial that is not pending, a step not larger than the last one, a wrong number of values, minus
    /// infinity, or a constraint that `tell` would reject.
    pub fn report(
        &mut self,
        trial: u64,
        step: u64,
        values: &[f64],
        constraints: Vec<(String, f64)>,
    ) -> Result<(), OptimizerError> {
        self.pending_row(trial)?;
        let (count, expected) = (values.len(), self.history.n_objectives());
        if count != expected {
            let message = format!("{count} intermediate values were reported; expected {expected}, one per direction");
            return Err(OptimizerError::Argument(message));
        }
        if let Some(k) = values.iter().position(|value| *value == f64::NEG_INFINITY) {
            let place = format!("{} at step {step}", of_objective(k, expected));
            return Err(self.infinitely_good(k, &place, REPORT_INSTEAD));
        }
        check_constraints(&constraints)?;
        if !self.history.folds(trial).is_empty() {
            let message = one_kind(trial, "folds", "report_fold", "report");
            return Err(OptimizerError::Argument(message));
        }
        if let Some((last, _)) = self.history.curve(trial).last().filter(|(last, _)| *last >= step) {
            let message =
                format!("trial {trial} already reported step {last}; expected a larger step than {last}, got {step}");
            return Err(OptimizerError::Argument(message));
        }
        self.facts.history.reserve_report(trial)?;
        self.facts.history.report(trial, step, values, constraints);
        self.derived.report(&self.facts.history, trial);
        Ok(())
    }

    /// The values of a trial that was stopped without any: what it told before or else reported last; `None` if a value
    /// is missing or NaN.
    pub(super) fn last_measurements(&self, trial: u64) -> Option<Vec<Measurement>> {
        let last = self.history.curve(trial).len().checked_sub(1);
        let reported = last.map_or_else(Vec::new, |index| self.history.report_at(trial, index));
        let from_report = |k: usize| {
            let value = reported.get(k).copied().filter(|value| !value.is_nan())?;
            Some(Measurement { value, sem: None, replicates: Vec::new() })
        };
        let told = self.history.told_objectives(trial as usize).into_iter().enumerate();
        told.map(|(k, told)| told.or_else(|| from_report(k))).collect()
    }

    /// The constraints in the last report of a trial that names any, without those that were told before or are now.
    pub(super) fn untold_constraints(&self, row: usize, now: &[(String, f64)]) -> Vec<(String, f64)> {
        let last = self.history.reported_constraints(row as u64).next_back().map_or(&[][..], |(_, named)| named);
        let is_told =
            |name: &String| self.history.has_constraint(row, name) || now.iter().any(|(other, _)| other == name);
        last.iter().filter(|(name, _)| !is_told(name)).cloned().collect()
    }
}

/// The message for a trial that reports both steps and folds: which `kind` it reported, and with which method.
pub(super) fn one_kind(trial: u64, kind: &str, right: &str, wrong: &str) -> String {
    format!("trial {trial} reports {kind}, and a trial reports either steps or folds; call {right} for it, not {wrong}")
}
