//! What the objectives promise at a point.
//!
//! With posterior mean `m` and deviation `s` of the warped loss and the lowest posterior mean `b` among feasible told
//! points:
//!
//! ```text
//! lower confidence bound    b - m + kappa s,  kappa = 1 for even trial ids, 2 for odd ones
//! LogEI                     ln s + ln h((b - m) / s)                       (Ament et al. 2023)
//! ```
//!
//! Improvements are those on told and pending points: a pending one counts as told with its posterior mean, which
//! changes no mean elsewhere (the kriging believer of Ginsbourger et al. 2010). The bound is the same whatever is
//! pending: it has its maximum beside the pending points as soon as nothing else is left to gain.
//!
//! Where a choice has 4 or more untried levels, even ids take the second; with 28 or more, odd ids take a larger kappa
//! ([`untried_levels`]).
//!
//! Where trials failed or constraints were told, the first is taken as `ln softplus(. / 0.1)`, so that the logarithm of
//! a chance can be added. Two and three objectives: the logarithm of the expected hypervolume improvement on the front
//! of posterior means; more: improvement along many directions. The reference lies a tenth of the front's range beyond
//! its worst values.

use super::untried_levels;
use crate::acquisition::expected_hypervolume::log_expected_improvement;
use crate::acquisition::improvement::{log_improvement, softplus};
use crate::acquisition::scalarisation::Scalarisation;
use crate::acquisition::{Graded, Normal};
use crate::numerics::{Purpose, Stream, ln};
use crate::pareto::{Cell, box_decomposition, dominance};
use crate::sampler::gp::surrogate::Surrogate;
use crate::sampler::{Context, GpAcquisition, GpSettings};

/// Weights of the deviation in the confidence bound, taken in turns by the trial's id: where a loss has many basins or
/// steps the smaller one alone stays in the first good basin it finds.
const KAPPAS: [f64; 2] = [1.0, 2.0];
/// Width of the softplus that turns a bound into something a chance can be multiplied with, in units of the warped
/// loss.
const SOFTNESS: f64 = 0.1;
/// How far beyond the front's worst values the reference lies, as a share of its range.
const BEYOND: f64 = 0.1;
/// Objectives whose hypervolume is computed exactly.
const FEW_OBJECTIVES: usize = 3;

/// What is asked of the objectives.
pub(in crate::sampler::gp) enum ObjectiveTerm {
    /// The confidence bound's lead over the incumbent.
    Bound { best: f64, kappa: f64, softened: bool },
    /// Expected improvement on the incumbent.
    Improvement { best: f64 },
    /// Expected hypervolume improvement on what the boxes leave out.
    Hypervolume(Vec<Cell>),
    /// Improvement along directions.
    Directions(Scalarisation),
}

