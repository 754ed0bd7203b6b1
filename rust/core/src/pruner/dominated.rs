//! [`super::auto`] with several objectives: stops trials that many others dominate.
//!
//! With several objectives, an estimate of a single final value does not determine how trials compare, so nothing is
//! projected to the end here. A trial is stopped at a checkpoint if all of these conditions hold:
//!
//! 1. More than a share [`DOMINATED`] of the trials that reached the step dominate it there.
//! 2. Replay: of the latest [`REPLAYED`] complete trials, rule 1 would stop at least [`FEWEST`] here, and at most a
//!    share [`audit::MISTAKES`] of those that it would stop are on the Pareto front.
//! 3. The trial is not audited.

use super::context::index_at;
use super::context::{Context, Report};
use super::rank::{Standing, standings};
use super::{Decision, audit};
use crate::history::TrialState;

/// Maximum share of the other trials that dominate a trial without stopping it. (Half and twice:
/// `benches/results/constants.md`.)
const DOMINATED: f64 = 1.0 / 3.0;
/// Minimum number of complete trials that the rule would have stopped. (Half and twice:
/// `benches/results/constants.md`.)
const FEWEST: usize = 3;
/// Maximum number of complete trials in a replay, because each is compared with all trials. (Half and twice:
/// `benches/results/constants.md`.)
const REPLAYED: usize = 256;

pub(super) fn decide(context: &Context<'_>, (step, _): Report) -> Decision {
    let others = context.others().filter_map(|(trial, curve)| Some((trial, index_at(curve, step)?)));
    let mut reached = standings(context, context.curve().len() - 1, others);
    let own = reached.remove(0);
    let dominating = n_dominating(&reached, &own);
    let reason = format!("{dominating} of {} trials dominate it at step {step}", reached.len());
    if !is_dominated(dominating, reached.len()) {
        return Decision::go_on(reason);
    }
    let (mistakes, stopped) = replay(context, &reached);
    if stopped < FEWEST {
        return Decision::go_on(format!("{reason}; {stopped} complete trials like it are too few to judge"));
    }
    let reason = format!("{reason}; {mistakes} of {stopped} complete trials like it are in the Pareto front");
    audit::stop_unless_refuted(context, mistakes, stopped, reason)
}

fn is_dominated(dominating: usize, n: usize) -> bool {
    dominating as f64 > DOMINATED * n as f64
}

fn n_dominating(reached: &[Standing], evaluation: &Standing) -> usize {
    reached.iter().filter(|other| other.dominates(evaluation)).count()
}

/// Of the latest complete trials, each compared with all others: how many the rule would stop although they are on the
/// front (its mistakes), and how many it would stop.
fn replay(context: &Context<'_>, reached: &[Standing]) -> (usize, usize) {
    let front = context.history.view().front();
    let complete = reached.iter().filter(|other| context.state(other.trial) == TrialState::Complete);
    let stopped =
        complete.rev().take(REPLAYED).filter(|other| is_dominated(n_dominating(reached, other), reached.len() - 1));
    stopped.fold((0, 0), |(mistakes, n), other| {
        (mistakes + usize::from(front.binary_search(&(other.trial as usize)).is_ok()), n + 1)
    })
}
