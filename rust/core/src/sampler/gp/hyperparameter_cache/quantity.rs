//! A quantity that is modelled, and what was observed of it.

use crate::model::gp::{Inputs, Observations, Trend};
use crate::sampler::Context;

/// The values of a quantity at some trials, about zero mean and unit variance, with the known part of their noise
/// variance.
#[derive(Clone)]
pub(in crate::sampler::gp) struct Observed {
    pub(in crate::sampler::gp) values: Vec<f64>,
    pub(in crate::sampler::gp) noise: Vec<f64>,
}

impl Observed {
    /// Values of whose noise nothing is known.
    pub(in crate::sampler::gp) fn of(values: Vec<f64>) -> Self {
        Self { noise: vec![0.0; values.len()], values }
    }

    /// The values as observations of a model at these inputs.
    pub(super) fn at<'a>(&'a self, inputs: &'a Inputs) -> Observations<'a> {
        Observations { inputs, y: &self.values, known_noise: &self.noise }
    }

    /// The same, without the known noise unless it is believed.
    pub(super) fn with_known_noise_if(self, trusts_noise: bool) -> Self {
        if trusts_noise { self } else { Self::of(self.values) }
    }
}

/// A quantity that is modelled: what was observed of it at some rows of the history, as a function of those rows alone.
pub(in crate::sampler::gp) struct Quantity<'a> {
    pub(in crate::sampler::gp) context: &'a Context<'a>,
    /// Whether it is a loss: its valleys may lie askew, and few parameters or a smooth function may explain it. A
    /// failure says as much of its neighbourhood as others, and of a constraint no more is asked than where it holds.
    pub(in crate::sampler::gp) is_loss: bool,
    /// Whether known noise may be wrong: standard errors that were told may, those of estimates are the search's own.
    pub(in crate::sampler::gp) may_be_wrong: bool,
    pub(in crate::sampler::gp) observe: &'a dyn Fn(&[usize]) -> Observed,
    /// The prior mean of the model on some rows, which may follow from what was observed there.
    pub(in crate::sampler::gp) trend: &'a dyn Fn(&[usize]) -> Option<Trend>,
    /// Where there are more rows than a fit takes, those with the lowest of these and their neighbours are kept.
    pub(in crate::sampler::gp) priority: &'a dyn Fn(&[usize]) -> Vec<f64>,
}
