//! How noisy the model finds the losses.

use super::surrogate::{self, Objective, State};
use crate::sampler::{Context, SuggestError};

/// Share of the variance of the first objective's values that is noise; 0 without a model.
pub(in crate::sampler) fn share(context: &Context<'_>, scratch: &mut Option<State>) -> Result<f64, SuggestError> {
    if context.space.parameters().is_empty() {
        return Ok(0.0);
    }
    let state = scratch.get_or_insert_default();
    let surrogate = surrogate::build(&mut state.quantities, context)?;
    Ok(surrogate.as_ref().and_then(|s| s.objectives.first()).map_or(0.0, Objective::noise_share))
}

impl Objective<'_> {
    /// Share of the variance that is noise, told errors included.
    pub(super) fn noise_share(&self) -> f64 {
        let (hyper, known) = (self.model.hyperparameters(), self.model.known_noise());
        let noise = hyper.noise + known.iter().sum::<f64>() / known.len() as f64;
        noise / (noise + hyper.s2)
    }
}
