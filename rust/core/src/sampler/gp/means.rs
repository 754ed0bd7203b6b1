//! What the model makes of the trials themselves.

use super::noise;
use super::surrogate::{self, Quantities};
use crate::sampler::{Context, SuggestError};

/// What the model expects of the feasible told trials.
#[derive(Clone, Debug)]
pub(crate) struct Expectations {
    /// Rows and posterior means of their warped loss, which order them as means in the unit of the objective would: the
    /// noise is taken out as far as trials nearby tell it.
    pub(crate) means: Vec<(usize, f64)>,
    /// Whether the model finds noise in their values.
    pub(crate) are_noisy: bool,
}

/// What the model of a single objective expects of the trials; `None` without a model.
pub(crate) fn expectations(context: &Context<'_>) -> Result<Option<Expectations>, SuggestError> {
    let mut quantities = Quantities::default();
    let Some(surrogate) = surrogate::build(&mut quantities, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    let told = surrogate.rows.iter().zip(&surrogate.feasible).zip(objective.model.fitted());
    let means = told.filter(|((_, feasible), _)| **feasible).map(|((row, _), mean)| (*row, mean)).collect();
    Ok(Some(Expectations { means, are_noisy: noise::is_in(objective.model) }))
}
