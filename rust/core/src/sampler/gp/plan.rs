//! The plan of a suggestion: what happens at trial `n`.
//!
//! | trial id | acquisition, one objective | where it is maximized |
//! | --- | --- | --- |
//! | even | lower confidence bound with `kappa = 1` | in the whole space |
//! | even, while a choice has at least 4 untried levels, or if trials failed | expected improvement | in the whole space |
//! | even, if most of the variance is noise | none: a draw from the priors, far from all trials | in the whole space |
//! | odd | lower confidence bound with `kappa = 2` | in a box around the best trial |
//! | odd, while a choice has at least 28 untried levels | the bound with `kappa = e(u)` | in a box around the best trial |
//! | 31, 39, 47, .. | as for every odd id | in the box, at levels of choices that were rarely tried together |
//!
//! If expected improvement is requested, it is used at every trial and there is no box. Several objectives use the
//! expected hypervolume improvement in the whole space, at even ids with half the standard deviations. Without a feasible
//! trial there is no box, and the acquisition function consists of the probabilities of being feasible and of not failing.
//!
//! *Two kappas.* On losses with many basins or steps, the smaller weight alone stays in the first good basin.
//!
//! *Untried levels.* The best of `u` independent levels is expected to lie `e(u)` standard deviations below the mean: 1.0
//! for 4 levels, 1.5 for 10, 2.0 for 27 and 3.2 for 1,000. A confidence bound with `kappa < e(u)` stops trying new levels
//! once one level has turned out well, and spends the rest of the search on it. Both bounds therefore change where
//! `e(u)` exceeds their kappa (measured: `benches/results/levels.md`). With `kappa = 1`, the bound would refine the best
//! level without end; expected improvement refines it only as long as no untried level promises more. The effect was
//! not measured with several objectives.
//!
//! *Failures.* The logarithm of a probability is added to the acquisition function. A bound is bounded from below near
//! trials that succeeded, so their neighbourhood would be refined without end where the rest of the space may fail. The
//! logarithm of the expected improvement falls there without limit (measured: `benches/results/failing.md`).
//!
//! *The box* (`trust_region`) stands around the trial with the lowest loss or, if most of the variance is noise and the
//! lowest loss is due to luck, around the one with the lowest posterior mean.
//!
//! *Half the deviations.* Once a front is well known, points far from all trials promise the largest improvement, one
//! after the other, and their results are useless. With half the standard deviations at every second trial, the front is
//! refined as well (measured: `benches/results/objectives.md`). If the model of an objective finds noise, more than 5 % of
//! its variance, all trials use the whole standard deviations: half of them would trust lucky trials.
//!
//! *The reach of the reference point.* The farther it lies beyond the front, the more the ends of the front are worth: with
//! `m` objectives, a small improvement of one of them at an end counts up to `(1 + reach)^(m - 1)` times as much as with
//! a reference point at the front. With three objectives, a reach of a whole range led most trials to the ends, and a
//! reach of a tenth left ends undiscovered. So both alternate (measured: `benches/results/objectives.md`).
//!
//! *Rare pairs* (`rare_pairs`). No levels are pinned in these cases: if trials failed or violated a constraint, because
//! pairs may be rare for that reason; if there are known constraints, because they may forbid pairs; in conditional
//! spaces, where a level selects a branch; with several objectives; and in a second attempt, because all configurations
//! with the pinned levels may have been tried. The first trials without pinned levels show the effect of each level
//! alone.
//!
//! *Exhausted neighbourhoods.* Next to a trial, finished or pending, a result tells little, but a bound stays there for
//! ever: copies of the best trial make the model so sure that it rules out basins that it has not seen (measured:
//! `benches/results/basins.md`). If the maximum of a bound in the whole space lies there, the suggestion is a draw from
//! the priors, far from all trials ([`Next::Explore`]). With draws, a search converges even if the hyperparameters are
//! wrong (Bull 2011). In two cases a second search maximizes the expected improvement in the whole space instead. With
//! black-box constraints, a draw would ignore them, even where they are surely broken. If no other configuration is so
//! close to the trial, little is exhausted. After failures the first search maximizes the expected improvement already,
//! and what it finds is suggested. Trials with ids 14, 30, 46, .. and those with a box may come closer to others.
//! Otherwise smooth functions would be minimized with less precision. For these trials the second search follows only if
//! the first one ends at a trial or next to a pending one.
//!
//! *Mostly noise.* If noise is most of the variance, the lowest losses are due to luck. A region that was lucky then looks
//! best for ever. Near-copies of its trials do not end this, because they are no repetitions. So at even ids other than
//! 14, 30, 46, .., a draw from the priors replaces the maximum of the bound, unless there are constraints. Odd ids refine
//! what the draws find (measured: `benches/results/auto.md`).
//!
//! *Optimism.* A second search usually starts where the feasible neighbourhood is exhausted. The expected improvement times
//! the probability `P` that the constraints hold is then often largest at points that are surely feasible and surely no
//! better. So this search reads constraints told as numbers at the lower end of their predictions
//! ([`super::acquisition`]), as in CONFIG (Xu et al. 2023). More of its trials violate constraints, and some cross a
//! barrier (measured: `benches/results/constraints.md`).

