//! Which candidates are likely not to fail.
//!
//! Where the loss falls towards the border of a region that always fails, a model's own promise leads across it: the
//! density ratio of TPE says where failures are *relatively* rare, and along the border good trials are as dense as
//! failed ones; the Gaussian process extrapolates. About half of all suggestions would cross. A kernel estimate of the
//! chance of a good end,
//!
//! ```text
//! P(x) = (1 + sum over ended well K(x, x_i)) / (1 + sum over all ended K(x, x_i)),    K = exp(-r^2 / 2)
//! r^2  = mean over parameters of (u_j - u_ij)^2 / 0.1^2
//! ```
//!
//! with a difference of 1 between unequal choices and between active and inactive, is 1 where nothing was tried.
//! Candidates below 0.9 are left out, unless all are: then failures say nothing about where to go.

use super::Context;
use crate::encoding::AxisKind;
use crate::history::TrialState;
use crate::numerics::exp;

/// Chance below which a candidate is left out.
const MIN_CHANCE: f64 = 0.9;
/// Distance over which an end speaks for its neighbourhood, as a share of every parameter's range.
const WIDTH: f64 = 0.1;
/// Ends looked at, the latest of each kind: what is known of a border is known from them.
pub(super) const LATEST: usize = 256;

/// How the latest trials ended; absent if none failed.
pub(super) struct FailureFilter<'a> {
    context: &'a Context<'a>,
    failed: Vec<usize>,
    succeeded: Vec<usize>,
}

impl<'a> FailureFilter<'a> {
    pub(super) fn of(context: &'a Context<'a>) -> Option<Self> {
        if context.history.n_failed() == 0 {
            return None;
        }
        let state = |row: usize| context.history.states()[row];
        let failed = latest(context, |row| state(row) == TrialState::Failed);
        let succeeded = latest(context, |row| state(row).counts() && state(row) != TrialState::Failed);
        Some(Self { context, failed, succeeded })
    }

    /// Whether a point is likely to end well.
    pub(super) fn is_likely_to_succeed(&self, unit: &[f64]) -> bool {
        let good = 1.0 + weight(self.context, unit, &self.succeeded);
        good >= MIN_CHANCE * (good + weight(self.context, unit, &self.failed))
    }

    /// The candidates that are likely to end well, or all if none is.
    pub(super) fn keep<T>(&self, candidates: Vec<T>, unit: impl Fn(&T) -> Vec<f64>) -> Vec<T> {
        let (kept, left_out): (Vec<T>, Vec<T>) =
            candidates.into_iter().partition(|candidate| self.is_likely_to_succeed(&unit(candidate)));
        if kept.is_empty() { left_out } else { kept }
    }
}

fn latest(context: &Context<'_>, has_state: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..context.history.len()).rev().filter(|row| has_state(*row)).take(LATEST).collect()
}

/// Sum of the kernel over some trials.
fn weight(context: &Context<'_>, unit: &[f64], rows: &[usize]) -> f64 {
    rows.iter().map(|row| exp(-0.5 * squared_distance(context, unit, *row) / (WIDTH * WIDTH))).sum()
}

fn squared_distance(context: &Context<'_>, unit: &[f64], row: usize) -> f64 {
    let squares = unit.iter().zip(context.encoding.axes()).enumerate().map(|(j, (u, axis))| {
        let other = context.history.unit(j)[row];
        match (u.is_nan(), other.is_nan(), axis.kind()) {
            (true, true, _) => 0.0,
            (false, false, AxisKind::Unordered { .. }) => f64::from(u8::from(*u != other)),
            (false, false, _) => (u - other) * (u - other),
            _ => 1.0,
        }
    });
    squares.sum::<f64>() / unit.len() as f64
}
