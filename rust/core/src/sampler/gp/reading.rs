//! Assessment of observed values by the model.

use super::noise;
use super::surrogate::{self, ModelCaches, Objective, Surrogate};
use super::training_data;
use crate::model::gp::Prediction;
use crate::sampler::{Context, SuggestError};

/// How observed values are to be interpreted.
#[derive(Clone, Debug)]
pub(crate) enum Reading {
    /// As exact: no noise was reported, and the model finds either no significant noise or noise that the values
    /// contradict.
    Exact,
    /// As noisy.
    Noisy(Noisy),
}

/// Posterior of noisy trials, in the unit of the warped losses and informed by neighbouring trials. Pending trials are
/// ignored. Trials of the worse half are left out: their own values count against them, even if their neighbours are
/// good.
#[derive(Clone, Debug)]
pub(crate) struct Noisy {
    /// In increasing order of rows.
    pub(crate) trials: Vec<TrialPosterior>,
    /// Standard deviation of the noise of one value.
    pub(crate) noise_std: f64,
    /// Warped units per unit of value in the better half.
    pub(crate) scale: f64,
}

/// The posterior of one trial.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrialPosterior {
    pub(crate) row: usize,
    pub(crate) mean: f64,
    pub(crate) std: f64,
}

impl Noisy {
    /// Rows by increasing upper confidence bounds `m + s`. Of trials with equal means, those with less uncertainty come
    /// first.
    pub(crate) fn ranking(&self) -> Vec<usize> {
        let mut trials: Vec<&TrialPosterior> = self.trials.iter().collect();
        trials.sort_by(|a, b| (a.mean + a.std).total_cmp(&(b.mean + b.std)));
        trials.into_iter().map(|trial| trial.row).collect()
    }
}

/// Assesses the feasible observations of the model of the single objective; `None` without a model or with several
/// objectives.
pub(crate) fn reading(context: &Context<'_>) -> Result<Option<Reading>, SuggestError> {
    let mut models = ModelCaches::default();
    let Some(surrogate) = surrogate::build(&mut models, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    if !is_noisy(context, &surrogate, objective) {
        return Ok(Some(Reading::Exact));
    }
    let scale = training_data::slope(context, &surrogate.rows, 0, &objective.losses);
    let mut model = objective.model.clone();
    model.truncate(surrogate.rows.len());
    let mut better: Vec<usize> = surrogate.ranked(context).into_iter().filter(|i| surrogate.feasible[*i]).collect();
    better.truncate(better.len().div_ceil(2));
    better.sort_unstable();
    let points: Vec<Vec<f64>> = better.iter().map(|i| model.inputs().point(*i)).collect();
    let posterior = |(i, at): (&usize, Prediction)| TrialPosterior {
        row: surrogate.rows[*i],
        mean: at.mean,
        std: at.variance.sqrt(),
    };
    let trials = better.iter().zip(model.predict(&points)).map(posterior).collect();
    Ok(Some(Reading::Noisy(Noisy { trials, noise_std: model.noise_variance().sqrt(), scale })))
}

/// Whether the values of an objective are noisy: noise was told, or the model finds some that the values do not
/// contradict.
pub(super) fn is_noisy(context: &Context<'_>, surrogate: &Surrogate<'_>, objective: &Objective<'_>) -> bool {
    context.history.is_noisy()
        || (noise::is_significant(objective.model) && !is_contradicted(context, surrogate, objective))
}

/// Whether the feasible values of an objective are closer together than the noise that its model finds allows.
fn is_contradicted(context: &Context<'_>, surrogate: &Surrogate<'_>, objective: &Objective<'_>) -> bool {
    let Objective { index, rows, losses, .. } = objective;
    let slope = training_data::slope(context, rows, *index, losses);
    let values = training_data::values(context, rows, *index).into_iter();
    let feasible = values.zip(&surrogate.feasible).filter(|(_, feasible)| **feasible).map(|(value, _)| value);
    noise::is_contradicted(feasible.collect(), objective.model.noise_variance().sqrt() / slope)
}