use super::noise;
use super::surrogate::Surrogate;
use crate::model::coordinate;
use crate::numerics::normal::ndtri;
use crate::sampler::worth::{has_neighbours, is_exhausted, is_taken};
use crate::sampler::{Context, GpAcquisition, GpSettings};
use crate::space::{Axis, AxisKind, Configuration};

/// Weights of the standard deviation in the confidence bound, for even and for odd ids. (Others:
/// `benches/results/archive/auto.md`.)
const KAPPAS: [f64; 2] = [1.0, 2.0];
/// Parts of the standard deviations in the expected hypervolume improvement, for even and for odd ids. (Measured:
/// `benches/results/objectives.md`.)
const PARTS: [f64; 2] = [0.5, 1.0];
/// Smallest distance of the reference point beyond the front's worst values or, with thresholds, beyond the nearest
/// member of the front, as a share of the front's range. A choice, not measured.
pub(in crate::sampler::gp) const BEYOND: f64 = 0.1;
/// Reaches of the reference point with three objectives or more, for even and for odd ids. With two objectives, all ids
/// have the second one. (Measured: `benches/results/objectives.md`.)
const REACHES: [f64; 2] = [BEYOND, 1.0];
/// Levels are pinned at one trial in this many. Its id is odd, so that it has the larger kappa. (Half and twice:
/// `benches/results/constants.md`.)
const PIN_INTERVAL: u64 = 8;
/// Exhausted neighbourhoods are left at even ids, except at one trial in this many. So a search that has converged
/// suggests more than half of its points near its best trial. (Measured: `benches/results/basins.md`.)
const STAY_INTERVAL: u64 = 16;
/// Number of initial trials without pinned levels. (Eight were worse: `benches/results/mechanisms.md`.)
const MIN_TRIALS: u64 = 24;

/// What is maximized, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) acquisition: Acquisition,
    /// The centre of the box; absent if the whole space is searched.
    pub(super) centre: Option<Centre>,
    /// Whether choices are pinned at levels that were rarely tried together, if there are any.
    pub(super) pins: bool,
    /// Whether constraints count as kept where their models allow it.
    pub(super) is_optimistic: bool,
}

/// The acquisition function of the objectives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Acquisition {
    /// The lower confidence bound.
    Bound { kappa: f64 },
    /// The expected improvement.
    Improvement,
    /// The expected hypervolume improvement, with a part of the standard deviations. The reference point lies beyond the
    /// front by at most its `reach`, in units of the front's range, or of one standard deviation if that is larger.
    Hypervolume { part: f64, reach: f64 },
}

/// The trial at the centre of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Centre {
    LowestLoss,
    LowestMean,
}

/// What happens after a search.
pub(super) enum Next {
    /// Its candidates are suggested.
    Suggest,
    /// Another search.
    Search(Plan),
    /// A draw from the priors is suggested, far from all trials.
    Explore,
}

impl Plan {
    /// The plan for the requested trial.
    pub(super) fn of(settings: &GpSettings, surrogate: &Surrogate<'_>, context: &Context<'_>) -> Self {
        let is_odd = context.is_odd();
        let acquisition = acquisition(settings.acquisition, is_odd, surrogate, context);
        let is_boxed = is_odd && matches!(acquisition, Acquisition::Bound { .. }) && surrogate.has_feasible();
        let centre = is_boxed.then(|| if is_mostly_noise(surrogate) { Centre::LowestMean } else { Centre::LowestLoss });
        Self { acquisition, centre, pins: pins(surrogate, context), is_optimistic: false }
    }

