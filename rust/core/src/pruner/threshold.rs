//! Stops values outside bounds.

use super::context::{Context, Report};
use super::{Decision, ThresholdSettings};

/// Stops a trial whose last value is NaN or outside the bounds. The bounds are in the direction of the core: values are
/// minimized.
pub(super) fn decide(settings: &ThresholdSettings, context: &Context<'_>, report: Report) -> Decision {
    let ThresholdSettings { lower, upper, n_warmup_steps, interval_steps } = *settings;
    let (step, value) = report;
    if !context.is_due(report, n_warmup_steps, interval_steps) {
        return Decision::go_on(format!("step {step} is not a step of the schedule"));
    }
    if value.is_nan() {
        return Decision::end(format!("the value at step {step} is NaN"));
    }
    let is_outside = lower.is_some_and(|lower| value < lower) || upper.is_some_and(|upper| value > upper);
    let place = if is_outside { "outside" } else { "within" };
    let reason = format!("{} at step {step} is {place} the bounds", context.user_value(value));
    if is_outside { Decision::end(reason) } else { Decision::go_on(reason) }
}
