//! The rule while few trials are complete: the better half continues at every step of a grid.
//!
//! Estimates need complete trials, and with several workers there are none for a long time. Until [`ENOUGH`] trials
//! with a curve are complete, a trial that reaches a step of the grid of [`crate::learning_curve`] is compared with all
//! others that reached the step, in any state, by their values there. It stops unless it is among the better half:
//! asynchronous halving (Li et al. 2020). The rule applies to a single objective while no constraint is broken. A trial
//! nevertheless continues
//!
//! - if fewer than [`FEWEST`] trials, including this one, reached the step;
//! - if the complete trials show that the step is misleading: less than a share [`AGREEING`] of their pairs have the
//!   same order there and at the end;
//! - if it is audited ([`super::audit`]).
//!
//! Benchmark: `benches/results/fidelity.md`.

use super::Decision;
use super::audit::is_audited;
use super::columns::{Columns, Compared};
use super::context::value_at;
use super::context::{Context, Report, worst_if_nan};
use crate::learning_curve::grid_step_reached;
use crate::numerics::PairOrder;

/// Number of complete trials with reports from which on only estimates decide. (Measured:
/// `benches/results/fidelity.md`.)
const ENOUGH: usize = 8;
/// Minimum number of trials at a step before one is stopped. (Measured: `benches/results/archive/fidelity.md`.)
const FEWEST: usize = 4;
/// Minimum number of complete trials for the check whether a step is misleading. (Half and twice:
/// `benches/results/constants.md`.)
const MIN_COMPLETE: usize = 3;
/// Minimum share of pairs of complete trials with the same order at the step and at the end. (Half and twice:
/// `benches/results/constants.md`.)
const AGREEING: f64 = 0.6;

/// The decision to stop; `None` leaves the decision to other rules.
pub(super) fn decide(context: &Context<'_>, (step, value): Report) -> Option<Decision> {
    grid_step_reached(context.previous_step(), step).filter(|_| context.is_plain())?;
    if context.others_complete().take(ENOUGH).count() == ENOUGH {
        return None;
    }
    // Few decisions need these values, so they are not kept.
    let mut columns = Columns::default();
    let others = columns.others(context, step, Compared::Until);
    let (rank, n) = rank_if_behind(others.n_below(worst_if_nan(value)), others.len())?;
    if misleads(context, step) || is_audited(context) {
        return None;
    }
    Some(Decision::stop(format!("rank {rank} of {n} at step {step}, before {ENOUGH} trials are complete")))
}

/// The rank of a trial among `n_others` others and itself, and their number, if there are enough and it is not in the
/// better half; `n_better` of the others are better.
pub(super) fn rank_if_behind(n_better: usize, n_others: usize) -> Option<(usize, usize)> {
    let (rank, n) = (n_better + 1, n_others + 1);
    (n >= FEWEST && rank > n.div_ceil(2)).then_some((rank, n))
}

/// Whether the order of complete trials at a step differs too much from that at their end.
fn misleads(context: &Context<'_>, step: u64) -> bool {
    let end = |trial: u64| context.history.values(0)[trial as usize];
    let pairs = context.others_complete().filter_map(|(trial, curve)| Some((value_at(curve, step)?, end(trial))));
    let (values, ends): (Vec<f64>, Vec<f64>) = pairs.unzip();
    if ends.len() < MIN_COMPLETE {
        return false;
    }
    let PairOrder { concordant, discordant, .. } = PairOrder::of(&values, &ends);
    (concordant as f64) < AGREEING * (concordant + discordant) as f64
}
