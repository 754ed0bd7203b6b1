//! The values of a trial by fold (or by seed): repeated measurements of one configuration.

use super::History;
use crate::numerics::{OutOfMemory, mean_without_overflow, reserve};

impl History {
    /// The folds `(fold, value)` that a trial reported, in the order of the reports.
    pub fn folds(&self, trial: u64) -> &[(u64, f64)] {
        self.folds.get(&trial).map_or(&[], Vec::as_slice)
    }

    /// Appends the value of a new fold, and the running mean to the curve.
    pub fn report_fold(&mut self, trial: u64, fold: u64, value: f64) {
        let folds = self.folds.entry(trial).or_default();
        folds.push((fold, value));
        let (n, mean) = (folds.len() as u64, mean(folds));
        self.report(trial, n, &[mean], Vec::new());
    }

    /// Reserves memory for one more fold of a trial.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn reserve_fold(&mut self, trial: u64) -> Result<(), OutOfMemory> {
        self.folds.get_mut(&trial).map_or(Ok(()), |folds| reserve(folds, 1))?;
        self.reserve_report(trial)
    }

    /// Checks that the folds are valid and that the curves follow from them.
    pub(super) fn check_folds(&self) -> Result<(), String> {
        if !self.folds.is_empty() && self.n_objectives() != 1 {
            return Err(format!("folds of {} objectives; expected a single one", self.n_objectives()));
        }
        for (trial, reported) in &self.folds {
            let distinct: std::collections::BTreeSet<u64> = reported.iter().map(|(fold, _)| *fold).collect();
            let is_mean = |(at, (step, value)): (usize, &(u64, f64))| {
                let running = mean(&reported[..=at]);
                *step == at as u64 + 1 && (running == *value || (running.is_nan() && value.is_nan()))
            };
            let curve = self.curve(*trial);
            let follows = curve.len() == reported.len() && curve.iter().enumerate().all(is_mean);
            let is_infinitely_good = reported.iter().any(|(_, value)| *value == f64::NEG_INFINITY);
            if distinct.len() != reported.len() || reported.is_empty() || !follows || is_infinitely_good {
                return Err(format!("impossible folds of trial {trial}"));
            }
        }
        Ok(())
    }

    /// The complete trials with finite values that reported their folds, by increasing id.
    pub fn complete_folds(&self) -> impl Iterator<Item = (usize, &[(u64, f64)])> {
        let is_whole = |(trial, folds): &(&u64, &Vec<(u64, f64)>)| {
            let row = **trial as usize;
            self.is_measured(row) && folds.iter().all(|(_, value)| value.is_finite())
        };
        self.folds.iter().filter(is_whole).map(|(trial, folds)| (*trial as usize, folds.as_slice()))
    }
}

/// The mean of some folds. Snapshots are checked against it bit for bit.
fn mean(folds: &[(u64, f64)]) -> f64 {
    // Rounding could still give minus infinity, which is not a valid value. NaN stays NaN.
    mean_without_overflow(folds.iter().map(|(_, value)| *value)).clamp(f64::MIN, f64::INFINITY)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::History;
    use crate::history::columns::Folds;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    fn history() -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        history.push(&space, &Configuration(Vec::new()), Origin::Random);
        history
    }

    #[test]
    fn the_curve_is_the_running_mean() {
        let mut history = history();
        for (fold, value) in [(4, 2.0), (0, 4.0), (2, 6.0)] {
            history.report_fold(0, fold, value);
        }
        assert_eq!(history.curve(0), [(1, 2.0), (2, 3.0), (3, 4.0)]);
        assert_eq!(history.folds(0), [(4, 2.0), (0, 4.0), (2, 6.0)]);
    }

    #[test]
    fn folds_that_contradict_the_curve_are_refused() {
        let mut history = history();
        history.report_fold(0, 1, 2.0);
        history.report_fold(0, 3, f64::NAN);
        assert_eq!(history.check_folds(), Ok(()));
        let with = |folds| History { folds, ..history.clone() };
        let corruptions: [fn(&mut Folds); 7] = [
            |folds| folds.get_mut(&0).unwrap()[1].1 = f64::NEG_INFINITY,
            |folds| folds.get_mut(&0).unwrap()[0].1 = 2.5,
            |folds| folds.get_mut(&0).unwrap()[1].1 = 4.0,
            |folds| folds.get_mut(&0).unwrap()[1].0 = 1,
            |folds| folds.get_mut(&0).unwrap().truncate(1),
            |folds| folds.get_mut(&0).unwrap().clear(),
            |folds| drop(folds.insert(7, vec![(0, 1.0)])),
        ];
        for corrupt in corruptions {
            let mut folds = history.folds.clone();
            corrupt(&mut folds);
            assert!(with(folds).check_folds().is_err());
        }
        // If the mean overflows, the curve cannot distinguish minus infinity from the smallest float.
        let mut overflowing = with([(0, vec![(1, f64::NEG_INFINITY), (2, 0.0)])].into());
        overflowing.curves.insert(0, vec![(1, f64::MIN), (2, f64::MIN)]);
        assert!(overflowing.check_folds().is_err());
        let mut several = History::new(0, 2);
        several.curves.insert(0, vec![(1, 2.0)]);
        several.folds.insert(0, vec![(1, 2.0)]);
        assert!(several.check_folds().is_err());
    }

    #[test]
    fn complete_folds_are_those_of_complete_trials_without_infinite_or_missing_values() {
        let complete = |value| Outcome::Complete(vec![Measurement { value, sem: None, replicates: Vec::new() }]);
        let pruned = Outcome::Pruned { measurements: None, reason: None, paused: false };
        let trials = [
            ([1.0, 3.0], pruned),
            ([1.0, 3.0], complete(f64::INFINITY)),
            ([1.0, f64::NAN], complete(2.0)),
            ([1.0, 3.0], complete(2.0)),
        ];
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 1);
        for (row, (folds, outcome)) in trials.into_iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            folds.iter().zip(0..).for_each(|(value, fold)| history.report_fold(row as u64, fold, *value));
            history.finish(row, outcome, &[], None);
        }
        assert!(history.complete_folds().eq([(3, &[(0, 1.0), (1, 3.0)][..])]));
    }
}
