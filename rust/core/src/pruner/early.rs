//! While few trials are complete: the better half goes on at every checkpoint.
//!
//! Complete trials tell how curves go on, and with several workers there are none for a long time. Until [`ENOUGH`]
//! trials with a curve are complete, a trial that reaches a checkpoint of [`crate::learning_curve`] is compared with all
//! others that came as far, whatever became of them, by the values they had there. It stops unless it is among the better
//! half: asynchronous halving (Li et al. 2020). The rule is for a single objective, while no constraint is broken. A
//! trial goes on all the same
//!
//! - where fewer than [`FEWEST`] trials came so far, this one counted;
//! - where the complete trials say that the step misleads: less than [`AGREEING`] of their pairs stand in the same order
//!   there and at the end;
//! - if it is audited ([`super::audit`]).
//!
//! Measured: `benches/results/fidelity.md`.

use super::Decision;
use super::audit::is_audited;
use super::context::{Context, Report, worst_if_nan};
use super::reached::{value_at, values_at};
use crate::history::TrialState;
use crate::learning_curve::checkpoint_reached;
use crate::numerics::PairOrder;

/// Complete trials that reported from which on estimates of the end decide alone.
const ENOUGH: usize = 8;
/// Trials at a checkpoint below which none is stopped.
const FEWEST: usize = 4;
/// Complete trials below which nobody asks whether the step misleads.
const MIN_COMPLETE: usize = 3;
/// Share of the pairs of complete trials that have to stand in the same order at the checkpoint and at the end.
const AGREEING: f64 = 0.6;

/// A reason to stop; None if there is none, which leaves the decision to others.
pub(super) fn decide(context: &Context<'_>, (step, value): Report) -> Option<Decision> {
    checkpoint_reached(context.previous_step(), step).filter(|_| context.is_plain())?;
    if complete(context).take(ENOUGH).count() == ENOUGH {
        return None;
    }
    let (rank, n) = rank_if_behind(&values_at(context, step), worst_if_nan(value))?;
    if misleads(context, step) || is_audited(context) {
        return None;
    }
    Some(Decision::stop(format!("rank {rank} of {n} at step {step}, before {ENOUGH} trials are complete")))
}

/// The reports of complete trials.
fn complete<'a>(context: &Context<'a>) -> impl Iterator<Item = (u64, &'a [Report])> {
    context.others().filter(|(trial, _)| context.state(*trial) == TrialState::Complete)
}

/// The rank of a trial among enough others and itself, and their number, if it is not in the better half.
pub(super) fn rank_if_behind(others: &[f64], value: f64) -> Option<(usize, usize)> {
    let n = others.len() + 1;
    let rank = 1 + others.iter().filter(|other| **other < value).count();
    (n >= FEWEST && rank > n.div_ceil(2)).then_some((rank, n))
}

/// Whether complete trials stand in another order at a step than at their end.
fn misleads(context: &Context<'_>, step: u64) -> bool {
    let end = |trial: u64| context.history.values(0)[trial as usize];
    let known = complete(context).filter_map(|(trial, curve)| Some((value_at(curve, step)?, end(trial))));
    let (values, ends): (Vec<f64>, Vec<f64>) = known.unzip();
    if ends.len() < MIN_COMPLETE {
        return false;
    }
    let PairOrder { concordant, discordant, .. } = PairOrder::of(&values, &ends);
    (concordant as f64) < AGREEING * (concordant + discordant) as f64
}
