//! Trials that report folds.

use super::report::{REPORT_INSTEAD, one_kind};
use super::{Optimizer, OptimizerError};
use crate::numerics::{Purpose, Stream, reserve};

impl Optimizer {
    /// Records the value of one fold (to be minimized) of a pending trial. Folds may come in any order, and the same
    /// report may be repeated. NaN is recorded and counts as the worst value.
    ///
    /// # Errors
    /// As [`Self::report`]; a fold that was reported with another value; a trial that reported steps.
    pub fn report_fold(&mut self, trial: u64, fold: u64, value: f64) -> Result<(), OptimizerError> {
        self.pending_row(trial)?;
        if self.history.n_objectives() != 1 {
            let n = self.history.n_objectives();
            let message =
                format!("folds need a single objective; this search has {n}: report(step, values) takes several");
            return Err(OptimizerError::Argument(message));
        }
        if value == f64::NEG_INFINITY {
            return Err(self.infinitely_good(0, &format!(" of fold {fold}"), REPORT_INSTEAD));
        }
        let folds = self.history.folds(trial);
        if let Some((_, known)) = folds.iter().find(|(reported, _)| *reported == fold) {
            if *known == value || (known.is_nan() && value.is_nan()) {
                return Ok(());
            }
            let sign = if self.settings.maximize[0] { -1.0 } else { 1.0 };
            let (known, value) = (sign * known, sign * value);
            let message = format!(
                "fold {fold} of trial {trial} was reported with {known} before; {value} is not taken; to correct it, \
                     call cancel(trial) and enqueue(trial.params)"
            );
            return Err(OptimizerError::Argument(message));
        }
        if folds.is_empty() && !self.history.curve(trial).is_empty() {
            let message = one_kind(trial, "steps", "report", "report_fold");
            return Err(OptimizerError::Argument(message));
        }
        self.facts.history.reserve_fold(trial)?;
        self.facts.history.report_fold(trial, fold, value);
        self.derived.report(&self.facts.history, trial);
        Ok(())
    }

    /// A random order of `n` folds, the same for all trials of the search.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub fn fold_order(&self, n: usize) -> Result<Vec<u64>, OptimizerError> {
        let mut order = Vec::new();
        reserve(&mut order, n)?;
        order.extend(0..n as u64);
        Stream::new(self.settings.seed, n as u64, Purpose::FoldOrder, 0).shuffle(&mut order);
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::numerics::Pool;
    use crate::optimizer::testing::random_search;

    #[test]
    fn a_fold_keeps_its_first_value() {
        let mut search = random_search(Vec::new());
        search.ask(1, &Pool::serial(), &|| false).unwrap();
        let reports = [(0, 0.5, true), (1, f64::NAN, true), (0, 0.5, true), (1, f64::NAN, true)];
        for (fold, value, is_taken) in
            reports.into_iter().chain([(0, 0.25, false), (0, f64::NAN, false), (1, 0.5, false)])
        {
            assert_eq!(search.report_fold(0, fold, value).is_ok(), is_taken, "{fold}: {value}");
        }
        assert_eq!(search.history.folds(0).len(), 2);
    }
}
