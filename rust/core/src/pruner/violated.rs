//! Stops trials that break constraints which similar trials did not satisfy in the end.
//!
//! Whether a constraint that is broken at a step can still hold at the end depends on the constraint: memory use does
//! not decrease during training, but an error may. Complete trials show which case applies. A trial that reports a
//! broken constraint is stopped if at least [`FEWEST`] complete trials reported one at that step, and at most a share
//! [`MISTAKES`] of them satisfied all constraints in the end.

use super::audit::MISTAKES;
use super::context::{Context, Report};
use super::{Decision, audit};

/// Minimum number of complete trials that broke a constraint at the step. (Half and twice:
/// `benches/results/constants.md`.)
const FEWEST: usize = 3;

/// The decision to stop; `None` leaves the decision to other rules.
pub(super) fn decide(context: &Context<'_>, (step, _): Report) -> Option<Decision> {
    let history = context.history;
    let broken = history.reported_violation(context.trial, step).filter(|violation| *violation > 0.0)?;
    let is_similar = |trial: u64| history.reported_violation(trial, step).is_some_and(|violation| violation > 0.0);
    let complete = context.others_complete().map(|(trial, _)| trial);
    let similar: Vec<u64> = complete.filter(|trial| is_similar(*trial)).collect();
    let kept = similar.iter().filter(|trial| history.is_feasible(**trial as usize)).count();
    if similar.len() < FEWEST || kept as f64 > MISTAKES * (similar.len() + 1) as f64 {
        return None;
    }
    let n = similar.len();
    let reason =
        format!("breaks constraints by {broken:.4}; {kept} of {n} complete trials like it satisfied them in the end");
    Some(audit::stop(context, reason))
}
