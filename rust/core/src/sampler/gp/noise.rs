//! Whether the model finds the losses noisy.

use super::surrogate::{self, State};
use crate::model::gp::GaussianProcess;
use crate::sampler::{Context, SuggestError};

/// Share of the variance of the losses beyond which noise counts (measured: `benches/results/auto.md`).
const COUNTS: f64 = 0.05;
/// Share beyond which the best value told is luck more than merit (measured: `benches/results/auto.md`).
const PREVAILS: f64 = 0.5;

/// Whether there is noise that counts in the first objective's values; not without a model.
pub(in crate::sampler) fn is_found(context: &Context<'_>, scratch: &mut Option<State>) -> Result<bool, SuggestError> {
    if context.space.parameters().is_empty() {
        return Ok(false);
    }
    let state = scratch.get_or_insert_default();
    let surrogate = surrogate::build(&mut state.quantities, context)?;
    let first = surrogate.as_ref().and_then(|surrogate| surrogate.objectives.first());
    Ok(first.is_some_and(|objective| is_in(objective.model)))
}

/// Whether a model finds noise that counts in what it was fitted to.
pub(super) fn is_in(model: &GaussianProcess) -> bool {
    model.noise_share() > COUNTS
}

/// Whether most of the variance that a model was fitted to is noise.
pub(super) fn prevails(model: &GaussianProcess) -> bool {
    model.noise_share() > PREVAILS
}
