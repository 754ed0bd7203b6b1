//! What a trial reported at a step. A trial is compared with all that reached the step, in any state.
//!
//! A rule that compares only with complete trials is a ratchet: complete trials are the survivors, so the bar rises
//! until nearly all trials are stopped, including the best one.

use super::context::{Report, worst_if_nan};
use crate::history::reports_until;

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
