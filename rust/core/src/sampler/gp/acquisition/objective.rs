//! The acquisition value of the objectives at a point.
//!
//! `m` and `s` are the posterior mean and standard deviation of the warped loss, and `b` is the lowest posterior mean
//! among feasible observations:
//!
//! ```text
//! lower confidence bound    b - m + kappa s
//! LogEI                     ln s + ln h((b - m) / s)                       (Ament et al. 2023)
//! ```
//!
//! Improvements are measured against finished and pending trials. A pending trial counts as observed at its posterior
//! mean, which changes no mean elsewhere (the kriging believer of Ginsbourger et al. 2010). The incumbent of the bound
//! ignores pending trials, so its maximum lies next to pending trials as soon as no other point promises more.
//!
//! If trials failed or there are constraints, the bound is replaced by `ln softplus(. / 0.01)`, to which a log
//! probability can be added. The width is small, so that this is the logarithm of the improvement: at the end of a
//! search, when all improvements are small, half as much improvement still weighs as much as half the probability. With
//! a width of 0.1 only points that were surely feasible were suggested then, at a distance from the border (measured:
//! `benches/results/constraints.md`).
//!
//! *Several objectives.* The value is the log of the expected hypervolume improvement on the front of posterior means:
//! exact with two to four objectives, along random directions with more. Three choices keep the search from the ends of
//! the front (measured: `benches/results/objectives.md`):
//!
//! - *The reference point.* Close to the front's worst values, it hides everything beyond them, so a front that starts
//!   at one end would creep to the other one. At the worst of all trials, it would multiply every small improvement of
//!   one objective by the whole range of the others, so only the ends would be refined. With more than two objectives,
//!   two distances alternate (`plan`). Thresholds of the user limit it, so that no improvement beyond them counts. As
//!   long as no member of the front meets them, it stays a little behind the nearest one. So the search comes as close as
//!   possible to thresholds that nothing meets. Infeasible trials count as well: they show how far the front may reach
//!   beyond the feasible part that is known.
//! - *Floors.* Below the best value of an objective that cannot become better, nothing counts ([`super::floors`]).
//! - *No noise.* Predictions take the front for exact. Otherwise a repetition of one of its members would promise an
//!   improvement.

use crate::acquisition::directional_hypervolume::DirectionalHypervolume;
use crate::acquisition::expected_hypervolume::ExpectedHypervolume;
use crate::acquisition::improvement::{log_improvement, log_softplus};
use crate::acquisition::{AcquisitionValue, Normal};
use crate::numerics::{Purpose, Stream};
use crate::pareto::{above, box_decomposition, dominance, greedy_subset};
use crate::sampler::Context;
use crate::sampler::gp::acquisition::floors::floors;
use crate::sampler::gp::front::limits;
use crate::sampler::gp::plan::{Acquisition, BEYOND};
use crate::sampler::gp::surrogate::Surrogate;

/// Width of the softplus that makes the bound positive, so that it can be multiplied by a probability; in units of the
/// warped loss. (0.1 and 0.001: `benches/results/constraints.md`.)
const SOFTNESS: f64 = 0.01;
/// Largest number of objectives for which the hypervolume is computed exactly. (Times of four objectives:
/// `benches/results/objectives.md`.)
const MAX_EXACT_OBJECTIVES: usize = 4;
/// Largest number of points of a front with four objectives; they give about 700 boxes. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_FRONT: usize = 64;

/// Distance up to which a posterior mean counts as equal to a limit, as a share of the front's range: models do not
/// reproduce values exactly. A choice, not measured.
const EQUAL: f64 = 1e-3;

/// The acquisition term of the objectives.
pub(in crate::sampler::gp) enum ObjectiveTerm {
    /// The improvement of the confidence bound on the incumbent.
    Bound { best: f64, kappa: f64, softened: bool },
    /// The expected improvement on the incumbent.
    Improvement { best: f64 },
    /// The expected hypervolume improvement, with a part of the standard deviations.
    Hypervolume { expected: Hypervolume, part: f64 },
}

/// How the expected hypervolume improvement is computed.
pub(in crate::sampler::gp) enum Hypervolume {
    Exact(ExpectedHypervolume),
    Directional(DirectionalHypervolume),
}

