//! What the model makes of the trials themselves.

use super::noise;
use super::surrogate::{self, Quantities};
use crate::sampler::{Context, SuggestError};

/// What the model expects of the eligible trials that it stands on.
#[derive(Clone, Debug)]
pub(crate) struct Expectations {
    /// Rows, ascending, and upper confidence bounds `m + s` of their warped loss, `m` and `s` its posterior mean and
    /// deviation. The noise is taken out as far as trials nearby tell it; of trials with equal means those are lower of
    /// which more is known. What is pending has no say. Trials of the worse half are left out: what was told of them
    /// speaks against them, whatever their neighbours say.
    pub(crate) upper_bounds: Vec<(usize, f64)>,
    /// Whether the model finds noise in their values.
    pub(crate) are_noisy: bool,
}

/// What the model of a single objective expects of the trials; `None` without a model.
pub(crate) fn expectations(context: &Context<'_>) -> Result<Option<Expectations>, SuggestError> {
    let mut quantities = Quantities::default();
    let Some(surrogate) = surrogate::build(&mut quantities, context)? else { return Ok(None) };
    let [objective] = surrogate.objectives.as_slice() else { return Ok(None) };
    let mut told = objective.model.clone();
    told.truncate(surrogate.rows.len());
    let mut better: Vec<usize> = surrogate.ranked(context).into_iter().filter(|i| surrogate.feasible[*i]).collect();
    better.truncate(better.len().div_ceil(2));
    better.sort_unstable();
    let points: Vec<Vec<f64>> = better.iter().map(|i| told.inputs().point(*i)).collect();
    let upper = told.predict(&points).into_iter().map(|at| at.mean + at.variance.sqrt());
    Ok(Some(Expectations {
        upper_bounds: better.iter().map(|i| surrogate.rows[*i]).zip(upper).collect(),
        are_noisy: noise::is_in(&told),
    }))
}
