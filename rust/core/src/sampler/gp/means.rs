//! What the model makes of the trials themselves.

use super::surrogate::{self, Quantities};
use crate::sampler::Context;

/// Rows of feasible told trials and the posterior means of their warped loss, which order them as means in the unit of
/// the objective would: the noise is taken out as far as trials nearby tell it. `None` without a model.
pub(crate) fn posterior_means(context: &Context<'_>) -> Option<Vec<(usize, f64)>> {
    let mut quantities = Quantities::default();
    let surrogate = surrogate::build(&mut quantities, context).ok().flatten()?;
    let [objective] = surrogate.objectives.as_slice() else { return None };
    let fitted = objective.model.fitted();
    let told = surrogate.rows.iter().zip(&surrogate.feasible).zip(fitted);
    Some(told.filter(|((_, feasible), _)| **feasible).map(|((row, _), mean)| (*row, mean)).collect())
}
