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
//! If trials failed or there are constraints, the bound is replaced by `ln softplus(. / 0.1)`, to which a log
//! probability can be added. For two or three objectives the value is the log of the expected hypervolume improvement
//! on the front of posterior means; for more objectives it is the improvement along many directions. The reference
//! point lies a tenth of the front's range beyond its worst values.

use crate::acquisition::expected_hypervolume::log_expected_improvement;
use crate::acquisition::improvement::{log_improvement, softplus};
use crate::acquisition::scalarization::Scalarization;
use crate::acquisition::{AcquisitionValue, Normal};
use crate::numerics::{Purpose, Stream, ln};
use crate::pareto::{Cell, box_decomposition, dominance};
use crate::sampler::Context;
use crate::sampler::gp::plan::Acquisition;
use crate::sampler::gp::surrogate::Surrogate;

/// Width of the softplus that makes the bound positive, so that it can be multiplied by a probability; in units of the
/// warped loss.
const SOFTNESS: f64 = 0.1;
/// Distance of the reference point beyond the front's worst values, as a share of the front's range.
const BEYOND: f64 = 0.1;

/// The acquisition term of the objectives.
pub(in crate::sampler::gp) enum ObjectiveTerm {
    /// The improvement of the confidence bound on the incumbent.
    Bound { best: f64, kappa: f64, softened: bool },
    /// The expected improvement on the incumbent.
    Improvement { best: f64 },
    /// The expected hypervolume improvement; the boxes cover the non-dominated region.
    Hypervolume(Vec<Cell>),
    /// The improvement along many directions.
    Directions(Scalarization),
}

impl ObjectiveTerm {
    /// Returns `None` if no observation is feasible. `softened` says whether log probabilities will be added.
    pub(in crate::sampler::gp) fn of(
        acquisition: Acquisition,
        surrogate: &Surrogate<'_>,
        context: &Context<'_>,
        softened: bool,
    ) -> Option<Self> {
        let fitted: Vec<Vec<f64>> = surrogate.objectives.iter().map(|objective| objective.model.fitted()).collect();
        let feasible = (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i]);
        let mut points: Vec<Vec<f64>> = feasible.map(|i| fitted.iter().map(|means| means[i]).collect()).collect();
        if points.is_empty() {
            return None;
        }
        if let Acquisition::Bound { kappa } = acquisition {
            return Some(Self::Bound { best: lowest(&points), kappa, softened });
        }
        points.extend(surrogate.pending_means(context));
        if acquisition == Acquisition::Improvement {
            return Some(Self::Improvement { best: lowest(&points) });
        }
        let front: Vec<Vec<f64>> = dominance::front(&points).into_iter().map(|i| points[i].clone()).collect();
        let reference = reference(&front, &points);
        let Acquisition::Directions { kappa } = acquisition else {
            return Some(Self::Hypervolume(box_decomposition(&front, &reference)));
        };
        let mut stream = Stream::new(context.seed, context.trial, Purpose::Scramble, 1);
        Some(Self::Directions(Scalarization::new(&front, reference, kappa, &mut stream)))
    }

    /// The name shown in explanations.
    pub(in crate::sampler::gp) fn name(&self) -> &'static str {
        match self {
            Self::Bound { .. } => "lcb",
            Self::Improvement { .. } => "logei",
            Self::Hypervolume(_) => "logehvi",
            Self::Directions(_) => "directions",
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
            Self::Hypervolume(cells) => log_expected_improvement(cells, predictions),
            Self::Directions(directions) => directions.value(predictions),
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
    let (value, slope) = softplus(lead / SOFTNESS);
    let slope = slope / (value * SOFTNESS);
    AcquisitionValue::single(ln(value.max(f64::MIN_POSITIVE)), -slope, kappa * slope)
}

/// The reference point, slightly beyond the front's worst values; beyond those of all points in objectives in which the
/// front has no range.
fn reference(front: &[Vec<f64>], points: &[Vec<f64>]) -> Vec<f64> {
    let range = |among: &[Vec<f64>], k: usize| {
        let ends = among.iter().map(|point| point[k]);
        (ends.clone().fold(f64::INFINITY, f64::min), ends.fold(f64::NEG_INFINITY, f64::max))
    };
    let beyond = |k: usize| {
        let (best, worst) = range(front, k);
        let (_, last) = range(points, k);
        if worst > best { worst + BEYOND * (worst - best) } else { last + BEYOND * (last - best).max(1.0) }
    };
    (0..front[0].len()).map(beyond).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::gp::surrogate::{self, ModelCaches};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The incumbent value of bound or improvement after trials of a parabola with its minimum at 0.5, where a trial is
    /// pending. The constraint is `x <= limit`.
    fn best(acquisition: Acquisition, limit: f64) -> f64 {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for (row, x) in [0.0, 0.1, 0.2, 0.3, 0.4, 0.7, 0.8, 0.9, 1.0, 0.5].into_iter().enumerate() {
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: (x - 0.5) * (x - 0.5), sem: None, replicates: Vec::new() };
            if x != 0.5 {
                history.finish(row, Outcome::Complete(vec![measured]), &[("c".to_owned(), x - limit)], None);
            }
        }
        with_context(&space, &history, 10, |context| {
            let mut models = ModelCaches::default();
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            match ObjectiveTerm::of(acquisition, &surrogate, context, false).unwrap() {
                ObjectiveTerm::Bound { best, .. } | ObjectiveTerm::Improvement { best } => best,
                ObjectiveTerm::Hypervolume(_) | ObjectiveTerm::Directions(_) => panic!("there is one objective"),
            }
        })
    }

    #[test]
    fn improvements_are_measured_against_pending_trials() {
        let bound = Acquisition::Bound { kappa: 1.0 };
        assert!(best(Acquisition::Improvement, 1.0) < best(bound, 1.0) - 0.05);
        assert_eq!(best(Acquisition::Improvement, 0.45), best(bound, 0.45), "it would be infeasible");
    }
}
