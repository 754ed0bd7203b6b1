//! The fit to a quantity.
//!
//! Reported standard errors need not describe the noise of the search. For example, the scores of a cross-validation
//! scatter because some folds are harder than others, but they are equally hard in every trial. If noise is known, each
//! link is therefore fitted twice, with the known noise and without, and the fit of the higher posterior density is
//! used. Values that agree with their neighbours better than their standard errors allow are evidence against the
//! latter; correct standard errors explain the scatter without an additional fitted noise. (Measured:
//! `benches/results/model.md`.)
//!
//! If earlier searches provide a prior mean, each link is fitted with it and without, and the more probable model is
//! used.

use super::quantity::{Observed, Quantity};
use crate::model::gp::{Fit, FitError, Inputs, Start, Theta, maximum_a_posteriori, select_alternative};
use crate::sampler::SuggestError;
use crate::sampler::gp::subset_of_data::reduced;

/// Largest number of observations that hyperparameters are fitted to.
const MAX_FIT: usize = 256;

/// The result of a fit.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub(super) fit: Fit,
    /// The selected hyperparameters: those of an alternative if one was accepted, else those of the fit.
    pub(super) theta: Theta,
    /// Whether the known noise is used.
    pub(super) trusts_noise: bool,
    /// Whether the prior mean of the quantity is used.
    pub(super) follows_trend: bool,
}

/// Fits a model to `rows`, starting from `warm`, or from the default start if that is absent or pure noise. Returns
/// `None` if all values are equal or no covariance can be factored.
pub(super) fn fit(
    quantity: &Quantity<'_>,
    rows: &[usize],
    warm: Option<Fitted>,
) -> Result<Option<Fitted>, SuggestError> {
    let some = reduced(quantity.context, rows, MAX_FIT, quantity.best_first);
    let (inputs, observed) = (quantity.context.inputs(&some), (quantity.observe)(&some));
    if observed.values.iter().all(|y| *y == 0.0) {
        return Ok(None);
    }
    let warm = warm.filter(|warm| !warm.fit.is_noise);
    let start = warm.map_or_else(|| Start::cold(&inputs), |warm| Start::warm(warm.fit, warm.theta));
    let plain = fitted(quantity, &inputs, &start, observed.clone())?;
    let Some(trend) = (quantity.trend)(&some) else { return Ok(plain) };
    let residuals = Observed { values: trend.residuals(&inputs, &observed.values), ..observed };
    let with_trend = fitted(quantity, &inputs, &start, residuals)?;
    let log_posterior = |fitted: &Option<Fitted>| fitted.as_ref().map(|fitted| fitted.fit.log_posterior);
    if log_posterior(&with_trend) > log_posterior(&plain) {
        return Ok(with_trend.map(|fitted| Fitted { follows_trend: true, ..fitted }));
    }
    Ok(plain)
}

/// Fits a model to the given values, without a prior mean.
fn fitted(
    quantity: &Quantity<'_>,
    inputs: &Inputs,
    start: &Start,
    observed: Observed,
) -> Result<Option<Fitted>, SuggestError> {
    let is_noise_known = observed.noise.iter().any(|noise| *noise > 0.0);
    let with_known_noise = fit_with_known_noise_if(true, quantity, inputs, start, observed.clone())?;
    let without_known_noise = if is_noise_known && quantity.may_be_wrong {
        fit_with_known_noise_if(false, quantity, inputs, start, observed.clone())?
    } else {
        None
    };
    let log_posterior = |fit: &Option<Fit>| fit.as_ref().map(|fit| fit.log_posterior);
    let is_doubted = log_posterior(&without_known_noise) > log_posterior(&with_known_noise);
    let trusts_noise = !is_doubted;
    let Some(fit) = (if trusts_noise { with_known_noise } else { without_known_noise }) else { return Ok(None) };
    if !quantity.is_loss {
        return Ok(Some(Fitted { theta: fit.theta.clone(), fit, trusts_noise, follows_trend: false }));
    }
    let observed = observed.with_known_noise_if(trusts_noise);
    let best = select_alternative(&fit, observed.at(inputs), start, quantity.context.interrupted);
    let theta = unless_interrupted(best)?.unwrap_or_else(|| fit.theta.clone());
    Ok(Some(Fitted { fit, theta, trusts_noise, follows_trend: false }))
}

/// The fit with or without the known noise; `None` if no covariance can be factored.
fn fit_with_known_noise_if(
    trusts_noise: bool,
    quantity: &Quantity<'_>,
    inputs: &Inputs,
    start: &Start,
    observed: Observed,
) -> Result<Option<Fit>, SuggestError> {
    let observed = observed.with_known_noise_if(trusts_noise);
    unless_interrupted(maximum_a_posteriori(observed.at(inputs), start, quantity.context.interrupted))
}

/// Converts the errors of a fit: `None` if no covariance could be factored.
pub(in crate::sampler::gp) fn unless_interrupted<T>(result: Result<T, FitError>) -> Result<Option<T>, SuggestError> {
    match result {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(result) => Ok(Some(result)),
    }
}