impl ObjectiveTerm {
    /// Returns `None` if no observation is feasible.
    pub(in crate::sampler::gp) fn of(
        acquisition: Acquisition,
        surrogate: &Surrogate<'_>,
        context: &Context<'_>,
    ) -> Option<Self> {
        let fitted: Vec<Vec<f64>> =
            surrogate.objectives.iter().map(|objective| objective.model.fitted_means()).collect();
        let means = |i: usize| fitted.iter().map(|means| means[i]).collect::<Vec<f64>>();
        let is_feasible = |i: &usize| surrogate.feasible[*i];
        let mut points: Vec<Vec<f64>> = (0..surrogate.rows.len()).filter(is_feasible).map(means).collect();
        if points.is_empty() {
            return None;
        }
        if let Acquisition::Bound { kappa } = acquisition {
            // Then log probabilities are added.
            let softened = surrogate.success.is_some() || !surrogate.constraints.is_empty();
            return Some(Self::Bound { best: lowest(&points), kappa, softened });
        }
        points.extend(surrogate.pending_means(context));
        let Acquisition::Hypervolume { part, reach } = acquisition else {
            return Some(Self::Improvement { best: lowest(&points) });
        };
        let front: Vec<Vec<f64>> = dominance::front(&points).into_iter().map(|i| points[i].clone()).collect();
        // Infeasible trials show how far the front may reach elsewhere: its feasible parts may be islands.
        points.extend((0..surrogate.rows.len()).filter(|i| !is_feasible(i)).map(means));
        let reference = reference(&front, &points, reach, &limits(context, surrogate));
        let floors = floors(surrogate, context, &fitted);
        Some(Self::Hypervolume { expected: Hypervolume::of(front, reference, &floors, context), part })
    }

    /// The name shown in explanations.
    pub(in crate::sampler::gp) fn name(&self) -> &'static str {
        match self {
            Self::Bound { .. } => "lcb",
            Self::Improvement { .. } => "logei",
            Self::Hypervolume { .. } => "logehvi",
        }
    }

    /// The value at one prediction per objective, with derivatives.
    pub(in crate::sampler::gp) fn value(&self, predictions: &[Normal]) -> AcquisitionValue {
        match self {
            Self::Bound { best, kappa, softened } => bound(*best, *kappa, predictions[0], *softened),
            Self::Improvement { best } => {
                let (value, by_mean, by_std) = log_improvement(*best, predictions[0]);
                AcquisitionValue::single(value, by_mean, by_std)
            }
            Self::Hypervolume { expected, part } => narrowed(expected, *part, predictions),
        }
    }
}

/// The lowest value of a single objective.
fn lowest(points: &[Vec<f64>]) -> f64 {
    points.iter().map(|point| point[0]).fold(f64::INFINITY, f64::min)
}

fn bound(best: f64, kappa: f64, y: Normal, softened: bool) -> AcquisitionValue {
    let lead = best - y.mean + kappa * y.std;
    if !softened {
        return AcquisitionValue::single(lead, -1.0, kappa);
    }
    let (value, slope) = log_softplus(lead / SOFTNESS);
    AcquisitionValue::single(value, -slope / SOFTNESS, kappa * slope / SOFTNESS)
}

impl Hypervolume {
    /// The improvement on a front, above the floors of the objectives. With four objectives, at most [`MAX_FRONT`] points
    /// of the front are kept.
    fn of(mut front: Vec<Vec<f64>>, reference: Vec<f64>, floors: &[f64], context: &Context<'_>) -> Self {
        if reference.len() > MAX_EXACT_OBJECTIVES {
            let mut stream = Stream::new(context.seed, context.trial, Purpose::Direction, 0);
            return Self::Directional(DirectionalHypervolume::new(&front, reference, floors, &mut stream));
        }
        if reference.len() == MAX_EXACT_OBJECTIVES && front.len() > MAX_FRONT {
            front = greedy_subset(&front, MAX_FRONT).into_iter().map(|i| front[i].clone()).collect();
        }
        Self::Exact(ExpectedHypervolume::new(&above(box_decomposition(&front, &reference), floors)))
    }

    fn log_improvement(&self, predictions: &[Normal]) -> AcquisitionValue {
        match self {
            Self::Exact(expected) => expected.log_improvement(predictions),
            Self::Directional(expected) => expected.log_improvement(predictions),
        }
    }
}

/// The expected improvement at predictions with a part of their standard deviations.
fn narrowed(expected: &Hypervolume, part: f64, predictions: &[Normal]) -> AcquisitionValue {
    let predictions: Vec<Normal> = predictions.iter().map(|y| Normal { mean: y.mean, std: part * y.std }).collect();
    let mut value = expected.log_improvement(&predictions);
    value.by_std.iter_mut().for_each(|slope| *slope *= part);
    value
}

