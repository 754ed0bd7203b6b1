//! Stop what breaks constraints that nobody got back within.
//!
//! Whether a constraint that is broken at a step can still be kept at the end depends on the constraint: the memory that
//! a training has taken stays taken, its error may fall. Complete trials tell which it is. A trial that reports a broken
//! constraint is stopped where at least [`FEWEST`] complete trials reported one at that step, and no more than a share
//! [`MISTAKES`] of them kept all constraints in the end.

use super::audit::MISTAKES;
use super::context::{Context, Report};
use super::{Decision, audit};
use crate::history::TrialState;

/// Complete trials that broke a constraint at the step before anything is stopped for it.
const FEWEST: usize = 3;

/// The decision at a report, if the rule has one.
pub(super) fn decide(context: &Context<'_>, (step, _): Report) -> Option<Decision> {
    let history = context.history;
    let broken = history.reported_violation(context.trial, step).filter(|violation| *violation > 0.0)?;
    let is_similar = |trial: u64| history.reported_violation(trial, step).is_some_and(|violation| violation > 0.0);
    let complete = context.others().filter(|(trial, _)| context.state(*trial) == TrialState::Complete);
    let similar: Vec<u64> = complete.map(|(trial, _)| trial).filter(|trial| is_similar(*trial)).collect();
    let kept = similar.iter().filter(|trial| history.is_feasible(**trial as usize)).count();
    if similar.len() < FEWEST || kept as f64 > MISTAKES * (similar.len() + 1) as f64 {
        return None;
    }
    let n = similar.len();
    let reason = format!("breaks constraints by {broken:.4}; {kept} of {n} complete trials like it kept them");
    Some(audit::stop(context, reason))
}
