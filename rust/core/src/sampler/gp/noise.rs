//! How noisy the model finds the losses.

use super::surrogate::{self, State};
use crate::sampler::{Context, SuggestError};

/// Share of the variance of the first objective's values that is noise; 0 without a model.
pub(in crate::sampler) fn share(context: &Context<'_>, scratch: &mut Option<State>) -> Result<f64, SuggestError> {
    if context.space.parameters().is_empty() {
        return Ok(0.0);
    }
    let state = scratch.get_or_insert_default();
    let surrogate = surrogate::build(&mut state.quantities, context)?;
    let first = surrogate.as_ref().and_then(|surrogate| surrogate.objectives.first());
    Ok(first.map_or(0.0, |objective| objective.model.noise_share()))
}
