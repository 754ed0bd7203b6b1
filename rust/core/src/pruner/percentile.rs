//! Stops a trial that is worse than a percentile of all trials that reached the step: by the best value so far, or by
//! the rank at the step if a single value does not determine the order.

use super::columns::{Columns, Compared, Others};
use super::context::{Context, Report, best_of};
use super::rank::{Scores, ranks_at};
use super::{Decision, PercentileSettings};

/// Golovin et al. 2017, "Google Vizier", section 3.2.1, with a percentile in place of the median, the best value so far
/// in place of the running average, and every trial that reached the step in place of the completed ones.
pub(super) fn decide(
    settings: &PercentileSettings,
    context: &Context<'_>,
    columns: &mut Columns,
    report: Report,
) -> Decision {
    let PercentileSettings { n_startup, n_warmup_steps, interval_steps, .. } = *settings;
    if context.n_complete() < n_startup {
        return Decision::go_on(format!("fewer than {n_startup} trials are complete"));
    }
    if !context.is_due(report, n_warmup_steps, interval_steps) {
        return Decision::go_on(format!("step {} is not a step of the schedule", report.0));
    }
    if context.is_plain() {
        let others = columns.others(context, report.0, Compared::Until);
        return compare(settings, report.0, best_of(context.curve()), &others);
    }
    let Scores { own, others } = ranks_at(context, report.0);
    compare(settings, report.0, own, &Others::all(&others))
}

fn compare(settings: &PercentileSettings, step: u64, own: f64, others: &Others<'_>) -> Decision {
    let n = others.len();
    if (n as u64) < settings.n_min_trials.max(1) {
        return Decision::go_on(format!("{n} other trials reached step {step}"));
    }
    let reason = format!("rank {} of {} at step {step}", others.n_below(own) + 1, n + 1);
    if own == f64::INFINITY {
        return Decision::end(reason);
    }
    Decision::new(own > others.quantile(settings.percentile / 100.0), reason)
}
