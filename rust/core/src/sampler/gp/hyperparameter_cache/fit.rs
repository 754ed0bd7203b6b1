//! A modelled quantity, and the fit to it.

use crate::model::gp::{Assumptions, FitError, Observations, Selection, Start, Trend, select};
use crate::sampler::gp::subset_of_data::reduced;
use crate::sampler::{Context, SuggestError};

/// Largest number of observations that hyperparameters are fitted to. (Times: `benches/results/speed.md`.)
const MAX_FIT: usize = 256;

/// The values of a quantity at some trials, with approximately zero mean and unit variance, and their known noise
/// variances.
#[derive(Clone)]
pub(in crate::sampler::gp) struct Observed {
    pub(in crate::sampler::gp) values: Vec<f64>,
    pub(in crate::sampler::gp) noise: Vec<f64>,
}

impl Observed {
    /// Values with unknown noise.
    pub(in crate::sampler::gp) fn of(values: Vec<f64>) -> Self {
        Self { noise: vec![0.0; values.len()], values }
    }

    /// The same values; the known noise is dropped unless `trusts_noise`.
    pub(super) fn with_known_noise_if(self, trusts_noise: bool) -> Self {
        if trusts_noise { self } else { Self::of(self.values) }
    }
}

/// A modelled quantity. Its observations are a function of the given rows of the history alone.
pub(in crate::sampler::gp) struct Quantity<'a> {
    pub(in crate::sampler::gp) context: &'a Context<'a>,
    /// Whether the quantity is a loss. Alternatives (sparse, smooth or sheared models) are tried for losses only;
    /// constraints and failures need less accurate models.
    pub(in crate::sampler::gp) is_loss: bool,
    /// Whether known noise may be wrong. Reported standard errors may be; those of the search's own estimates are not.
    pub(in crate::sampler::gp) may_be_wrong: bool,
    /// Trials, in increasing order, that have told this quantity but still lack others. Their observations change once
    /// they are complete.
    pub(in crate::sampler::gp) partly_known: &'a [usize],
    /// The values of a constraint that the given rows told. They are keys of the cache, because a pending trial may
    /// tell a constraint anew. Empty for losses, whose caches are dropped in that case, and for failures.
    pub(in crate::sampler::gp) told: &'a dyn Fn(&[usize]) -> Vec<f64>,
    pub(in crate::sampler::gp) observe: &'a dyn Fn(&[usize]) -> Observed,
    /// The prior mean of the model on the given rows; it may depend on the observations there.
    pub(in crate::sampler::gp) trend: &'a dyn Fn(&[usize]) -> Option<Trend>,
    /// Indices of rows from the best to the worst. If there are more rows than a fit uses, the best and their neighbours
    /// are kept.
    pub(in crate::sampler::gp) best_first: &'a dyn Fn(&[usize]) -> Vec<usize>,
}

impl<'a> Quantity<'a> {
    /// A quantity that is no loss: a constraint, or the failures.
    pub(in crate::sampler::gp) fn other(
        context: &'a Context<'a>,
        observe: &'a dyn Fn(&[usize]) -> Observed,
        best_first: &'a dyn Fn(&[usize]) -> Vec<usize>,
    ) -> Self {
        let (is_loss, may_be_wrong, partly_known): (bool, bool, &[usize]) = (false, false, &[]);
        let told = &|_: &[usize]| Vec::new();
        Self { context, is_loss, may_be_wrong, partly_known, told, observe, trend: &|_| None, best_first }
    }
}

/// Fits a model to `rows`, starting from `warm`, or from the default start if that is absent or pure noise. Returns
/// `None` if all values are equal or no covariance can be factored.
pub(super) fn fit(
    quantity: &Quantity<'_>,
    rows: &[usize],
    warm: Option<Selection>,
) -> Result<Option<Selection>, SuggestError> {
    let some = reduced(quantity.context, rows, MAX_FIT, quantity.best_first);
    let (inputs, observed) = (quantity.context.inputs(&some), (quantity.observe)(&some));
    if observed.values.iter().all(|y| *y == 0.0) {
        return Ok(None);
    }
    let warm = warm.and_then(|Selection { usual, theta, .. }| Some(Start::warm(usual?, theta)));
    let start = warm.unwrap_or_else(|| Start::cold(&inputs));
    let data = Observations { inputs: &inputs, y: &observed.values, known_noise: &observed.noise };
    let trend = (quantity.trend)(&some);
    let assumptions = Assumptions { data, may_be_wrong: quantity.may_be_wrong, trend: trend.as_ref() };
    let selected = select(&assumptions, &start, quantity.is_loss, quantity.context.interrupted);
    Ok(unless_interrupted(selected)?.flatten())
}

/// Converts the errors of a fit: `None` if no covariance could be factored.
pub(in crate::sampler::gp) fn unless_interrupted<T>(result: Result<T, FitError>) -> Result<Option<T>, SuggestError> {
    match result {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(result) => Ok(Some(result)),
    }
}
