//! All curves of a search, and the estimates that they give.

use super::checkpoints::checkpoints;
use super::expected::Expected;
use super::transition::Transition;
use crate::history::{History, TrialState};
use crate::numerics::variance;

/// Complete trials that agree with the estimates, before there are any.
const PRIOR_CALIBRATION: f64 = 3.0;

/// The lines between the checkpoints of a search, fitted to every trial that reported, in any state but set aside.
#[derive(Clone, Debug)]
pub struct Curves {
    checkpoints: Vec<u64>,
    /// From checkpoint `k` to the next, the last one to what was told; None where no trial is known at both.
    transitions: Vec<Option<Transition>>,
    /// By checkpoint: what the variance is multiplied by.
    calibration: Vec<f64>,
}

impl Curves {
    /// The curves of the first `n` trials, by the first objective; None if no complete one among them reported anything.
    /// Values that are not finite are left out.
    pub fn of(history: &History, n: usize) -> Option<Self> {
        let checkpoints = checkpoints(furthest(history, n)?);
        let kept = among(history, n).filter(|(trial, _)| !history.states()[*trial as usize].is_set_aside());
        let rows: Vec<Vec<f64>> =
            kept.map(|(trial, curve)| at_checkpoints(curve, told(history, trial), &checkpoints)).collect();
        let n = checkpoints.len();
        let transitions = (0..n).map(|k| between(&rows, k)).collect();
        let mut curves = Self { checkpoints, transitions, calibration: vec![1.0; n] };
        curves.calibration = (0..n).map(|k| curves.mean_square(&rows, k).max(1.0)).collect();
        Some(curves)
    }

    /// The latest checkpoint after `previous`, up to `step` and before the last one; None if there is none.
    pub fn checkpoint_reached(previous: Option<u64>, step: u64, history: &History) -> Option<u64> {
        let last = furthest(history, history.len())?;
        let reached = checkpoints(last).into_iter().rfind(|checkpoint| *checkpoint <= step)?;
        (step < last && previous.is_none_or(|previous| previous < reached)).then_some(reached)
    }

    /// What a trial with these reports is expected to end with; None before the first checkpoint, where the last value
    /// is not finite, and where no trial tells how it goes on.
    pub fn end(&self, curve: &[(u64, f64)]) -> Option<Expected> {
        let (step, value) = *curve.last()?;
        let k = self.checkpoints.partition_point(|checkpoint| *checkpoint <= step).checked_sub(1)?;
        let Expected { mean, variance } = self.carried(k, value)?;
        let variance = variance * self.calibration[k];
        variance.is_finite().then_some(Expected { mean, variance })
    }

    /// The value at checkpoint `k`, carried to the end.
    fn carried(&self, k: usize, value: f64) -> Option<Expected> {
        let start = value.is_finite().then_some(Expected { mean: value, variance: 0.0 })?;
        let end = self.transitions[k..].iter().try_fold(start, |state, line| Some(line.as_ref()?.carry(state)))?;
        (end.mean.is_finite() && end.variance.is_finite()).then_some(end)
    }

    /// The mean square of `(end - m) / s` over the complete trials at checkpoint `k`, and [`PRIOR_CALIBRATION`] more
    /// that have 1.
    fn mean_square(&self, rows: &[Vec<f64>], k: usize) -> f64 {
        let (mut sum, mut count) = (PRIOR_CALIBRATION, PRIOR_CALIBRATION);
        for (value, end) in rows.iter().map(|row| (row[k], row[row.len() - 1])).filter(|(_, end)| !end.is_nan()) {
            let Some(Expected { mean, variance }) = self.carried(k, value) else { continue };
            if variance > 0.0 {
                sum += (end - mean) * (end - mean) / variance;
                count += 1.0;
            }
        }
        sum / count
    }
}

/// What the first `n` trials reported.
fn among(history: &History, n: usize) -> impl Iterator<Item = (u64, &[(u64, f64)])> {
    history.curves().take_while(move |(trial, _)| *trial < n as u64)
}

/// The last step of the complete trial, among the first `n`, that came furthest.
fn furthest(history: &History, n: usize) -> Option<u64> {
    let complete = among(history, n).filter(|(trial, _)| told(history, *trial).is_some());
    complete.filter_map(|(_, curve)| curve.last().map(|(step, _)| *step)).max()
}

/// What a complete trial was told, if it is finite.
fn told(history: &History, trial: u64) -> Option<f64> {
    let (state, value) = (history.states()[trial as usize], history.values(0)[trial as usize]);
    (state == TrialState::Complete && value.is_finite()).then_some(value)
}

/// The values of a curve at the checkpoints, then what was told; NaN where there is none. A trial that ended of its own
/// accord keeps its last value.
fn at_checkpoints(curve: &[(u64, f64)], told: Option<f64>, checkpoints: &[u64]) -> Vec<f64> {
    let reach = if told.is_some() { u64::MAX } else { curve.last().map_or(0, |(step, _)| *step) };
    let (mut values, mut place) = (Vec::with_capacity(checkpoints.len() + 1), 0);
    for checkpoint in checkpoints {
        place += curve[place..].partition_point(|(step, _)| step <= checkpoint);
        let value = if place > 0 && *checkpoint <= reach { curve[place - 1].1 } else { f64::NAN };
        values.push(if value.is_finite() { value } else { f64::NAN });
    }
    values.push(told.unwrap_or(f64::NAN));
    values
}

/// The line from checkpoint `k` to the next.
fn between(rows: &[Vec<f64>], k: usize) -> Option<Transition> {
    let (mut before, mut pairs) = (Vec::new(), Vec::new());
    for row in rows.iter().filter(|row| !row[k].is_nan()) {
        before.push(row[k]);
        if !row[k + 1].is_nan() {
            pairs.push((row[k], row[k + 1]));
        }
    }
    Transition::fit(&pairs, variance(&before))
}
