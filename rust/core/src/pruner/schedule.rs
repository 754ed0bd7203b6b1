//! The steps at which a rule applies.

use super::context::{Context, Report};

/// Whether the last report is the first one at or after one of the steps `warmup + k interval`.
pub(super) fn is_due(context: &Context<'_>, (step, _): Report, warmup: u64, interval: u64) -> bool {
    let Some(beyond) = step.checked_sub(warmup) else { return false };
    let due = warmup + beyond / interval * interval;
    context.previous_step().is_none_or(|previous| previous < due)
}
