//! The model of one suggestion.

use super::data::{self, MAX_EXACT, MAX_LOCAL, Rows};
use super::memory::{Memory, Observed, Quantity};
use crate::model::gp::GaussianProcess;
use crate::sampler::{Context, SuggestError};

/// What the sampler remembers of earlier suggestions. Dropping it costs fits and changes nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Weights that join several objectives: another combination is another quantity.
    weights: Vec<f64>,
    loss: Memory,
}

/// Everything an acquisition function asks.
pub(super) struct Surrogate<'a> {
    /// Told observations first, then pending ones.
    pub(super) model: Option<&'a GaussianProcess>,
    /// Warped losses of the told observations.
    pub(super) losses: Vec<f64>,
    /// Rows of the told observations.
    pub(super) rows: Vec<usize>,
    /// Rows that failed.
    pub(super) failed: Vec<usize>,
}

/// The model for the trial that is asked for; `None` if nothing was told yet, or the covariance cannot be factored.
pub(super) fn build<'a>(state: &'a mut State, context: &Context<'_>) -> Result<Option<Surrogate<'a>>, SuggestError> {
    let all = Rows::of(context);
    if all.good.is_empty() {
        let nothing = Surrogate { model: None, losses: Vec::new(), rows: Vec::new(), failed: all.failed };
        return Ok((!nothing.failed.is_empty()).then_some(nothing));
    }
    let weights = if context.history.n_objectives() > 1 { data::weights(context) } else { Vec::new() };
    if weights != state.weights {
        *state = State { weights, loss: Memory::default() };
    }
    let weights = &state.weights;
    let losses = |rows: &[usize]| data::losses(context, rows, weights);
    let observe = |rows: &[usize]| {
        let values = losses(rows);
        Observed { noise: data::known_noise(context, rows, &values), values }
    };
    let quantity = Quantity { context, observe: &observe };
    let theta = state.loss.hyperparameters(&quantity, &all.good)?;
    let limit = if all.good.len() <= MAX_EXACT { MAX_EXACT } else { MAX_LOCAL };
    let rows = data::reduced(context, &all.good, limit, losses);
    let model = state.loss.model(&quantity, theta, &rows, &all.pending);
    Ok(model.map(|model| Surrogate { model: Some(model), losses: losses(&rows), rows, failed: all.failed }))
}
