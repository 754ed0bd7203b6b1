//! Audited trials, which are never stopped, and the share of mistakes that a rule may make.

use super::Decision;
use super::context::Context;
use crate::numerics::{Purpose, Stream};

/// Maximum share of mistakes among the trials stopped in a replay, counted with one more trial. (Half and twice:
/// `benches/results/constants.md`.)
pub(super) const MISTAKES: f64 = 0.1;
/// Share of audited trials. (Measured: `benches/results/archive/fidelity.md`.)
const AUDITED: f64 = 1.0 / 3.0;

/// Whether the trial in question is audited: drawn from a stream of its own.
pub(super) fn is_audited(context: &Context<'_>) -> bool {
    Stream::new(context.seed, context.trial, Purpose::Audit, 0).uniform() < AUDITED
}

/// The decision to stop, except for audited trials.
pub(super) fn stop(context: &Context<'_>, reason: String) -> Decision {
    if is_audited(context) {
        return Decision::go_on(format!("{reason}; runs on to check the rule"));
    }
    Decision::stop(reason)
}

/// As [`stop`], unless a replay refutes the rule: of the complete trials that it would have stopped, more than a share
/// [`MISTAKES`] would have been mistakes.
pub(super) fn stop_unless_refuted(context: &Context<'_>, mistakes: usize, stopped: usize, reason: String) -> Decision {
    if mistakes as f64 > MISTAKES * (stopped + 1) as f64 {
        return Decision::go_on(reason);
    }
    stop(context, reason)
}
