//! What is fitted to a quantity.
//!
//! Standard errors that were told need not be the search's: the scores of a cross-validation scatter because one fold
//! is harder than another, and it is so in every trial. Where noise is known each link is therefore fitted twice,
//! beside it and as if none were, and the fit of the higher posterior density stands: values that agree with their
//! neighbours better than their standard errors allow speak against these, and where they are right they save the model
//! a noise of its own. (Measured: `benches/results/model.md`.)
//!
//! Where earlier searches give a prior mean, each link is fitted beside it and without it, and the likelier of the two
//! models stands.

use super::quantity::{Observed, Quantity};
use crate::model::gp::{Fit, FitError, Inputs, Start, Theta, maximum_a_posteriori, select_alternative};
use crate::sampler::SuggestError;
use crate::sampler::gp::subset_of_data::reduced;
use crate::sampler::gp::training_data;

/// Observations that hyperparameters are fitted to at most.
const MAX_FIT: usize = 256;

/// What was fitted to a quantity.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub(super) fit: Fit,
    /// The hyperparameters in use: of a few parameters, of a smooth function or with shears, where that was found; else
    /// of the fit.
    pub(super) theta: Theta,
    /// Whether its known noise is believed.
    pub(super) trusts_noise: bool,
    /// Whether it has the prior mean of the quantity.
    pub(super) follows_trend: bool,
}

/// What is fitted to `rows`, from `warm`, or from the default start where there is none or it is nothing but noise.
/// `None` where all values are equal, or nothing can be factored.
pub(super) fn fit(
    quantity: &Quantity<'_>,
    rows: &[usize],
    warm: Option<Fitted>,
) -> Result<Option<Fitted>, SuggestError> {
    let some = reduced(quantity.context, rows, MAX_FIT, quantity.priority);
    let (inputs, observed) = (training_data::inputs(quantity.context, &some), (quantity.observe)(&some));
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

/// What is fitted to some values, by themselves.
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

/// The fit to values whose known noise is believed or not; `None` if nothing can be factored.
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

/// What was found; `None` where nothing could be factored.
pub(in crate::sampler::gp) fn unless_interrupted<T>(result: Result<T, FitError>) -> Result<Option<T>, SuggestError> {
    match result {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(result) => Ok(Some(result)),
    }
}