impl ObjectiveTerm {
    /// `None` while no point that was told is feasible. `softened`: whether logarithms of chances will be added.
    pub(in crate::sampler::gp) fn of(
        settings: &GpSettings,
        surrogate: &Surrogate<'_>,
        context: &Context<'_>,
        softened: bool,
    ) -> Option<Self> {
        let fitted: Vec<Vec<f64>> = surrogate.objectives.iter().map(|objective| objective.model.fitted()).collect();
        let feasible = (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i]);
        let mut points: Vec<Vec<f64>> = feasible.map(|i| fitted.iter().map(|means| means[i]).collect()).collect();
        let n_objectives = points.first()?.len();
        let explores = context.trial % 2 == 1;
        // With several objectives nothing was measured.
        let reach = if n_objectives == 1 { untried_levels::reach(context) } else { 0.0 };
        let kappa = if explores { KAPPAS[1].max(reach) } else { KAPPAS[0] };
        // An even id whose weight does not reach the untried levels maximizes expected improvement.
        let is_bound = settings.acquisition == GpAcquisition::Lcb && (explores || reach <= KAPPAS[0]);
        if n_objectives == 1 && is_bound {
            return Some(Self::Bound { best: lowest(&points), kappa, softened });
        }
        points.extend(surrogate.expected(context));
        if n_objectives == 1 {
            return Some(Self::Improvement { best: lowest(&points) });
        }
        let front: Vec<Vec<f64>> = dominance::front(&points).into_iter().map(|i| points[i].clone()).collect();
        let reference = reference(&front, &points);
        if n_objectives <= FEW_OBJECTIVES {
            return Some(Self::Hypervolume(box_decomposition(&front, &reference)));
        }
        let mut stream = Stream::new(context.seed, context.trial, Purpose::Scramble, 1);
        Some(Self::Directions(Scalarisation::new(&front, reference, kappa, &mut stream)))
    }

    /// Whether it weighs the deviation more than the mean, and so looks where little was tried.
    pub(in crate::sampler::gp) fn explores(&self) -> bool {
        matches!(self, Self::Bound { kappa, .. } if *kappa > 1.0)
    }

    /// Its name, as explanations show it.
    pub(in crate::sampler::gp) fn name(&self) -> &'static str {
        match self {
            Self::Bound { .. } => "lcb",
            Self::Improvement { .. } => "logei",
            Self::Hypervolume(_) => "logehvi",
            Self::Directions(_) => "directions",
        }
    }

    /// Its value at one prediction per objective, with derivatives.
    pub(in crate::sampler::gp) fn graded(&self, predictions: &[Normal]) -> Graded {
        match self {
            Self::Bound { best, kappa, softened } => bound(*best, *kappa, predictions[0], *softened),
            Self::Improvement { best } => {
                let (value, by_mean, by_deviation) = log_improvement(*best, predictions[0]);
                Graded::single(value, by_mean, by_deviation)
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

fn bound(best: f64, kappa: f64, y: Normal, softened: bool) -> Graded {
    let lead = best - y.mean + kappa * y.deviation;
    if !softened {
        return Graded::single(lead, -1.0, kappa);
    }
    let (value, slope) = softplus(lead / SOFTNESS);
    let slope = slope / (value * SOFTNESS);
    Graded::single(ln(value.max(f64::MIN_POSITIVE)), -slope, kappa * slope)
}

/// A little beyond the front's worst values; where the front has no range, beyond those of all points.
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
    use crate::sampler::gp::surrogate::{self, Quantities};
    use crate::sampler::testing::{asked, number};
    use crate::space::{Configuration, SearchSpace, Value};

    /// What bound and improvement take for the best, beside trials of a bowl at 0.5 and a pending one there; 0.5 breaks
    /// a constraint that `x <= limit` keeps.
    fn best(acquisition: GpAcquisition, limit: f64) -> f64 {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for (row, x) in [0.0, 0.1, 0.2, 0.3, 0.4, 0.7, 0.8, 0.9, 1.0, 0.5].into_iter().enumerate() {
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: (x - 0.5) * (x - 0.5), sem: None, replicates: Vec::new() };
            if x != 0.5 {
                history.finish(row, Outcome::Complete(vec![measured]), &[("c".to_owned(), x - limit)], None);
            }
        }
        asked(&space, &history, 10, |context| {
            let mut quantities = Quantities::default();
            let surrogate = surrogate::build(&mut quantities, context).unwrap().unwrap();
            let settings = GpSettings { n_startup: 1, acquisition };
            match ObjectiveTerm::of(&settings, &surrogate, context, false).unwrap() {
                ObjectiveTerm::Bound { best, .. } | ObjectiveTerm::Improvement { best } => best,
                ObjectiveTerm::Hypervolume(_) | ObjectiveTerm::Directions(_) => panic!("there is one objective"),
            }
        })
    }

    #[test]
    fn an_improvement_is_one_on_what_is_expected_of_pending_trials() {
        let told = best(GpAcquisition::Lcb, 1.0);
        assert!(best(GpAcquisition::LogEi, 1.0) < told - 0.05);
        assert_eq!(best(GpAcquisition::LogEi, 0.45), best(GpAcquisition::Lcb, 0.45), "it would be infeasible");
    }
}
