//! The Pareto front of noisy values.
//!
//! The front of noisy values consists of trials that were lucky in some objective. The posterior means give a better
//! one. Whether a trial belongs to it remains uncertain: its probability is the share of joint draws of the noise-free
//! objectives in which no other trial dominates it. With `p` the probability, the standard error of the share is
//! `sqrt(p (1 - p) / 256)`, at most 0.031. The warp is monotone, so dominance is the same before and after it.

use super::mixture::{Components, Mixture};
use super::noise::is_noisy_on_front;
use super::surrogate::{self, Surrogate};
use crate::model::gp::Prediction;
use crate::model::output_warp::Unwarp;
use crate::numerics::{Purpose, Stream};
use crate::pareto::dominance;
use crate::sampler::{Context, SuggestError};

/// Number of joint draws. Changes no suggestion.
const DRAWS: usize = 256;

/// A trial of the front.
#[derive(Clone, Debug)]
pub(crate) struct FrontPosterior {
    pub(crate) row: usize,
    /// The posterior median of every objective, in its own unit.
    pub(crate) values: Vec<f64>,
    /// Half the distance between the values one standard deviation above and below the mean.
    pub(crate) stds: Vec<f64>,
    /// The probability that no other trial dominates this one.
    pub(crate) probability: f64,
}

/// The front of the posterior means of feasible trials; of equal configurations only the first one counts. Returns
/// `None` without a model, and if no objective is noisy.
pub(crate) fn front_posterior(context: &Context<'_>) -> Result<Option<Vec<FrontPosterior>>, SuggestError> {
    let mut models = Vec::new();
    let Some(surrogate) = surrogate::build_objectives(&mut models, context)? else { return Ok(None) };
    let mixtures = surrogate.objectives.iter().zip(0..).map(|(objective, k)| Mixture::of(objective, context, k));
    let mixtures: Vec<Mixture> = mixtures.collect::<Result<_, _>>()?;
    let mut modelled = surrogate.objectives.iter().zip(&mixtures);
    if !modelled.any(|(objective, mixture)| is_noisy_on_front(context, &surrogate, objective, mixture)) {
        return Ok(None);
    }
    let observations = distinct(context, &surrogate);
    let points: Vec<Vec<f64>> = observations.iter().map(|i| mixtures[0].point(*i)).collect();
    let Some(moments) = moments(context, &mixtures, &points)? else { return Ok(None) };
    let Some(shares) = shares(context, &mixtures, &points)? else { return Ok(None) };
    let unwarps: Vec<Unwarp> = surrogate.objectives.iter().map(|objective| objective.unwarp(context)).collect();
    let member = |i: usize| {
        let estimate = |(at, unwarp): (&Prediction, &Unwarp)| unwarp.median_and_std(at.mean, at.variance.sqrt());
        let mut estimates: Vec<(usize, (f64, f64))> =
            surrogate.objectives.iter().map(|o| o.index).zip(moments[i].iter().zip(&unwarps).map(estimate)).collect();
        estimates.sort_by_key(|(index, _)| *index);
        let (values, stds) = estimates.into_iter().map(|(_, estimate)| estimate).unzip();
        FrontPosterior { row: surrogate.rows[observations[i]], values, stds, probability: shares[i] }
    };
    let means: Vec<Vec<f64>> = moments.iter().map(|of| of.iter().map(|at| at.mean).collect()).collect();
    Ok(Some(dominance::front(&means).into_iter().map(member).collect()))
}

/// For each point, mean and variance of every objective.
fn moments(
    context: &Context<'_>,
    mixtures: &[Mixture],
    points: &[Vec<f64>],
) -> Result<Option<Vec<Vec<Prediction>>>, SuggestError> {
    let mut columns = Vec::with_capacity(mixtures.len());
    for mixture in mixtures {
        let Some(components) = mixture.components(points, context.interrupted)? else { return Ok(None) };
        columns.push(components.iter().map(Components::moments).collect());
    }
    Ok(Some(by_point(columns.into_iter())))
}

/// The feasible observations with different configurations.
fn distinct(context: &Context<'_>, surrogate: &Surrogate<'_>) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    let mut is_new = |i: &usize| seen.insert(context.history.first_row_like(context.space, surrogate.rows[*i]));
    (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i] && is_new(i)).collect()
}

/// For each point, the share of joint draws in which no other point dominates it; `None` if there are no draws.
fn shares(context: &Context<'_>, mixtures: &[Mixture], points: &[Vec<f64>]) -> Result<Option<Vec<f64>>, SuggestError> {
    let mut draws = Vec::with_capacity(mixtures.len());
    for (k, mixture) in (0..).zip(mixtures) {
        let mut stream = Stream::new(context.seed, points.len() as u64, Purpose::Front, k);
        let Some(drawn) = mixture.sample(points, DRAWS, &mut stream, context.interrupted)? else { return Ok(None) };
        draws.push(drawn);
    }
    let mut counts = vec![0_u32; points.len()];
    for draw in 0..DRAWS {
        for i in dominance::front(&by_point(draws.iter().map(|drawn| drawn[draw].clone()))) {
            counts[i] += 1;
        }
    }
    Ok(Some(counts.into_iter().map(|count| f64::from(count) / DRAWS as f64).collect()))
}

/// Transposes the values of each objective to those of each point.
fn by_point<T>(objectives: impl Iterator<Item = Vec<T>>) -> Vec<Vec<T>> {
    let mut points: Vec<Vec<T>> = Vec::new();
    for column in objectives {
        points.resize_with(column.len(), Vec::new);
        points.iter_mut().zip(column).for_each(|(point, value)| point.push(value));
    }
    points
}

/// For each objective of the surrogate, the loss of its threshold. Empty if there are no thresholds.
pub(super) fn limits(context: &Context<'_>, surrogate: &Surrogate<'_>) -> Vec<f64> {
    if context.thresholds.is_empty() {
        return Vec::new();
    }
    surrogate.objectives.iter().map(|objective| objective.limit(context)).collect()
}
