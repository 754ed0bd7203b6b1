//! The Pareto front of noisy values.
//!
//! The front of noisy values consists of trials that were lucky in some objective. The posterior means give a better
//! one. Whether a trial belongs to it remains uncertain: its probability is the share of joint draws of the noise-free
//! objectives in which no other trial dominates it. With `p` the probability, the standard error of the share is
//! `sqrt(p (1 - p) / 256)`, at most 0.031. The warp is monotone, so dominance is the same before and after it.

use super::hyperparameter_cache::unless_interrupted;
use super::noise::is_noisy;
use super::surrogate::{self, ObjectiveModel, Surrogate};
use crate::model::gp::GaussianProcess;
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
    if !surrogate.objectives.iter().any(|objective| is_noisy(context, &surrogate, objective)) {
        return Ok(None);
    }
    let models = without_pending(&surrogate);
    let observations = distinct(context, &surrogate);
    let points: Vec<Vec<f64>> = observations.iter().map(|i| models[0].inputs().point(*i)).collect();
    let means = by_point(models.iter().map(|model| points.iter().map(|at| model.mean(at)).collect()));
    let Some(shares) = shares(context, &models, &points)? else { return Ok(None) };
    let unwarps: Vec<Unwarp> = surrogate.objectives.iter().map(|objective| objective.unwarp(context)).collect();
    let member = |i: usize| {
        let estimate = |(model, unwarp): (&GaussianProcess, &Unwarp)| {
            let predicted = model.predict(&[points[i].clone()])[0];
            unwarp.median_and_std(predicted.mean, predicted.variance.sqrt())
        };
        let mut estimates: Vec<(usize, (f64, f64))> =
            surrogate.objectives.iter().map(|o| o.index).zip(models.iter().zip(&unwarps).map(estimate)).collect();
        estimates.sort_by_key(|(index, _)| *index);
        let (values, stds) = estimates.into_iter().map(|(_, estimate)| estimate).unzip();
        FrontPosterior { row: surrogate.rows[observations[i]], values, stds, probability: shares[i] }
    };
    Ok(Some(dominance::front(&means).into_iter().map(member).collect()))
}

/// The models of the objectives without the pending trials, which tell nothing about the values of finished ones.
fn without_pending(surrogate: &Surrogate<'_>) -> Vec<GaussianProcess> {
    let truncated = |objective: &ObjectiveModel<'_>| {
        let mut model = objective.model.clone();
        model.truncate(objective.rows.len());
        model
    };
    surrogate.objectives.iter().map(truncated).collect()
}

/// The feasible observations with different configurations.
fn distinct(context: &Context<'_>, surrogate: &Surrogate<'_>) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    let mut is_new = |i: &usize| seen.insert(context.history.first_row_like(context.space, surrogate.rows[*i]));
    (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i] && is_new(i)).collect()
}

/// For each point, the share of joint draws in which no other point dominates it; `None` if there are no draws.
fn shares(
    context: &Context<'_>,
    models: &[GaussianProcess],
    points: &[Vec<f64>],
) -> Result<Option<Vec<f64>>, SuggestError> {
    let mut draws = Vec::with_capacity(models.len());
    for (k, model) in (0..).zip(models) {
        let mut stream = Stream::new(context.seed, models[0].inputs().len() as u64, Purpose::Front, k);
        let drawn = model.sample(points, DRAWS, &mut stream, context.interrupted);
        let Some(drawn) = unless_interrupted(drawn)? else { return Ok(None) };
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
fn by_point(objectives: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let mut points: Vec<Vec<f64>> = Vec::new();
    for column in objectives {
        points.resize(column.len(), Vec::new());
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
