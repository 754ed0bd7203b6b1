//! The Pareto front of noisy values.
//!
//! The front of noisy values consists of trials that were lucky in some objective. The posterior medians give a better
//! one. Whether a trial belongs to it remains uncertain: its probability is the share of joint draws of the noise-free
//! objectives in which no other trial dominates it. The draws come from 16 draws of the hyperparameters, so the standard
//! error of a share near one half is up to 0.1 (measured: `benches/results/model.md`). The warp is monotone, so dominance
//! is the same before and after it.

use super::mixture::{Components, DrawnModels};
use super::noise::{is_noisy_on_front, told_noise};
use super::surrogate::{self, ObjectiveModel, Surrogate};
use crate::numerics::{Purpose, Stream};
use crate::pareto::dominance::{self, DRAWS, front_shares};
use crate::sampler::{Context, SuggestError};

/// A trial that is compared with the others.
#[derive(Clone, Debug)]
pub(crate) struct FrontPosterior {
    pub(crate) row: usize,
    /// The posterior median of every objective, in its own unit; the told value of one that was told to be exact.
    pub(crate) values: Vec<f64>,
    /// Half the distance between the values one standard deviation above and below the mean.
    pub(crate) stds: Vec<f64>,
    /// The probability that no other trial dominates this one.
    pub(crate) probability: f64,
    /// Whether no other trial dominates this one by posterior medians.
    pub(crate) is_on_front: bool,
}

/// The posterior medians of feasible trials and their front. Of trials with equal configurations, only the first
/// counts. Returns `None` without a model, and if no objective is noisy.
pub(crate) fn front_posterior(context: &Context<'_>) -> Result<Option<Vec<FrontPosterior>>, SuggestError> {
    let mut models = Vec::new();
    let Some(surrogate) = surrogate::build_objectives(&mut models, context)? else { return Ok(None) };
    let known = surrogate.objectives.iter().zip(0..).map(|(objective, k)| Known::of(context, &surrogate, objective, k));
    let known: Vec<Known<'_>> = known.collect::<Result<_, _>>()?;
    if !known.iter().any(|known| known.is_noisy(context, &surrogate)) {
        return Ok(None);
    }
    let observations = distinct(context, &surrogate);
    let mut columns = Vec::with_capacity(known.len());
    for known in &known {
        let Some(column) = known.column(context, &observations)? else { return Ok(None) };
        columns.push(column);
    }
    let on_front = dominance::front(&by_point(columns.iter().map(|column| column.losses.clone())));
    let draw = |number: usize| by_point(columns.iter().map(|column| column.draws[number].clone()));
    let shares = front_shares(observations.len(), draw);
    let mut by_index: Vec<usize> = (0..known.len()).collect();
    by_index.sort_by_key(|k| known[*k].objective.index);
    let member = |i: usize| {
        let (values, stds) = by_index.iter().map(|k| columns[*k].estimates[i]).unzip();
        let row = surrogate.rows[observations[i]];
        FrontPosterior { row, values, stds, probability: shares[i], is_on_front: on_front.binary_search(&i).is_ok() }
    };
    Ok(Some((0..observations.len()).map(member).collect()))
}

/// What is known of an objective.
struct Known<'a> {
    objective: &'a ObjectiveModel<'a>,
    /// Tells the random numbers of objectives apart.
    attempt: u32,
    /// The posterior; absent if the objective was told to be exact. A model may miss noise. So if one objective is noisy,
    /// the others are estimated too, unless they were told to be exact.
    posterior: Option<DrawnModels>,
}

/// An objective at the trials that are compared.
struct ObjectiveDraws {
    /// Posterior medians of the warped losses.
    losses: Vec<f64>,
    /// Joint draws of the warped losses.
    draws: Vec<Vec<f64>>,
    /// Values and their standard deviations, in the unit of the objective.
    estimates: Vec<(f64, f64)>,
}

impl<'a> Known<'a> {
    fn of(
        context: &Context<'_>,
        surrogate: &Surrogate<'_>,
        objective: &'a ObjectiveModel<'a>,
        attempt: u32,
    ) -> Result<Self, SuggestError> {
        let is_exact = told_noise(context, &surrogate.rows, objective.index) == Some(false);
        let posterior = if is_exact { None } else { Some(DrawnModels::of(objective, context)?) };
        Ok(Self { objective, attempt, posterior })
    }

    fn is_noisy(&self, context: &Context<'_>, surrogate: &Surrogate<'_>) -> bool {
        let posterior = self.posterior.as_ref();
        posterior.is_some_and(|posterior| is_noisy_on_front(context, surrogate, self.objective, posterior))
    }

    /// The objective at some observations; `None` if a covariance cannot be factored.
    fn column(&self, context: &Context<'_>, observations: &[usize]) -> Result<Option<ObjectiveDraws>, SuggestError> {
        let Self { objective, attempt, posterior } = self;
        let Some(posterior) = posterior else { return Ok(Some(self.told(context, observations))) };
        let points: Vec<Vec<f64>> = observations.iter().map(|i| posterior.point(*i)).collect();
        let Some(components) = posterior.components(&points, context.interrupted)? else { return Ok(None) };
        let quantiles: Vec<[f64; 3]> = components.iter().map(Components::median_and_deviations).collect();
        let mut stream = Stream::new(context.seed, points.len() as u64, Purpose::Front, *attempt);
        let Some(draws) = posterior.sample(&points, DRAWS, &mut stream, context.interrupted)? else { return Ok(None) };
        let unwarp = objective.unwarp(context);
        let estimate = |at: &[f64; 3]| {
            let [median, low, high] = at.map(|loss| unwarp.of(loss));
            (median, (high - low) / 2.0)
        };
        let estimates = quantiles.iter().map(estimate).collect();
        Ok(Some(ObjectiveDraws { losses: quantiles.iter().map(|at| at[0]).collect(), draws, estimates }))
    }

    /// The told values, which all draws share.
    fn told(&self, context: &Context<'_>, observations: &[usize]) -> ObjectiveDraws {
        let ObjectiveModel { index, rows, losses, .. } = self.objective;
        let values = context.history.values(*index);
        let losses: Vec<f64> = observations.iter().map(|i| losses[*i]).collect();
        let estimates = observations.iter().map(|i| (values[rows[*i]], 0.0)).collect();
        ObjectiveDraws { draws: vec![losses.clone(); DRAWS], losses, estimates }
    }
}

/// The feasible observations with different configurations.
fn distinct(context: &Context<'_>, surrogate: &Surrogate<'_>) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    let mut is_new = |i: &usize| seen.insert(context.history.first_row_like(context.space, surrogate.rows[*i]));
    (0..surrogate.rows.len()).filter(|i| surrogate.feasible[*i] && is_new(i)).collect()
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
