//! What a trial is compared by: its value, or its rank where one value does not say it all.
//!
//! With several objectives the rank is the front that the trial belongs to among all that are compared
//! ([`dominance::ranks`]). A trial that breaks constraints ranks behind all that break none, by how much it breaks them
//! (Deb et al. 2002, NSGA-II, section VI). What counts at a step is the latest report up to it that names constraints;
//! of a trial that reported none it is what was told at its end. A trial of which nothing is known breaks none.

use super::context::{Context, Report, worst_if_nan};
use super::reached::{place_at, place_from};
use crate::pareto::dominance;

/// What a trial shows at a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// One per objective, to be minimized.
    pub(super) values: Vec<f64>,
    /// Total violation of the constraints.
    pub(super) violation: f64,
}

impl Standing {
    /// Of a trial at one of its reports.
    pub(super) fn of(context: &Context<'_>, trial: u64, place: usize) -> Self {
        let history = context.history;
        let values = history.report_at(trial, place).into_iter().map(worst_if_nan).collect();
        let step = history.curve(trial)[place].0;
        let reported = history.reported_violation(trial, step);
        Self { values, violation: reported.unwrap_or_else(|| history.violation(trial as usize)) }
    }

    /// Whether every objective is as bad as can be.
    pub(super) fn is_hopeless(&self) -> bool {
        self.values.iter().all(|value| *value == f64::INFINITY)
    }

    /// Whether it is better: by the constraints, or where these tell nothing apart, nowhere worse and somewhere better.
    pub(super) fn dominates(&self, other: &Self) -> bool {
        if self.violation > 0.0 || other.violation > 0.0 {
            return self.violation < other.violation;
        }
        dominance::dominates(&self.values, &other.values)
    }
}

/// What a trial and the others are compared by: the smaller the better, infinity for one that must not go on.
pub(super) struct Compared {
    pub(super) mine: f64,
    pub(super) others: Vec<f64>,
}

/// Ranks at a step: of each other trial that came so far, the last report at or before it.
pub(super) fn ranks_at(context: &Context<'_>, step: u64) -> Compared {
    ranked(context, context.curve().len() - 1, context.others(), |curve| place_at(curve, step))
}

/// Ranks at a rung: of each trial of `others`, the first report at or after its step; None before the trial is there.
pub(super) fn ranks_from<'a>(
    context: &Context<'a>,
    others: impl Iterator<Item = (u64, &'a [Report])>,
    step: u64,
) -> Option<Compared> {
    let mine = place_from(context.curve(), step)?;
    Some(ranked(context, mine, others, |curve| place_from(curve, step)))
}

fn ranked<'a>(
    context: &Context<'a>,
    mine: usize,
    others: impl Iterator<Item = (u64, &'a [Report])>,
    place: impl Fn(&[Report]) -> Option<usize>,
) -> Compared {
    let there = others.filter_map(|(trial, curve)| Some(Standing::of(context, trial, place(curve)?)));
    let all: Vec<Standing> = [Standing::of(context, context.trial, mine)].into_iter().chain(there).collect();
    let mut ranks = ranks(&all);
    let mine = ranks.remove(0);
    Compared { mine: if all[0].is_hopeless() { f64::INFINITY } else { mine }, others: ranks }
}

/// The front of each that breaks no constraint; then the others, equal violations alike.
fn ranks(all: &[Standing]) -> Vec<f64> {
    let feasible: Vec<Vec<f64>> =
        all.iter().filter(|standing| standing.violation <= 0.0).map(|standing| standing.values.clone()).collect();
    let mut fronts = dominance::ranks(&feasible).into_iter();
    let behind = fronts.clone().max().map_or(0, |last| last + 1);
    let mut violations: Vec<f64> = all.iter().map(|standing| standing.violation).filter(|v| *v > 0.0).collect();
    violations.sort_by(f64::total_cmp);
    violations.dedup();
    let rank = |standing: &Standing| {
        let place = violations.partition_point(|violation| *violation < standing.violation);
        if standing.violation > 0.0 { behind + place } else { fronts.next().unwrap_or_default() }
    };
    all.iter().map(rank).map(|rank| rank as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::{Standing, ranks};

    fn standing(values: [f64; 2], violation: f64) -> Standing {
        Standing { values: values.to_vec(), violation }
    }

    #[test]
    fn fronts_come_first_and_violations_behind_them() {
        let all = [
            standing([9.0, 9.0], 0.0),
            standing([0.0, 0.0], 2.0),
            standing([1.0, 3.0], 0.0),
            standing([3.0, 1.0], 0.0),
            standing([5.0, 5.0], 0.5),
            standing([2.0, 4.0], 0.0),
            standing([7.0, 7.0], 2.0),
        ];
        assert_eq!(ranks(&all), [2.0, 4.0, 0.0, 0.0, 3.0, 1.0, 4.0]);
        assert_eq!(ranks(&all[1..2]), [0.0]);
    }

    #[test]
    fn what_breaks_fewer_constraints_dominates() {
        let (good, poor) = (standing([1.0, 1.0], 0.0), standing([2.0, 2.0], 0.0));
        let (near, far) = (standing([0.0, 0.0], 1.0), standing([0.0, 0.0], 2.0));
        assert!(good.dominates(&poor) && !poor.dominates(&good) && !good.dominates(&good));
        assert!(poor.dominates(&near) && near.dominates(&far) && !far.dominates(&near));
        assert!(!far.dominates(&far));
    }
}
