//! The model of one suggestion.

use super::data::{self, MAX_EXACT, MAX_FIT, Rows};
use crate::model::gp::{GaussianProcess, Layout};
use crate::sampler::Context;

/// Hyperparameters from an earlier suggestion, with the trials they were fitted to. Dropping it costs a fit and changes nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    fitted: Option<(Key, Vec<f64>)>,
}

/// What a fit depends on: the trials, and for several objectives the weights that join them.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    rows: Vec<usize>,
    weights: Vec<f64>,
}

/// Everything an acquisition function asks.
pub(super) struct Surrogate {
    /// Told observations first, then pending ones.
    pub(super) model: Option<GaussianProcess>,
    /// Warped losses of the told observations.
    pub(super) losses: Vec<f64>,
    /// Rows of the told observations.
    pub(super) rows: Vec<usize>,
    /// Rows that failed.
    pub(super) failed: Vec<usize>,
}

/// The model for the trial that is asked for; `None` if nothing was told yet, or the covariance cannot be factored.
pub(super) fn build(state: &mut State, context: &Context<'_>) -> Option<Surrogate> {
    let all = Rows::of(context);
    let weights = if context.history.n_objectives() > 1 { data::weights(context) } else { Vec::new() };
    if all.good.is_empty() {
        let some = !all.failed.is_empty();
        return some.then_some(Surrogate { model: None, losses: Vec::new(), rows: Vec::new(), failed: all.failed });
    }
    let rows = data::reduced(context, &all.good, &data::losses(context, &all.good, &weights), MAX_EXACT);
    let losses = data::losses(context, &rows, &weights);
    let theta = hyperparameters(state, context, &all.good, weights)?;
    let noise = data::known_noise(context, &rows, &losses);
    let mut model = GaussianProcess::with(data::inputs(context, &rows), theta, &losses, &noise).ok()?;
    for row in &all.pending {
        // A point too close to another to be told apart from it adds nothing.
        let _ = model.append_pending(&data::point(context, &data::unit(context, *row)), 0.0);
    }
    Some(Surrogate { model: Some(model), losses, rows, failed: all.failed })
}

/// Hyperparameters fitted to the first trials of the history, as many as [`checkpoint`] says.
fn hyperparameters(state: &mut State, context: &Context<'_>, good: &[usize], weights: Vec<f64>) -> Option<Vec<f64>> {
    let first = &good[..checkpoint(good.len())];
    let rows = data::reduced(context, first, &data::losses(context, first, &weights), MAX_FIT);
    let key = Key { rows, weights };
    if let Some((known, theta)) = &state.fitted
        && *known == key
    {
        return Some(theta.clone());
    }
    let losses = data::losses(context, &key.rows, &key.weights);
    let noise = data::known_noise(context, &key.rows, &losses);
    let inputs = data::inputs(context, &key.rows);
    let theta = if losses.iter().all(|y| *y == 0.0) {
        Layout::new(inputs.conditional()).start()
    } else {
        GaussianProcess::fit(inputs, &losses, &noise, None).ok()?.theta().to_vec()
    };
    state.fitted = Some((key, theta.clone()));
    Some(theta)
}

/// Trials to fit to when `n` are there: all up to 64, then the largest of a series that grows by 4 % or by 8, whichever is less.
fn checkpoint(n: usize) -> usize {
    let mut at = n.min(64);
    loop {
        let next = at + at.div_ceil(25).min(8);
        if next > n {
            return at;
        }
        at = next;
    }
}
