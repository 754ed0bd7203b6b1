//! A signed-rank test against the best trial over shared steps: for folds of a cross-validation or for problem
//! instances, where the objective is the mean over all steps.

use std::borrow::Cow;

use super::context::{Context, Report, worst_if_nan};
use super::signed_rank::p_greater;
use super::{Decision, WilcoxonSettings};
use crate::numerics::mean_without_overflow;

/// Stops a trial whose values are worse than those of the best trial at the steps that both reported, by a one-sided
/// test at `p_threshold`. The level is not corrected for repeated looks.
pub(super) fn decide(settings: &WilcoxonSettings, context: &Context<'_>) -> Decision {
    let WilcoxonSettings { p_threshold, n_startup_steps } = *settings;
    let best = context.incumbent.map(|best| (best, measured(context, best)));
    let Some((best, reference)) = best.filter(|(_, reference)| !reference.is_empty()) else {
        return Decision::go_on("no complete trial reported anything to compare with");
    };
    let own = measured(context, context.trial);
    let shared = shared_steps(&own, &reference);
    if (shared.len() as u64) < n_startup_steps.max(1) {
        return Decision::go_on(format!("{} steps shared with the best trial {best}", shared.len()));
    }
    if mean(&own) < mean(&reference) {
        return Decision::go_on(format!("the mean so far is better than that of the best trial {best}"));
    }
    let differences: Vec<f64> = shared.iter().map(|(own, reference)| difference(*own, *reference)).collect();
    let p = p_greater(&differences);
    let reason = format!("worse than the best trial {best} at {} shared steps with p = {p:.3}", shared.len());
    Decision::new(p < p_threshold, reason)
}

/// The folds of a trial in increasing order, or its steps if it has no folds.
fn measured<'a>(context: &Context<'a>, trial: u64) -> Cow<'a, [Report]> {
    let mut folds = context.history.folds(trial).to_vec();
    folds.sort_by_key(|(fold, _)| *fold);
    if folds.is_empty() { Cow::Borrowed(context.history.curve(trial)) } else { Cow::Owned(folds) }
}

/// The values of both trials at the steps that both reported.
fn shared_steps(own: &[Report], reference: &[Report]) -> Vec<(f64, f64)> {
    let at = |step: u64| reference.binary_search_by_key(&step, |(step, _)| *step).ok();
    let pair = |(step, value): &Report| at(*step).map(|i| (worst_if_nan(*value), worst_if_nan(reference[i].1)));
    own.iter().filter_map(pair).collect()
}

/// Zero where both are infinitely bad.
fn difference(own: f64, reference: f64) -> f64 {
    if own == reference { 0.0 } else { own - reference }
}

fn mean(curve: &[Report]) -> f64 {
    mean_without_overflow(curve.iter().map(|(_, value)| worst_if_nan(*value)))
}
