//! Selection of candidates that are unlikely to fail.
//!
//! If the loss decreases towards the border of a region that always fails, acquisition functions lead across the
//! border. The density ratio of TPE is high where failures are *relatively* rare, and near the border good trials are
//! as dense as failed ones. The Gaussian process extrapolates. With both, about half of all suggestions would fail. The
//! probability of success is estimated by
//!
//! ```text
//! P(x) = (1 + sum over successes K(x, x_i)) / (1 + sum over successes and failures K(x, x_i)),    K = exp(-r^2 / 2)
//! r^2  = mean over parameters of (u_j - u_ij)^2 / 0.1^2
//! ```
//!
//! with a difference of 1 between unequal choices and between active and inactive parameters. The estimate is 1 far
//! from all trials. Candidates below 0.9 are removed, unless this would remove all of them.

use super::Context;
use crate::history::TrialState;
use crate::numerics::exp;

/// Probability of success below which a candidate is removed. (Half and twice: `benches/results/constants.md`.)
const MIN_CHANCE: f64 = 0.9;
/// Width of the kernel, as a share of the range of every parameter. (Half of it: `benches/results/archive/auto.md`.)
const WIDTH: f64 = 0.1;
/// Number of latest successes and of latest failures that are used. (Half and twice: `benches/results/constants.md`.)
pub(super) const LATEST: usize = 256;

/// The latest successes and failures; absent if no trial failed.
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
        let state = |row: usize| context.history.state(row);
        let failed = latest(context, |row| state(row) == TrialState::Failed);
        let succeeded = latest(context, |row| state(row).counts() && state(row) != TrialState::Failed);
        Some(Self { context, failed, succeeded })
    }

    /// Whether a trial at the point is likely to succeed.
    pub(super) fn is_likely_to_succeed(&self, unit: &[f64]) -> bool {
        let good = 1.0 + weight(self.context, unit, &self.succeeded);
        good >= MIN_CHANCE * (good + weight(self.context, unit, &self.failed))
    }

    /// The candidates that are likely to succeed, or all if there are none.
    pub(super) fn keep<T>(&self, candidates: Vec<T>, unit: impl Fn(&T) -> Vec<f64>) -> Vec<T> {
        let (kept, left_out): (Vec<T>, Vec<T>) =
            candidates.into_iter().partition(|candidate| self.is_likely_to_succeed(&unit(candidate)));
        if kept.is_empty() { left_out } else { kept }
    }
}

fn latest(context: &Context<'_>, has_state: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..context.history.len()).rev().filter(|row| has_state(*row)).take(LATEST).collect()
}

/// Sum of the kernel over the given trials.
fn weight(context: &Context<'_>, unit: &[f64], rows: &[usize]) -> f64 {
    let mean_square = |row: &usize| context.squared_distance(unit, *row) / unit.len() as f64;
    rows.iter().map(|row| exp(-0.5 * mean_square(row) / (WIDTH * WIDTH))).sum()
}
