//! The trust region, a box in which the suggestions of some trials lie (`plan`).
//!
//! The standard deviation is largest far from all trials. In more than a few dimensions, that is in the corners of the
//! space, even if all trials in their direction were bad: the warp keeps only the order of bad losses, so the model
//! predicts an average loss far away. A bound with a large weight of the standard deviation would move from corner to
//! corner. Inside the box it selects untried points near the best trial, and above all other choices.
//!
//! ```text
//! |u_j - c_j| <= max(1/4, 1/levels)   for every number active both in the point u and in the trial that gives c_j
//! ```
//!
//! The box extends by 1/4 of the range that the prior allows to each side, and by at least one level for a number with
//! levels. Suggestions that are repaired to satisfy known constraints may leave the box.
//!
//! `c_j` is the coordinate of the best trial. A number that is inactive there belongs to another branch. It is free
//! unless the best feasible trial in which it is active has more than three numbers that the best trial lacks. So many
//! numbers would have distant corners of their own, and `c_j` is then the coordinate of that other trial.
//!
//! Unordered choices are free, except for those pinned at rarely tried pairs of levels (`rare_pairs`). Trust regions
//! were proposed by Eriksson et al. (2019); Dreczkowski et al. (2023) found them to be the most important component in
//! mixed spaces. Using the region in every other ask only and with a constant size is our own variant.

use super::rare_pairs::rare_levels;
use crate::sampler::Context;
use crate::sampler::gp::plan::{Centre, Plan};
use crate::sampler::gp::surrogate::Surrogate;
use crate::space::{Axis, AxisKind};

/// Half the side length of the box (compared with others: `benches/results/auto.md`).
const HALF_SIDE: f64 = 0.25;
/// Numbers of another branch are free if a trial of it has at most this many numbers more than the best trial
/// (measured: `benches/results/auto.md`).
const FREE_NUMBERS: usize = 3;

/// The box.
#[derive(Clone, Debug)]
pub(super) struct TrustRegion {
    /// The range of every unit coordinate.
    sides: Vec<(f64, f64)>,
    /// The range that the priors allow, for every unit coordinate.
    free: Vec<(f64, f64)>,
}

impl TrustRegion {
    /// The region of a plan; `None` for the whole space.
    pub(super) fn of(plan: &Plan, surrogate: &Surrogate<'_>, context: &Context<'_>) -> Option<Self> {
        let around = plan.centre.and_then(|centre| around_the_best(centre, surrogate, context));
        let pinned = if plan.pins { rare_levels(context) } else { Vec::new() };
        if around.is_none() && pinned.is_empty() {
            return None;
        }
        let free: Vec<_> = (0..context.space.parameters().len()).map(|j| context.space.likely_ends(j)).collect();
        let mut sides = around.unwrap_or_else(|| free.clone());
        for pin in pinned {
            sides[pin.parameter] = (pin.unit, pin.unit);
        }
        Some(Self { sides, free })
    }

    /// The range of a coordinate.
    pub(super) fn side(&self, parameter: usize) -> (f64, f64) {
        self.sides[parameter]
    }

    /// Maps a point of the whole space linearly into the box.
    pub(super) fn shrink(&self, unit: &mut [f64]) {
        for ((u, (low, high)), (first, last)) in unit.iter_mut().zip(&self.sides).zip(&self.free) {
            *u = low + (*u - first) / (last - first) * (high - low);
        }
    }

    /// Moves a point to the nearest point of the box.
    pub(super) fn clamp(&self, unit: &mut [f64]) {
        unit.iter_mut().zip(&self.sides).for_each(|(u, (low, high))| *u = u.clamp(*low, *high));
    }
}

