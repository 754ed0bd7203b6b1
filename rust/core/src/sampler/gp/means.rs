//! What the model makes of the trials themselves.

use super::data;
use super::noise;
use super::surrogate::{self, Quantities};
use crate::sampler::{Context, SuggestError};

/// What the model expects of the feasible told trials.
#[derive(Clone, Debug)]
pub(crate) struct Expectations {
    /// Rows and upper confidence bounds `m + s` of their warped loss, `m` and `s` its posterior mean and deviation. The
    /// noise is taken out as far as trials nearby tell it; of trials with equal means those are lower of which more is
    /// known.
    pub(crate) bounds: Vec<(usize, f64)>,
    /// Whether the model finds noise in their values.
    pub(crate) are_noisy: bool,
}

/// What the model of a single objective expects of the trials; `None` without a model.
pub(crate) fn expectations(context: &Context<'_>) -> Result<Option<Expectations>, SuggestError> {
    let mut quantities = Quantities::default();
    let Some(surrogate) = surrogate::build(&mut quantities, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    let told = surrogate.rows.iter().zip(&surrogate.feasible);
    let feasible: Vec<usize> = told.filter(|(_, feasible)| **feasible).map(|(row, _)| *row).collect();
    let points: Vec<Vec<f64>> = feasible.iter().map(|row| data::point(context, &data::unit(context, *row))).collect();
    let predicted = objective.model.predict(&points);
    let bounds = feasible.into_iter().zip(predicted).map(|(row, p)| (row, p.mean + p.variance.sqrt())).collect();
    Ok(Some(Expectations { bounds, are_noisy: noise::is_in(objective.model) }))
}
