//! A modelled quantity and its observations.

use crate::model::gp::{Inputs, Observations, Trend};
use crate::sampler::Context;

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
    pub(super) fn at<'a>(&'a self, inputs: &'a Inputs) -> Observations<'a> {
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
