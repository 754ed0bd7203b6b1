//! A modelled quantity, and the fit to it: which assumptions about its observations are compared.
//!
//! Reported standard errors need not describe the noise of the search. For example, the scores of a cross-validation
//! scatter because some folds are harder than others, but they are equally hard in every trial. If noise is known, every
//! fit is therefore made with the known noise and without. Values that agree with their neighbours better than their
//! standard errors allow are evidence against these errors. Correct standard errors explain the scatter without an
//! additional fitted noise. (Measured: `benches/results/model.md`.)
//!
//! If earlier searches provide a prior mean, every fit is also made with it and without.

use crate::model::gp::{Fit, FitError, Inputs, Observations, Start, Theta, Trend, select};
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

    /// The values as observations of a model at these inputs.
    fn at<'a>(&'a self, inputs: &'a Inputs) -> Observations<'a> {
        Observations { inputs, y: &self.values, known_noise: &self.noise }
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
    /// Trials, in increasing order, that are observed although they lack other quantities. How these rows are observed
    /// changes when they are complete.
    pub(in crate::sampler::gp) partly_known: &'a [usize],
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
        Self { context, is_loss, may_be_wrong, partly_known, observe, trend: &|_| None, best_first }
    }
}

/// The result of a fit.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub(super) fit: Fit,
    /// The selected hyperparameters.
    pub(super) theta: Theta,
    /// Whether the known noise is used.
    pub(super) trusts_noise: bool,
    /// Whether the prior mean of the quantity is used.
    pub(super) follows_trend: bool,
}

/// The observations under one assumption about noise and trend.
struct Assumption {
    observed: Observed,
    trusts_noise: bool,
    follows_trend: bool,
}

/// Fits a model to `rows`, starting from `warm`, or from the default start if that is absent or pure noise. Returns
/// `None` if all values are equal or no covariance can be factored.
pub(super) fn fit(
    quantity: &Quantity<'_>,
    rows: &[usize],
    warm: Option<Fitted>,
) -> Result<Option<Fitted>, SuggestError> {
    let some = reduced(quantity.context, rows, MAX_FIT, quantity.best_first);
    let (inputs, observed) = (quantity.context.inputs(&some), (quantity.observe)(&some));
    if observed.values.iter().all(|y| *y == 0.0) {
        return Ok(None);
    }
    let warm = warm.filter(|warm| !warm.fit.is_noise);
    let start = warm.map_or_else(|| Start::cold(&inputs), |warm| Start::warm(warm.fit, warm.theta));
    let mut assumptions = assumptions(quantity, observed.clone(), false);
    if let Some(trend) = (quantity.trend)(&some) {
        let values = trend.residuals(&inputs, &observed.values);
        assumptions.extend(self::assumptions(quantity, Observed { values, ..observed }, true));
    }
    let data: Vec<Observations<'_>> = assumptions.iter().map(|assumption| assumption.observed.at(&inputs)).collect();
    let selected = select(&data, &start, quantity.is_loss, quantity.context.interrupted);
    Ok(unless_interrupted(selected)?.flatten().map(|selected| {
        let Assumption { trusts_noise, follows_trend, .. } = assumptions[selected.data];
        Fitted { fit: selected.fit, theta: selected.theta, trusts_noise, follows_trend }
    }))
}

/// The observations with their known noise and, if that is known but may be wrong, without.
fn assumptions(quantity: &Quantity<'_>, observed: Observed, follows_trend: bool) -> Vec<Assumption> {
    let is_noise_known = observed.noise.iter().any(|noise| *noise > 0.0);
    let doubted = (is_noise_known && quantity.may_be_wrong).then(|| observed.clone().with_known_noise_if(false));
    let told = Assumption { observed, trusts_noise: true, follows_trend };
    let untold = doubted.map(|observed| Assumption { observed, trusts_noise: false, follows_trend });
    std::iter::once(told).chain(untold).collect()
}

/// Converts the errors of a fit: `None` if no covariance could be factored.
pub(in crate::sampler::gp) fn unless_interrupted<T>(result: Result<T, FitError>) -> Result<Option<T>, SuggestError> {
    match result {
        Err(FitError::Interrupted) => Err(SuggestError::Interrupted),
        Err(FitError::NotPositiveDefinite) => Ok(None),
        Ok(result) => Ok(Some(result)),
    }
}