    /// The plan of a choice among the rows of a table. A row is tried once, so no neighbourhood is refined without end,
    /// and nothing restricts the choice.
    pub(super) fn of_row(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Self {
        let acquisition = acquisition(GpAcquisition::LogEi, false, surrogate, context);
        Self { acquisition, centre: None, pins: false, is_optimistic: false }
    }

    /// What happens after a search whose best candidate is `best`; `None` if it found no candidate.
    pub(super) fn next(self, best: Option<&Configuration>, surrogate: &Surrogate<'_>, context: &Context<'_>) -> Next {
        let is_spent = if self.may_leave(context) { is_exhausted } else { is_taken };
        match best {
            Some(best) if !is_spent(context, best) => Next::Suggest,
            Some(best) if self.may_explore(surrogate, context) && has_neighbours(context, best) => Next::Explore,
            _ => self.everywhere(),
        }
    }

    /// Whether a draw from the priors is suggested without a search, because losses are mostly noise.
    pub(super) fn explores_at_once(self, surrogate: &Surrogate<'_>, context: &Context<'_>) -> bool {
        self.may_explore(surrogate, context) && is_mostly_noise(surrogate)
    }

    /// Whether a draw may replace the maximum of the acquisition function.
    fn may_explore(self, surrogate: &Surrogate<'_>, context: &Context<'_>) -> bool {
        let is_unconstrained = surrogate.constraints.is_empty() && surrogate.has_feasible();
        self.is_bound() && self.may_leave(context) && is_unconstrained
    }

    /// Whether exhausted neighbourhoods are left.
    fn may_leave(self, context: &Context<'_>) -> bool {
        let stays = self.is_bound() && context.trial % STAY_INTERVAL == STAY_INTERVAL - 2;
        self.centre.is_none() && !stays
    }

    fn is_bound(self) -> bool {
        matches!(self.acquisition, Acquisition::Bound { .. })
    }

    /// A second search: the expected improvement in place of a bound (also measured against pending trials), in the
    /// whole space, and with optimism. There is none if the first search already had this acquisition function and no
    /// restriction.
    fn everywhere(self) -> Next {
        let acquisition = if self.is_bound() { Acquisition::Improvement } else { self.acquisition };
        let second = Self { acquisition, centre: None, pins: false, ..self };
        if second == self { Next::Suggest } else { Next::Search(Self { is_optimistic: true, ..second }) }
    }
}

fn acquisition(
    requested: GpAcquisition,
    is_odd: bool,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
) -> Acquisition {
    let kappa = KAPPAS[usize::from(is_odd)];
    let n_objectives = context.history.n_objectives();
    if n_objectives > 1 {
        let has_noise = surrogate.objectives.iter().any(|objective| noise::is_significant(objective.model));
        return hypervolume(is_odd, has_noise, n_objectives);
    }
    let e = expected_best_untried(context);
    match requested {
        GpAcquisition::Lcb if is_odd || (e <= kappa && surrogate.trials.failed.is_empty()) => {
            Acquisition::Bound { kappa: kappa.max(e) }
        }
        _ => Acquisition::Improvement,
    }
}

/// Whether noise is most of the variance of the losses.
fn is_mostly_noise(surrogate: &Surrogate<'_>) -> bool {
    surrogate.objectives.iter().any(|objective| noise::dominates(objective.model))
}

/// The expected hypervolume improvement.
fn hypervolume(is_odd: bool, has_noise: bool, n_objectives: usize) -> Acquisition {
    Acquisition::Hypervolume {
        part: PARTS[usize::from(is_odd || has_noise)],
        reach: REACHES[usize::from(is_odd || n_objectives == 2)],
    }
}

/// Whether levels are pinned at the requested trial.
fn pins(surrogate: &Surrogate<'_>, context: &Context<'_>) -> bool {
    let space = context.space;
    let is_due = context.trial >= MIN_TRIALS && context.trial % PIN_INTERVAL == PIN_INTERVAL - 1;
    let is_plain = space.constraints().is_empty() && !space.is_conditional() && context.history.n_objectives() == 1;
    let ended_well = surrogate.trials.failed.is_empty() && surrogate.feasible.iter().all(|feasible| *feasible);
    is_due && context.attempt == 0 && is_plain && ended_well
}

/// `e(u)` for the number `u` of untried levels of the choice that has most of them. Pending trials count as tried.
fn expected_best_untried(context: &Context<'_>) -> f64 {
    let untried = context.space.axes().iter().enumerate().filter_map(|(parameter, axis)| match axis.kind() {
        AxisKind::Unordered { levels } => Some(levels - n_tried(context.history.unit(parameter), axis)),
        AxisKind::Continuous | AxisKind::Ordered { .. } => None,
    });
    expected_best(untried.max().unwrap_or(0))
}

/// Number of distinct levels among unit coordinates, which are NaN where inactive.
fn n_tried(units: &[f64], axis: &Axis) -> usize {
    let active = units.iter().filter(|u| !u.is_nan());
    let mut tried: Vec<usize> = active.map(|u| coordinate(*u, axis) as usize).collect();
    tried.sort_unstable();
    tried.dedup();
    tried.len()
}

/// `e(n) = -Phi^-1((1 - 3/8) / (n + 1/4))`, the negated expected minimum of `n` standard normals (Blom 1958); zero for
/// `n = 0`. The error is below 0.026, and below 0.02 from `n = 4` on.
fn expected_best(n: usize) -> f64 {
    if n == 0 { 0.0 } else { -ndtri(0.625 / (n as f64 + 0.25)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::sampler::gp::{GpCaches, surrogate};
    use crate::sampler::testing::{noisy_parabola, with_context};
    use crate::space::Domain;

    #[test]
    fn the_best_of_more_levels_is_farther_from_the_mean() {
        assert_eq!([0, 1].map(expected_best), [0.0, 0.0]);
        assert!(expected_best(3) < 1.0 && expected_best(4) > 1.0);
        assert!(expected_best(27) < 2.0 && expected_best(28) > 2.0);
    }

    #[test]
    fn the_approximation_keeps_its_error_bound() {
        // Expected largest of n standard normals (Harter 1961).
        let exact =
            [(2, 0.56419), (3, 0.84628), (4, 1.02938), (5, 1.16296), (10, 1.53875), (100, 2.50759), (1000, 3.24144)];
        for (n, expected) in exact {
            let error = (expected_best(n) - expected).abs();
            assert!(error < if n < 4 { 0.026 } else { 0.02 }, "{n}: {error}");
        }
    }

    /// Odd ids look for the ends of a front. With noise, even ids use all of the standard deviations too.
    #[test]
    fn the_reference_point_is_close_at_even_ids_with_three_objectives() {
        let planned = |is_odd, has_noise, n_objectives| match hypervolume(is_odd, has_noise, n_objectives) {
            Acquisition::Hypervolume { part, reach } => (part, reach),
            _ => (f64::NAN, f64::NAN),
        };
        assert_eq!([2, 3, 4].map(|m| planned(true, false, m)), [(1.0, 1.0); 3]);
        assert_eq!([2, 3, 4].map(|m| planned(false, false, m)), [(0.5, 1.0), (0.5, 0.1), (0.5, 0.1)]);
        assert_eq!([2, 3].map(|m| planned(false, true, m)), [(1.0, 1.0), (1.0, 0.1)]);
    }

    /// Whether noise is most of the variance of a noisy parabola, and whether a draw replaces the search at an even id and
    /// at an odd one.
    fn draws(noise: f64, draw: u64) -> (bool, [bool; 2]) {
        let (space, history) = noisy_parabola(noise, draw);
        let settings = GpSettings { n_startup: 1, acquisition: GpAcquisition::Lcb };
        let explores = |id: u64| {
            with_context(&space, &history, id, |context| {
                let mut caches = GpCaches::default();
                let surrogate = surrogate::build(&mut caches, context).unwrap().unwrap();
                let explores = Plan::of(&settings, &surrogate, context).explores_at_once(&surrogate, context);
                (is_mostly_noise(&surrogate), explores)
            })
        };
        let (even, odd) = (explores(40), explores(41));
        (even.0, [even.1, odd.1])
    }

    #[test]
    fn draws_replace_the_bound_at_even_ids_if_losses_are_mostly_noise() {
        for draw in 0..8 {
            assert_eq!(draws(0.01, draw), (false, [false, false]));
        }
        let noisy: Vec<[bool; 2]> =
            (0..12).map(|draw| draws(3.0, draw)).filter(|noisy| noisy.0).map(|noisy| noisy.1).collect();
        assert!(noisy.len() >= 6 && noisy.iter().all(|draws| *draws == [true, false]), "{noisy:?}");
    }

    #[test]
    fn a_second_search_is_optimistic_and_differs_from_the_first() {
        let plan = |acquisition| Plan { acquisition, centre: None, pins: false, is_optimistic: false };
        let second = plan(Acquisition::Bound { kappa: 1.0 }).everywhere();
        let expected = Plan { is_optimistic: true, ..plan(Acquisition::Improvement) };
        assert!(matches!(second, Next::Search(second) if second == expected));
        assert!(matches!(plan(Acquisition::Improvement).everywhere(), Next::Suggest));
    }

    #[test]
    fn distinct_active_levels_are_counted() {
        let axis = Axis::new(&Domain::unordered(10).unwrap());
        assert_eq!(n_tried(&[0.05, f64::NAN, 0.95, 0.05], &axis), 2);
    }
}
