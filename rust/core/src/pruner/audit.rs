//! Trials that run to their end whatever is expected, and the share of mistakes among these that a rule may make.

use super::Decision;
use super::context::Context;
use crate::numerics::{Purpose, Stream};

/// Share of the trials stopped in a replay, counted with one more, for which that may have been a mistake.
pub(super) const MISTAKES: f64 = 0.1;
/// Share of the trials that are never stopped.
const AUDITED: f64 = 1.0 / 3.0;

/// Whether the trial in question is one of them: drawn by its own stream.
pub(super) fn is_audited(context: &Context<'_>) -> bool {
    Stream::new(context.seed, context.trial, Purpose::Audit, 0).uniform() < AUDITED
}

/// To stop, but for the trials that run to their end whatever is expected.
pub(super) fn stop(context: &Context<'_>, reason: String) -> Decision {
    if is_audited(context) {
        return Decision::go_on(format!("{reason}; runs on to check the rule"));
    }
    Decision::stop(reason)
}