/// The range of every coordinate of the box around the best trial; `None` without a feasible trial.
fn around_the_best(at: Centre, surrogate: &Surrogate<'_>, context: &Context<'_>) -> Option<Vec<(f64, f64)>> {
    let ranked = match at {
        Centre::LowestLoss => surrogate.ranked(context),
        Centre::LowestMean => surrogate.ranked_by_means(context),
    };
    let best = *ranked.first().filter(|i| surrogate.feasible[**i])?;
    let axes = context.space.axes();
    let at = |i: usize, j: usize| context.history.unit(j)[surrogate.rows[i]];
    // Number of numeric parameters that are active in a trial but not in the best one.
    let n_more = |i: usize| {
        let is_more = |k: &usize| !axes[*k].is_unordered() && at(best, *k).is_nan() && !at(i, *k).is_nan();
        (0..axes.len()).filter(is_more).count()
    };
    let centre = |j: usize| {
        let i = ranked.iter().copied().find(|i| surrogate.feasible[*i] && !at(*i, j).is_nan())?;
        (i == best || n_more(i) > FREE_NUMBERS).then(|| at(i, j))
    };
    let side = |(j, axis): (usize, &Axis)| {
        let (low, high) = context.space.likely_ends(j);
        let within = |c: f64, half: f64| ((c.min(high) - half).max(low), (c.max(low) + half).min(high));
        let half = HALF_SIDE * (high - low);
        match (centre(j), axis.kind()) {
            (None, _) | (_, AxisKind::Unordered { .. }) => (low, high),
            (Some(c), AxisKind::Continuous) => within(c, half),
            // The range always includes the neighbouring levels.
            (Some(c), AxisKind::Ordered { levels }) => within(c, half.max(1.0 / levels)),
        }
    };
    Some(axes.iter().enumerate().map(side).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::gp::{noise, suggest};
    use crate::sampler::testing::{finish, noisy_parabola, number, tell, with_context};
    use crate::sampler::{GpAcquisition, GpSettings};
    use crate::space::{Accept, Condition, Configuration, Domain, Parameter, SearchSpace, Value};

    /// The region of a trial with an odd id.
    fn exploring(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Option<TrustRegion> {
        let settings = GpSettings { n_startup: 1, acquisition: GpAcquisition::Lcb };
        let context = Context { trial: 1, ..*context };
        TrustRegion::of(&Plan::of(&settings, surrogate, &context), surrogate, &context)
    }

    fn choice(name: &str) -> Parameter {
        Parameter { domain: Domain::unordered(3).unwrap(), ..number(name) }
    }

    #[test]
    fn the_box_restricts_numbers_that_are_active_in_the_incumbent() {
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        let parameters = vec![number("x"), choice("kind"), Parameter { when, ..number("inner") }];
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        let mut history = History::new(3, 1);
        for (row, (x, inner)) in [(0.9, None), (0.4, Some(0.5))].into_iter().enumerate() {
            let level = Value::Level(u64::from(inner.is_none()));
            let configuration = Configuration(vec![Some(Value::Real(x)), Some(level), inner.map(Value::Real)]);
            history.push(&space, &configuration, Origin::Random);
            finish(&mut history, row, Some(row as f64));
        }
        with_context(&space, &history, 2, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let region = exploring(&surrogate, context).unwrap();
            assert_eq!([0, 1, 2].map(|j| region.side(j)), [(0.65, 1.0), (0.0, 1.0), (0.0, 1.0)]);
            let (mut shrunk, mut clamped) = ([0.5, 0.7, 0.1], [0.5, 0.7, 0.1]);
            region.shrink(&mut shrunk);
            region.clamp(&mut clamped);
            assert_eq!((shrunk, clamped), ([0.825, 0.7, 0.1], [0.65, 0.7, 0.1]));
        });
    }

    /// The range of a number in a branch with `n` numbers that the best trial is not in. Trials of this branch are at
    /// 0.8 (the better one) and at 0.1.
    fn side_beside(n: usize) -> (f64, f64) {
        let when = |level| vec![Condition { parent: 0, accept: Accept::Levels(vec![level]) }];
        let other = (0..n).map(|j| Parameter { when: when(1), ..number(&format!("y{j}")) });
        let own = Parameter { when: when(0), ..number("x") };
        let space = SearchSpace::new([choice("branch"), own].into_iter().chain(other).collect(), Vec::new()).unwrap();
        let mut history = History::new(n + 2, 1);
        for (row, (level, u)) in [(0, 0.5), (1, 0.8), (1, 0.1)].into_iter().enumerate() {
            let real = |is_there: bool| is_there.then_some(Value::Real(u));
            let rest = (0..n).map(|_| real(level == 1));
            let values = [Some(Value::Level(level)), real(level == 0)].into_iter().chain(rest);
            history.push(&space, &Configuration(values.collect()), Origin::Random);
            finish(&mut history, row, Some(row as f64));
        }
        with_context(&space, &history, 3, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            exploring(&surrogate, context).unwrap().side(n + 1)
        })
    }

    #[test]
    fn many_numbers_of_another_branch_are_restricted_around_its_best_trial() {
        assert_eq!(side_beside(3), (0.0, 1.0));
        let (low, high) = side_beside(4);
        assert!((low - 0.55).abs() < 1e-12 && high == 1.0, "{low} {high}");
    }

    /// Whether noise dominates, and the centre of the box, for a noisy parabola with a lucky value of -2.5 at 0.1.
    fn middle(noise: f64, draw: u64) -> (bool, f64) {
        let (space, mut history) = noisy_parabola(noise, draw);
        tell(&space, &mut history, 0.1, -2.5);
        with_context(&space, &history, 41, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let (low, high) = exploring(&surrogate, context).unwrap().side(0);
            (noise::dominates(surrogate.objectives[0].model), 0.5 * (low + high))
        })
    }

    #[test]
    fn a_lucky_trial_is_the_centre_only_if_noise_does_not_dominate() {
        // The box around 0.1 is cut at the end of the range, so its centre is at 0.175.
        for draw in 0..12 {
            let (noise_dominates, middle) = middle(0.01, draw);
            assert!(!noise_dominates && (middle - 0.175).abs() < 1e-9, "{draw} {middle}");
        }
        let noisy = (0..12).map(|draw| middle(1.5, draw)).filter(|(noise_dominates, _)| *noise_dominates);
        let middles: Vec<f64> = noisy.map(|(_, middle)| middle).collect();
        assert!(middles.len() >= 9 && middles.iter().all(|middle| *middle > 0.5), "{middles:?}");
    }

    /// With five numbers and all trials in one corner, the other corners have the largest uncertainty.
    #[test]
    fn only_odd_trials_are_restricted_to_the_box() {
        let space = SearchSpace::new((0..5).map(|j| number(&format!("x{j}"))).collect(), Vec::new()).unwrap();
        let mut history = History::new(5, 1);
        let mut stream = Stream::new(3, 0, Purpose::Suggest, 0);
        for row in 0..12 {
            let unit: Vec<f64> = (0..5).map(|_| 0.4 * stream.uniform()).collect();
            let configuration = Configuration(unit.iter().map(|u| Some(Value::Real(*u))).collect());
            history.push(&space, &configuration, Origin::Random);
            finish(&mut history, row, Some(unit.iter().map(|u| (u - 0.2).abs()).sum()));
        }
        let settings = |acquisition| GpSettings { n_startup: 1, acquisition };
        for id in 12..20 {
            with_context(&space, &history, id, |context| {
                let mut models = GpCaches::default();
                let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
                let region = |acquisition| {
                    TrustRegion::of(&Plan::of(&settings(acquisition), &surrogate, context), &surrogate, context)
                };
                assert_eq!(region(GpAcquisition::Lcb).is_some(), id % 2 == 1);
                assert!(region(GpAcquisition::LogEi).is_none());
                let Some(region) = region(GpAcquisition::Lcb) else { return };
                let suggestion = suggest(&settings(GpAcquisition::Lcb), context, &mut None).unwrap();
                for (j, u) in space.encode(&suggestion.configuration).into_iter().enumerate() {
                    let (low, high) = region.side(j);
                    assert!((low - 1e-12..=high + 1e-12).contains(&u), "{j} {u}");
                }
            });
        }
    }
}
