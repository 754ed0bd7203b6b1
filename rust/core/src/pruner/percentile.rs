//! Stops a trial that is worse than a percentile of all trials that reached the step: by the best value so far, or by
//! the rank at the step if a single value does not determine the order.

use super::context::{Context, Report, best_of};
use super::rank::{Scores, ranks_at};
use super::reached::values_at;
use super::{Decision, PercentileSettings};
use crate::numerics::quantile;

/// Golovin et al. 2017, "Google Vizier", section 3.2.1, with a percentile in place of the median, the best value so far
/// in place of the running average, and every trial that reached the step in place of the completed ones.
pub(super) fn decide(settings: &PercentileSettings, context: &Context<'_>, report: Report) -> Decision {
    let PercentileSettings { percentile, n_startup, n_warmup_steps, interval_steps, n_min_trials } = *settings;
    if context.n_complete() < n_startup {
        return Decision::go_on(format!("fewer than {n_startup} trials are complete"));
    }
    if !context.is_due(report, n_warmup_steps, interval_steps) {
        return Decision::go_on(format!("step {} is not a step of the schedule", report.0));
    }
    let Scores { own, mut others } = compared(context, report.0);
    if (others.len() as u64) < n_min_trials.max(1) {
        return Decision::go_on(format!("{} other trials reached step {}", others.len(), report.0));
    }
    let better = others.iter().filter(|other| **other < own).count();
    let bar = quantile(&mut others, percentile / 100.0);
    let reason = format!("rank {} of {} at step {}", better + 1, others.len() + 1, report.0);
    if own == f64::INFINITY { Decision::end(reason) } else { Decision::new(own > bar, reason) }
}

fn compared(context: &Context<'_>, step: u64) -> Scores {
    if context.is_plain() {
        return Scores { own: best_of(context.curve()), others: values_at(context, step) };
    }
    ranks_at(context, step)
}
