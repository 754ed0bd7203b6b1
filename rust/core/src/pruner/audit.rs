//! Audited trials, which are never stopped, and the share of mistakes that a rule may make.

use super::Decision;
use super::context::Context;
use crate::numerics::{Purpose, Stream};

/// Maximum share of mistakes among the trials stopped in a replay, counted with one more trial.
pub(super) const MISTAKES: f64 = 0.1;
/// Share of audited trials.
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
