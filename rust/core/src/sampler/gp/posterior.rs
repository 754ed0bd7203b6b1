//! The posterior of an objective in the unit of its values.
//!
//! The models describe warped losses. The warp is monotone, so quantiles and the order of two configurations need no
//! more than its inverse `v`. The difference of two values is `v(m_1) - v(m_2)`, with the means `m` of the losses. Its
//! standard error is the standard deviation `s` of the difference of the losses, times the mean slope of `v` between the
//! means, or over a distance of `s` around their middle if they are closer. With a separate slope at each mean, the
//! uncertainty that both losses share would count as uncertainty of their difference.

use super::hyperparameter_cache::HyperparameterCache;
use super::mixture::{Components, DrawnModels, Joint, variance_of_difference};
use super::surrogate::{self, ObjectiveModel};
use super::training_data::{self, Compression};
use crate::model::output_warp::Unwarp;
use crate::numerics::normal::ndtr;
use crate::sampler::{Context, SuggestError};
use crate::space::Configuration;

/// The models of an objective, and the way back from warped losses to values.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    pub(super) models: DrawnModels,
    to_value: ToValue,
}

/// The map from warped losses of an objective to its values.
#[derive(Clone, Debug)]
pub(super) struct ToValue {
    unwarp: Unwarp,
    compression: Option<Compression>,
}

/// By how much a configuration is better than another one, in the unit of the objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// The difference; positive if the first is better.
    pub value: f64,
    /// Its standard error.
    pub sem: f64,
    /// The probability that it is positive.
    pub probability: f64,
}

impl ToValue {
    pub(super) fn new(context: &Context<'_>, objective: &ObjectiveModel<'_>) -> Self {
        let compression = training_data::compression(context, &objective.rows, objective.index);
        Self { unwarp: objective.unwarp(context), compression }
    }

    pub(super) fn of(&self, loss: f64) -> f64 {
        let value = self.unwarp.of(loss);
        // The ends of an interval may lie beyond the largest float.
        self.compression.map_or(value, |compression| compression.restored(value)).clamp(-f64::MAX, f64::MAX)
    }

    /// Values per loss from one loss to a higher one.
    fn slope(&self, low: f64, high: f64) -> f64 {
        // Halved, so that no difference overflows.
        (self.of(high) / 2.0 - self.of(low) / 2.0) / (high / 2.0 - low / 2.0)
    }
}

impl Posterior {
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn new(objective: &ObjectiveModel<'_>, context: &Context<'_>) -> Result<Self, SuggestError> {
        Ok(Self { models: DrawnModels::of(objective, context)?, to_value: ToValue::new(context, objective) })
    }

    /// A statistic of the loss at each configuration, as a value; `None` if a covariance cannot be factored.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    fn values<T>(
        &self,
        context: &Context<'_>,
        configurations: &[Configuration],
        of: impl Fn(&Components, &ToValue) -> T,
    ) -> Result<Option<Vec<T>>, SuggestError> {
        let points: Vec<Vec<f64>> = configurations.iter().map(|c| context.point_of(c)).collect();
        let components = self.models.components(&points, context.interrupted)?;
        Ok(components.map(|all| all.iter().map(|at| of(at, &self.to_value)).collect()))
    }

    /// The value at the mean loss of each configuration.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(crate) fn means(
        &self,
        context: &Context<'_>,
        configurations: &[Configuration],
    ) -> Result<Option<Vec<f64>>, SuggestError> {
        self.values(context, configurations, |at, to_value| to_value.of(at.moments().mean))
    }

    /// The quantiles of each configuration below which these shares of the distribution lie.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn quantiles<const N: usize>(
        &self,
        context: &Context<'_>,
        configurations: &[Configuration],
        shares: [f64; N],
    ) -> Result<Option<Vec<[f64; N]>>, SuggestError> {
        self.values(context, configurations, |at, to_value| shares.map(|p| to_value.of(at.quantile(p))))
    }

    /// By how much the first configuration is better than the second; `None` if a covariance cannot be factored.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(crate) fn gain(&self, context: &Context<'_>, pair: [&Configuration; 2]) -> Result<Option<Gain>, SuggestError> {
        let joint = self.models.joint(&pair.map(|c| context.point_of(c)), context.interrupted)?;
        Ok(joint.map(|joint| self.gain_of(joint)))
    }

    fn gain_of(&self, joint: Joint) -> Gain {
        let [better, worse] = joint.means;
        let std = variance_of_difference(joint.covariance).max(f64::MIN_POSITIVE).sqrt();
        let (middle, reach) = (0.5 * (better + worse), 0.5 * (worse - better).abs().max(std));
        let slope = self.to_value.slope(middle - reach, middle + reach);
        let value = self.to_value.of(worse) - self.to_value.of(better);
        Gain { value, sem: std * slope, probability: ndtr((worse - better) / std) }
    }
}

/// The posterior of an objective. `None` without a model, and if all values are equal, which gives no scale for the width
/// of an interval.
///
/// # Errors
/// [`SuggestError::Interrupted`].
pub(crate) fn posterior(context: &Context<'_>, objective: usize) -> Result<Option<Posterior>, SuggestError> {
    posterior_if(context, objective, context.history.is_noisy())
}

/// By how much the first configuration is better than the second, in a search for one minimum. Known noise is taken as
/// told. A model without it may explain noise as a signal, and would then be sure of the luck of the first.
/// (Measured: `benches/results/model.md`.) `None` as for [`posterior`], and if a covariance cannot be factored.
///
/// # Errors
/// [`SuggestError::Interrupted`].
pub(crate) fn gain(context: &Context<'_>, pair: [&Configuration; 2]) -> Result<Option<Gain>, SuggestError> {
    let Some(posterior) = posterior_if(context, 0, false)? else { return Ok(None) };
    posterior.gain(context, pair)
}

fn posterior_if(
    context: &Context<'_>,
    objective: usize,
    may_be_wrong: bool,
) -> Result<Option<Posterior>, SuggestError> {
    let mut cache = HyperparameterCache::default();
    let modelled = surrogate::build_objective(&mut cache, context, objective, may_be_wrong)?;
    let Some(modelled) = modelled else { return Ok(None) };
    let values = training_data::values(context, &modelled.rows, objective);
    if values.iter().all(|value| *value == values[0]) {
        return Ok(None);
    }
    Posterior::new(&modelled, context).map(Some)
}
