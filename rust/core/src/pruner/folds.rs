//! Stops a trial whose mean over all folds is unlikely to be the best.
//!
//! The mean over all folds is estimated from the folds that the trial shares with others ([`crate::learning_curve`]).
//! With `m` of `K` folds known, the probability that it beats the best trial follows from Student's distribution. The
//! trial is stopped if this probability is below the level of the look. All looks share [`LEVEL`]: when a fraction `t =
//! m / K` of the folds is known, the looks so far have spent
//!
//! ```text
//! a(t) = LEVEL ln(1 + (e - 1) t),
//! ```
//!
//! the spending function of Lan and `DeMets` (1983, "Discrete sequential boundaries for clinical trials") that is close
//! to Pocock's boundary, which stops early. Look `m` has the level `a(m / K) - a((m - 1) / K)`; the first look, at the
//! second fold, has `a(2 / K)`. The levels sum to less than [`LEVEL`]. By Bonferroni's inequality, a trial whose mean
//! over all folds would equal the best one is therefore stopped with a probability below [`LEVEL`], however its looks
//! depend on each other. This holds for trials whose noise is that of the references. A trial of another kind, with a
//! different pattern over the folds, is stopped more often. A rule that gave more weight to the trial's own differences
//! would avoid this, but would stop far fewer poor trials (`benches/results/fidelity.md`).
//!
//! While too few trials are complete for that, a trial is compared with all others that have its folds, by their means
//! over these folds, after 1, 2, 3, 4, 6, .. folds. The better half and audited trials continue ([`super::early`] does
//! the same with steps). A trial is also stopped if its mean so far is worse than the worst fold of the best trial
//! (Bergman, Purucker and Hutter 2024, "Don't waste your time: early stopping cross-validation").

use super::Decision;
use super::audit::is_audited;
use super::context::{Context, Report, worst_if_nan};
use super::early::rank_if_behind;
use crate::learning_curve::{FoldEnd, FoldLayout, grid_step_reached};
use crate::numerics::normal::student_cdf;
use crate::numerics::{ln, mean_without_overflow};

/// The maximum probability of stopping a trial whose mean would equal the best one. (Half and twice:
/// `benches/results/constants.md`.)
const LEVEL: f64 = 0.05;

pub(super) fn decide(context: &Context<'_>) -> Decision {
    let folds = context.folds();
    if let Some((fold, value)) = folds.last().filter(|(_, value)| !value.is_finite()) {
        return Decision::end(format!(
            "the value of fold {fold} is {}, and so will be the mean",
            context.user_value(*value)
        ));
    }
    let layout = FoldLayout::of(context.history, context.history.len());
    if let Some(decision) = by_rank(context).filter(|_| layout.is_none()) {
        return decision;
    }
    let Some(best) = context.incumbent else { return Decision::go_on("no trial is complete to compare with") };
    layout.map_or_else(|| by_worst_fold(context, best), |layout| by_chance(context, best, &layout))
}

/// The decision to stop, if the trial is not in the better half of those that have its folds.
fn by_rank(context: &Context<'_>) -> Option<Decision> {
    let (step, mean) = context.last_report()?;
    grid_step_reached(context.previous_step(), step)?;
    let others = context.others().filter_map(|(trial, _)| mean_over(context.folds(), context.history.folds(trial)));
    let (better, others): (Vec<f64>, Vec<f64>) = others.partition(|other| *other < mean);
    let behind = rank_if_behind(better.len(), better.len() + others.len());
    let (rank, n) = behind.filter(|_| !is_audited(context))?;
    Some(Decision::stop(format!("rank {rank} of {n} over the same folds ({step}), before three trials are complete")))
}

/// The mean of the trial `of` over the given folds; `None` if it does not have all of them.
fn mean_over(folds: &[Report], of: &[Report]) -> Option<f64> {
    let mut values = Vec::with_capacity(folds.len());
    for (fold, _) in folds {
        let (_, value) = of.iter().find(|(other, _)| other == fold)?;
        values.push(worst_if_nan(*value));
    }
    Some(mean_without_overflow(values.into_iter()))
}

fn by_chance(context: &Context<'_>, best: u64, layout: &FoldLayout) -> Decision {
    let Some(end) = layout.estimate(context.folds()) else {
        return Decision::go_on("fewer than two folds, or all folds, are shared with the best trials");
    };
    let chance = chance(context.history.values(0)[best as usize], end);
    let level = spent_level(end.known, end.all) - if end.known > 2 { spent_level(end.known - 1, end.all) } else { 0.0 };
    let mean = context.user_value(end.mean);
    let reason = format!(
        "{} of {} folds: expected to end at {mean:.4} ± {:.4}, {:.1} % to beat the best trial {best}, stops below {:.1} %",
        end.known,
        end.all,
        libm::sqrt(end.squared_scale),
        100.0 * chance,
        100.0 * level
    );
    Decision::new(chance < level, reason)
}

/// The probability that a trial with this final value is better than `best`.
fn chance(best: f64, end: FoldEnd) -> f64 {
    if end.squared_scale > 0.0 {
        student_cdf((best - end.mean) / libm::sqrt(end.squared_scale), end.degrees)
    } else {
        f64::from(u8::from(end.mean <= best))
    }
}

/// The level that the looks up to `known` of `all` folds may spend.
fn spent_level(known: usize, all: usize) -> f64 {
    LEVEL * ln(1.0 + (core::f64::consts::E - 1.0) * known as f64 / all as f64)
}

fn by_worst_fold(context: &Context<'_>, best: u64) -> Decision {
    let worst = context.history.folds(best).iter().map(|(_, value)| worst_if_nan(*value)).reduce(f64::max);
    let (Some(worst), Some((_, mean))) = (worst, context.last_report()) else {
        return Decision::go_on(format!("the best trial {best} reported no folds"));
    };
    let reason = |place: &str| {
        let (mean, worst) = (context.user_value(mean), context.user_value(worst));
        format!("the mean so far, {mean:.4}, is {place} than the worst fold of the best trial {best}, {worst:.4}")
    };
    Decision::new(mean > worst, reason(if mean > worst { "worse" } else { "no worse" }))
}

#[cfg(test)]
mod tests {
    use super::{LEVEL, spent_level};

    #[test]
    fn the_looks_of_a_trial_spend_no_more_than_the_level() {
        for all in 3..100 {
            assert!(spent_level(all - 1, all) < LEVEL);
            let levels = (3..all).map(|known| spent_level(known, all) - spent_level(known - 1, all));
            assert!(levels.sum::<f64>() + spent_level(2, all) < LEVEL);
        }
    }
}
