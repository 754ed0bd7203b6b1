//! Which candidates are likely not to fail.
//!
//! The density ratio only says where failures are *relatively* rare: along the border of a region that always fails the good
//! trials are as dense as the failed ones, and about half of all candidates cross it. A kernel estimate of the chance of a good end,
//!
//! ```text
//! P(x) = (1 + sum over ended well K(x, x_i)) / (1 + sum over all ended K(x, x_i)),    K = exp(-r^2 / 2)
//! r^2  = mean over parameters of (u_j - u_ij)^2 / 0.1^2
//! ```
//!
//! with a difference of 1 between unequal choices and between active and inactive, is 1 where nothing was tried. Candidates
//! below 0.9 are left out, unless all are: then failures say nothing about where to go.

use super::candidates::Candidate;
use crate::encoding::AxisKind;
use crate::history::TrialState;
use crate::numerics::exp;
use crate::sampler::Context;

/// Chance below which a candidate is left out.
const LIKELY: f64 = 0.9;
/// Distance over which an end speaks for its neighbourhood, as a share of every parameter's range.
const REACH: f64 = 0.1;
/// Ends looked at, the latest of each kind: what is known of a border is known from them.
const LATEST: usize = 256;

/// The candidates that are likely to end well.
pub(super) fn likely(context: &Context<'_>, candidates: Vec<Candidate>) -> Vec<Candidate> {
    let failed = latest(context, |row| context.history.states()[row] == TrialState::Failed);
    if failed.is_empty() {
        return candidates;
    }
    let fine =
        latest(context, |row| !matches!(context.history.states()[row], TrialState::Failed | TrialState::Pending));
    let (kept, left_out): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
        let good = 1.0 + weight(context, candidate.unit(), &fine);
        good >= LIKELY * (good + weight(context, candidate.unit(), &failed))
    });
    if kept.is_empty() { left_out } else { kept }
}

fn latest(context: &Context<'_>, is: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..context.history.len()).rev().filter(|row| is(*row)).take(LATEST).collect()
}

/// Sum of the kernel over some trials.
fn weight(context: &Context<'_>, unit: &[f64], rows: &[usize]) -> f64 {
    rows.iter().map(|row| exp(-0.5 * squared_distance(context, unit, *row) / (REACH * REACH))).sum()
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