/// The reference point. It lies beyond the front's worst values by as much as other points do, but at least by a tenth
/// of the front's range, and at most by `reach` times the larger of this range and one standard deviation of all values
/// (the unit of the models).
///
/// Limits, one per objective if there are any, bring it closer. As long as no member of the front is within them (up to
/// [`EQUAL`]), only what the models exclude might be an improvement. So the reference point is then moved back, by the
/// same share of the range in every objective, until it lies a tenth of the range beyond the nearest member. Pending
/// trials are members at their posterior means. (Measured: `benches/results/mechanisms.md`.)
fn reference(front: &[Vec<f64>], points: &[Vec<f64>], reach: f64, limits: &[f64]) -> Vec<f64> {
    let ends = |among: &[Vec<f64>], k: usize| {
        let values = among.iter().map(|point| point[k]);
        (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
    };
    // Without limits and with them, and the range of the front.
    let of = |k: usize| {
        let ((best, worst), (_, last)) = (ends(front, k), ends(points, k));
        let range = if worst > best { worst - best } else { 1.0 };
        let open = worst + (last - worst).clamp(BEYOND * range, reach * range.max(1.0));
        (open, limits.get(k).map_or(open, |limit| open.min(limit.max(best))), range)
    };
    let ends: Vec<(f64, f64, f64)> = (0..front[0].len()).map(of).collect();
    let miss = |y: &Vec<f64>| {
        y.iter().zip(&ends).map(|(y, (_, limited, range))| (y - limited) / range).fold(f64::NEG_INFINITY, f64::max)
    };
    let is_within = |y: &Vec<f64>| y.iter().zip(limits).zip(&ends).all(|((y, limit), end)| *y <= limit + EQUAL * end.2);
    let least = || front.iter().map(miss).fold(f64::INFINITY, f64::min);
    let back = if front.iter().any(is_within) { 0.0 } else { least() + BEYOND };
    ends.iter().map(|(open, limited, range)| open.min(limited + back * range)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The incumbent value of bound or improvement after trials of a parabola with its minimum at 0.5, where a trial is
    /// pending. The constraint is `x <= limit`.
    fn best(acquisition: Acquisition, limit: f64) -> f64 {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for (row, x) in [0.0, 0.1, 0.2, 0.3, 0.4, 0.7, 0.8, 0.9, 1.0, 0.5].into_iter().enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: (x - 0.5) * (x - 0.5), sem: None, replicates: Vec::new() };
            if x != 0.5 {
                history.finish(row, Outcome::Complete(vec![measured]), &[("c".to_owned(), x - limit)], None);
            }
        }
        with_context(&space, &history, 10, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            match ObjectiveTerm::of(acquisition, &surrogate, context).unwrap() {
                ObjectiveTerm::Bound { best, .. } | ObjectiveTerm::Improvement { best } => best,
                ObjectiveTerm::Hypervolume { .. } => panic!("there is one objective"),
            }
        })
    }

    #[test]
    fn improvements_are_measured_against_pending_trials() {
        let bound = Acquisition::Bound { kappa: 1.0 };
        assert!(best(Acquisition::Improvement, 1.0) < best(bound, 1.0) - 0.05);
        assert_eq!(best(Acquisition::Improvement, 0.45), best(bound, 0.45), "it would be infeasible");
    }

    /// The first objective has a worse trial far away, the second one a little beyond the front, the third one none.
    #[test]
    fn the_reference_lies_between_a_tenth_and_the_whole_range_beyond_the_front() {
        let front = [vec![0.0, 1.0, 2.0], vec![2.0, 0.0, 1.0], vec![1.0, 0.5, 0.0]];
        let points = [front.to_vec(), vec![vec![9.0, 1.5, 2.0]]].concat();
        assert_eq!(reference(&front, &points, 1.0, &[]), [4.0, 1.5, 2.2]);
        assert_eq!(reference(&front, &points, 0.1, &[]), [2.2, 1.1, 2.2]);
    }

    #[test]
    fn limits_bound_the_reference_once_a_member_is_within_them() {
        let front = [vec![0.0, 8.0], vec![1.0, 2.0], vec![4.0, 0.0]];
        let at = |limits: [f64; 2]| {
            let found = reference(&front, &front, 1.0, &limits).into_iter();
            found.map(|end| (1000.0 * end).round() / 1000.0).collect::<Vec<f64>>()
        };
        // The second or the first member is within these limits.
        assert_eq!(at([f64::INFINITY, 3.0]), [4.4, 3.0]);
        assert_eq!(at([1.0, 2.0]), [1.0, 2.0]);
        assert_eq!(at([0.25, f64::INFINITY]), [0.25, 8.8]);
        assert_eq!(at([1.0 - 1e-6, 2.0]), [1.0, 2.0], "the residual of a model");
        // No member is, so it lies a tenth of the range beyond the nearest one.
        for limit in [-0.01, -1.0, -1e308, f64::NEG_INFINITY] {
            assert_eq!(at([limit, f64::INFINITY]), [0.4, 8.8], "{limit}");
        }
        // The second member is the nearest, a quarter of the range beyond.
        assert_eq!(at([0.5, 0.0]), [1.9, 2.8]);
        assert_eq!(at([f64::NEG_INFINITY; 2]), [1.4, 2.8]);
    }

    #[test]
    fn an_objective_without_a_range_is_bounded_by_a_standard_deviation() {
        let points = [vec![1.0, 0.0, 0.0], vec![5.0, 0.0, 0.5]];
        assert_eq!(reference(&points[..1], &points, 1.0, &[]), [2.0, 0.1, 0.5]);
        assert_eq!(reference(&points[..1], &points, 1.0, &[-9.0; 3]), [1.1, 0.1, 0.1]);
    }

    /// Twenty trials at equal distances, whose objectives are `x` and `1 - x`.
    fn straight_front(constraints: impl Fn(f64) -> Vec<(String, f64)>) -> (SearchSpace, History) {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 2);
        for (row, x) in (0..20).map(|k| f64::from(k) / 19.0).enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = |value| Measurement { value, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured(x), measured(1.0 - x)]), &constraints(x), None);
        }
        (space, history)
    }

    /// Only the middle third of a straight front is feasible. Its ends would be improvements all the same.
    #[test]
    fn the_reference_point_lies_beyond_other_feasible_islands() {
        let (space, history) = straight_front(|x| vec![("c".to_owned(), (x - 0.5).abs() - 1.0 / 6.0)]);
        with_context(&space, &history, 21, |context| {
            let mut models = GpCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            let acquisition = Acquisition::Hypervolume { part: 1.0, reach: 1.0 };
            let term = ObjectiveTerm::of(acquisition, &surrogate, context).unwrap();
            let third = surrogate.objectives.iter().map(|o| Normal { mean: o.losses[3], std: 1e-3 });
            let value = term.value(&third.collect::<Vec<_>>()).value;
            assert!(value > -5.0, "{value}");
        });
    }

    /// A threshold between the told values limits the reference point of its objective; one that is worse than all told
    /// values does not.
    #[test]
    fn thresholds_limit_the_reference_point() {
        let (space, history) = straight_front(|_| Vec::new());
        let limits = |thresholds: &[Option<f64>]| {
            with_context(&space, &history, 20, |context| {
                let context = &Context { thresholds, ..*context };
                let mut models = GpCaches::default();
                let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
                (limits(context, &surrogate), surrogate.objectives[0].losses.clone())
            })
        };
        let (found, losses) = limits(&[Some(9.0 / 19.0), Some(2.0)]);
        assert!((found[0] - losses[9]).abs() < 1e-12 && found[1].is_infinite(), "{found:?}");
        assert_eq!(limits(&[None, None]).0, [f64::INFINITY; 2]);
        assert!(limits(&[]).0.is_empty());
    }

    /// Of a front with four objectives only some points are kept, those at its ends among them.
    #[test]
    fn large_fronts_with_four_objectives_are_thinned() {
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let drawn = |_| {
            let y: Vec<f64> = (0..4).map(|_| stream.uniform()).collect();
            let sum: f64 = y.iter().sum();
            y.into_iter().map(|y| y / sum).collect::<Vec<f64>>()
        };
        let front: Vec<Vec<f64>> = (0..200).map(drawn).collect();
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let of = |front: &[Vec<f64>]| {
            with_context(&space, &History::new(1, 4), 0, |context| {
                Hypervolume::of(front.to_vec(), vec![1.0; 4], &[f64::NEG_INFINITY; 4], context)
            })
        };
        let at = [Normal { mean: 0.1, std: 0.1 }; 4];
        let (thinned, whole) =
            (of(&front).log_improvement(&at).value, ExpectedHypervolume::new(&box_decomposition(&front, &[1.0; 4])));
        assert!(thinned > whole.log_improvement(&at).value, "all points were kept");
        assert_eq!(
            of(&front[..MAX_FRONT]).log_improvement(&at),
            ExpectedHypervolume::new(&box_decomposition(&front[..MAX_FRONT], &[1.0; 4])).log_improvement(&at)
        );
    }
}
