//! How noisy the model finds the losses.

use super::surrogate::{self, State};
use crate::sampler::{Context, SuggestError};

/// Share of the variance of the first objective's values that is noise, told errors included; 0 without a model.
pub(in crate::sampler) fn share(context: &Context<'_>, scratch: &mut Option<State>) -> Result<f64, SuggestError> {
    let state = scratch.get_or_insert_default();
    let surrogate = surrogate::build(&mut state.quantities, context)?;
    let Some(objective) = surrogate.as_ref().and_then(|s| s.objectives.first()) else { return Ok(0.0) };
    let (hyper, known) = (objective.model.hyperparameters(), objective.model.known_noise());
    let noise = hyper.noise + known.iter().sum::<f64>() / known.len() as f64;
    Ok(noise / (noise + hyper.s2))
}
