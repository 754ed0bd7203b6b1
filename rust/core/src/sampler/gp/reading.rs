//! What the model makes of the trials themselves.

use super::noise;
use super::surrogate::{self, Quantities};
use crate::sampler::{Context, SuggestError};

/// What values that were told are worth.
#[derive(Clone, Debug)]
pub(crate) enum Reading {
    /// As much as they say: nobody told of noise, and the model finds none.
    Exact,
    /// Less, as they are noisy. Rows, ascending, and upper confidence bounds `m + s` of their warped loss, `m` and `s`
    /// its posterior mean and deviation. The noise is taken out as far as trials nearby tell it; of trials with equal
    /// means those are lower of which more is known. What is pending has no say. Trials of the worse half are left out:
    /// what was told of them speaks against them, whatever their neighbours say.
    Noisy(Vec<(usize, f64)>),
}

/// How a model of the single objective reads the eligible trials that it stands on; `None` without one.
pub(crate) fn reading(context: &Context<'_>) -> Result<Option<Reading>, SuggestError> {
    let mut quantities = Quantities::default();
    let Some(surrogate) = surrogate::build(&mut quantities, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    if !context.history.is_noisy() && !noise::is_in(objective.model) {
        return Ok(Some(Reading::Exact));
    }
    let mut told = objective.model.clone();
    told.truncate(surrogate.rows.len());
    let mut better: Vec<usize> = surrogate.ranked(context).into_iter().filter(|i| surrogate.feasible[*i]).collect();
    better.truncate(better.len().div_ceil(2));
    better.sort_unstable();
    let points: Vec<Vec<f64>> = better.iter().map(|i| told.inputs().point(*i)).collect();
    let upper = told.predict(&points).into_iter().map(|at| at.mean + at.variance.sqrt());
    Ok(Some(Reading::Noisy(better.iter().map(|i| surrogate.rows[*i]).zip(upper).collect())))
}
