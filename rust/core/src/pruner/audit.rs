//! Trials that run to their end whatever is expected, so that the rules of [`super::auto`] have something to look at.

use super::context::Context;
use crate::numerics::{Purpose, Stream};

/// Share of the trials that are never stopped.
const AUDITED: f64 = 1.0 / 3.0;

/// Whether the trial in question is one of them: drawn by its own stream.
pub(super) fn is_audited(context: &Context<'_>) -> bool {
    Stream::new(context.seed, context.trial, Purpose::Audit, 0).uniform() < AUDITED
}
