//! A decision, its reason, and the data on which it depends: reports until a step.
//!
//! A trial is compared with all that reached the step, in any state. A rule that compares only with complete trials is a
//! ratchet: complete trials are the survivors, so the bar rises until nearly all trials are stopped, including the best
//! one.

use crate::history::{History, TrialState, reports_until};
use crate::learning_curve::Curves;

/// A report of a trial: the step and the value, to be minimized.
pub(super) type Report = (u64, f64);

/// The data on which a decision depends.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All trials and their reports.
    pub history: &'a History,
    /// The pending trial in question.
    pub trial: u64,
    /// The best trial so far.
    pub incumbent: Option<u64>,
    /// Seed of the search.
    pub seed: u64,
    /// Whether the (first) objective is maximized; used only in reasons, because the core minimizes.
    pub maximize: bool,
    /// The reported values at the checkpoints, and the lines fitted to them.
    pub curves: &'a Curves<'a>,
    /// The largest last step of a complete trial.
    pub longest: Option<u64>,
}

impl<'a> Context<'a> {
    /// Whether trials can be compared by their values: there is a single objective, and no constraint is known to be
    /// broken. A single trial that breaks one, even if it is pending or reports nothing, makes every decision compare
    /// ranks, which reads all trials.
    pub(super) fn is_plain(&self) -> bool {
        self.history.n_objectives() == 1 && !self.history.has_violation()
    }

    /// The reports of the trial in question, for the first objective.
    pub(super) fn curve(&self) -> &'a [Report] {
        self.history.curve(self.trial)
    }

    /// The reports of the trial in question, for one objective.
    pub(super) fn curve_of(&self, objective: usize) -> Vec<Report> {
        let value = |index| self.history.report_at(self.trial, index)[objective];
        self.curve().iter().enumerate().map(|(index, (step, _))| (*step, value(index))).collect()
    }

    /// Whether all values of a report are finite; `back` counts from the last report, 0. True if there is no such
    /// report.
    pub(super) fn is_finite(&self, back: usize) -> bool {
        let index = self.curve().len().checked_sub(back + 1);
        index.is_none_or(|index| self.history.report_at(self.trial, index).iter().all(|value| value.is_finite()))
    }

    /// The folds that the trial in question reported.
    pub(super) fn folds(&self) -> &'a [Report] {
        self.history.folds(self.trial)
    }

    pub(super) fn last_report(&self) -> Option<Report> {
        self.curve().last().copied()
    }

    /// The step of the report before the last one.
    pub(super) fn previous_step(&self) -> Option<u64> {
        self.curve().iter().rev().nth(1).map(|(step, _)| *step)
    }

    /// Whether the last report is the first one at or after one of the steps `warmup + k interval`.
    pub(super) fn is_due(&self, (step, _): Report, warmup: u64, interval: u64) -> bool {
        let Some(beyond) = step.checked_sub(warmup) else { return false };
        let due = warmup + beyond / interval * interval;
        self.previous_step().is_none_or(|previous| previous < due)
    }

    /// The reports of all other trials that are not excluded, in the order of their ids.
    pub(super) fn others(&self) -> impl Iterator<Item = (u64, &'a [Report])> {
        self.history.curves().filter(|(trial, _)| *trial != self.trial && !self.state(*trial).is_excluded())
    }

    /// The reports of all other trials that ran to their end.
    pub(super) fn others_complete(&self) -> impl Iterator<Item = (u64, &'a [Report])> {
        self.others().filter(|(trial, _)| self.state(*trial) == TrialState::Complete)
    }

    pub(super) fn state(&self, trial: u64) -> TrialState {
        self.history.states()[trial as usize]
    }

    /// Number of trials that ran to their end.
    pub(super) fn n_complete(&self) -> u64 {
        self.history.states().iter().filter(|state| **state == TrialState::Complete).count() as u64
    }

    /// A value in the user's direction.
    pub(super) fn user_value(&self, value: f64) -> f64 {
        if self.maximize { -value } else { value }
    }
}

/// Whether a trial should stop, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether to stop.
    pub stop: bool,
    /// Whether later results may allow the trial to be resumed.
    pub pause: bool,
    /// Why, in one sentence.
    pub reason: String,
}

impl Decision {
    pub(super) fn new(stop: bool, reason: impl Into<String>) -> Self {
        Self { stop, pause: stop, reason: reason.into() }
    }

    pub(super) fn go_on(reason: impl Into<String>) -> Self {
        Self::new(false, reason)
    }

    /// The decision to stop, which later results may revise.
    pub(super) fn stop(reason: impl Into<String>) -> Self {
        Self::new(true, reason)
    }

    /// The decision to stop for good: no other trial can change it.
    pub(super) fn end(reason: impl Into<String>) -> Self {
        Self { pause: false, ..Self::new(true, reason) }
    }
}

/// NaN counts as the worst value.
pub(super) fn worst_if_nan(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

/// The best of some reports, infinity if there is none.
pub(super) fn best_of(reports: &[Report]) -> f64 {
    reports.iter().map(|(_, value)| worst_if_nan(*value)).fold(f64::INFINITY, f64::min)
}

/// The last value at or before a step; `None` if the trial did not reach the step or began later.
pub(super) fn value_at(curve: &[Report], step: u64) -> Option<f64> {
    index_at(curve, step).map(|index| curve[index].1)
}

/// The index of the report of [`value_at`].
pub(super) fn index_at(curve: &[Report], step: u64) -> Option<usize> {
    let (first, last) = (curve.first()?.0, curve.last()?.0);
    if last < step || first > step {
        return None;
    }
    Some(reports_until(curve, step) - 1)
}

/// The first value at or after a step.
pub(super) fn value_from(curve: &[Report], step: u64) -> Option<f64> {
    index_from(curve, step).map(|index| worst_if_nan(curve[index].1))
}

/// The index of the report of [`value_from`].
pub(super) fn index_from(curve: &[Report], step: u64) -> Option<usize> {
    let index = curve.partition_point(|(at, _)| *at < step);
    (index < curve.len()).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::{value_at, value_from};

    #[test]
    fn steps_may_be_skipped() {
        let curve = [(2, 5.0), (4, 3.0), (9, f64::NAN)];
        assert_eq!(
            [1, 2, 3, 4, 8].map(|step| value_at(&curve, step)),
            [None, Some(5.0), Some(5.0), Some(3.0), Some(3.0)]
        );
        assert!(value_at(&curve, 9).is_some_and(f64::is_nan));
        assert_eq!(value_at(&curve, 10), None);
        assert_eq!(
            [0, 3, 9, 10].map(|step| value_from(&curve, step)),
            [Some(5.0), Some(3.0), Some(f64::INFINITY), None]
        );
    }
}
