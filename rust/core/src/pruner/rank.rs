//! The scores by which trials are compared: values, or ranks if a single value does not determine the order.
//!
//! With several objectives the rank is the front of the trial among all compared trials ([`pareto::ranks`]). Trials
//! that break constraints at the step rank behind all others, by their total violation
//! ([`crate::history::History::violations_at`]). A trial without known constraints breaks none.

use super::context::{Context, Report, worst_if_nan};
use super::context::{index_at, index_from};
use crate::pareto::{self, dominance};

/// The values and the violation of a trial at a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) trial: u64,
    /// One per objective, to be minimized.
    pub(super) values: Vec<f64>,
    /// Total violation of the constraints, relative to the trials with which it is compared.
    pub(super) violation: f64,
}

/// The standing of the trial in question at its report `own`, and those of others at one report each.
pub(super) fn standings(
    context: &Context<'_>,
    own: usize,
    others: impl Iterator<Item = (u64, usize)>,
) -> Vec<Standing> {
    let history = context.history;
    let reports: Vec<(u64, usize)> = [(context.trial, own)].into_iter().chain(others).collect();
    let steps: Vec<(u64, u64)> =
        reports.iter().map(|(trial, index)| (*trial, history.curve(*trial)[*index].0)).collect();
    let standing = |((trial, index), violation): ((u64, usize), f64)| {
        let values = history.report_at(trial, index).into_iter().map(worst_if_nan).collect();
        Standing { trial, values, violation }
    };
    reports.into_iter().zip(history.violations_at(&steps)).map(standing).collect()
}

impl Standing {
    /// Whether every objective has the worst value.
    pub(super) fn is_worst(&self) -> bool {
        self.values.iter().all(|value| *value == f64::INFINITY)
    }

    /// Whether it is better: by a smaller violation or, if neither breaks a constraint, by Pareto dominance.
    pub(super) fn dominates(&self, other: &Self) -> bool {
        if self.violation > 0.0 || other.violation > 0.0 {
            return self.violation < other.violation;
        }
        dominance::dominates(&self.values, &other.values)
    }
}

/// The scores of a trial and of the others: smaller is better, and infinity means that the trial must stop.
pub(super) struct Scores {
    pub(super) own: f64,
    /// Sorted.
    pub(super) others: Vec<f64>,
}

/// Ranks at a step: each other trial that reached it counts with its last report at or before it.
pub(super) fn ranks_at(context: &Context<'_>, step: u64) -> Scores {
    scores(context, context.curve().len() - 1, context.others(), |curve| index_at(curve, step))
}

/// Ranks at a rung: each trial of `others` counts with its first report at or after the rung's step. `None` if the
/// trial did not reach it.
pub(super) fn ranks_from<'a>(
    context: &Context<'a>,
    others: impl Iterator<Item = (u64, &'a [Report])>,
    step: u64,
) -> Option<Scores> {
    let own = index_from(context.curve(), step)?;
    Some(scores(context, own, others, |curve| index_from(curve, step)))
}

fn scores<'a>(
    context: &Context<'a>,
    own: usize,
    others: impl Iterator<Item = (u64, &'a [Report])>,
    index: impl Fn(&[Report]) -> Option<usize>,
) -> Scores {
    let evaluations = standings(context, own, others.filter_map(|(trial, curve)| Some((trial, index(curve)?))));
    let mut ranks = ranks(&evaluations);
    let own = ranks.remove(0);
    ranks.sort_unstable_by(f64::total_cmp);
    Scores { own: if evaluations[0].is_worst() { f64::INFINITY } else { own }, others: ranks }
}

/// The front of each trial that breaks no constraint; the others follow by their violation, ties sharing a rank.
fn ranks(evaluations: &[Standing]) -> Vec<f64> {
    let feasible: Vec<Vec<f64>> = evaluations
        .iter()
        .filter(|evaluation| evaluation.violation <= 0.0)
        .map(|evaluation| evaluation.values.clone())
        .collect();
    let mut fronts = pareto::ranks(&feasible).into_iter();
    let n_fronts = fronts.clone().max().map_or(0, |last| last + 1);
    let mut violations: Vec<f64> =
        evaluations.iter().map(|evaluation| evaluation.violation).filter(|v| *v > 0.0).collect();
    violations.sort_by(f64::total_cmp);
    violations.dedup();
    let rank = |evaluation: &Standing| match evaluation.violation {
        broken if broken > 0.0 => n_fronts + violations.partition_point(|violation| *violation < broken),
        _ => fronts.next().unwrap_or_default(),
    };
    evaluations.iter().map(rank).map(|rank| rank as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::{Standing, ranks};

    fn evaluation(values: [f64; 2], violation: f64) -> Standing {
        Standing { trial: 0, values: values.to_vec(), violation }
    }

    #[test]
    fn violations_rank_behind_fronts() {
        let evaluations = [
            evaluation([9.0, 9.0], 0.0),
            evaluation([0.0, 0.0], 2.0),
            evaluation([1.0, 3.0], 0.0),
            evaluation([3.0, 1.0], 0.0),
            evaluation([5.0, 5.0], 0.5),
            evaluation([2.0, 4.0], 0.0),
            evaluation([7.0, 7.0], 2.0),
        ];
        assert_eq!(ranks(&evaluations), [2.0, 4.0, 0.0, 0.0, 3.0, 1.0, 4.0]);
        assert_eq!(ranks(&evaluations[1..2]), [0.0]);
    }

    #[test]
    fn a_smaller_violation_dominates() {
        let (good, poor) = (evaluation([1.0, 1.0], 0.0), evaluation([2.0, 2.0], 0.0));
        let (near, far) = (evaluation([0.0, 0.0], 1.0), evaluation([0.0, 0.0], 2.0));
        assert!(good.dominates(&poor) && !poor.dominates(&good) && !good.dominates(&good));
        assert!(poor.dominates(&near) && near.dominates(&far) && !far.dominates(&near));
        assert!(!far.dominates(&far));
    }
}
