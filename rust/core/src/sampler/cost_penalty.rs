//! The cost penalty of one ask; [`super::cost`] determines its size.

use crate::model::LogCost;

/// The penalty `a ln c(x)`, which is subtracted from an acquisition function.
#[derive(Clone, Debug)]
pub struct CostPenalty {
    model: LogCost,
    /// `a`.
    exponent: f64,
}

impl CostPenalty {
    /// Returns `None` if the exponent is not positive.
    pub(super) fn new(model: LogCost, exponent: f64) -> Option<Self> {
        (exponent > 0.0).then_some(Self { model, exponent })
    }

    /// `a ln c(x)` at a point of the models, which has codes for choices and NaN where inactive.
    pub(super) fn at(&self, point: &[f64]) -> f64 {
        self.exponent * self.model.at(point)
    }

    /// The slope of the penalty along one number.
    pub(super) fn slope(&self, point: &[f64], parameter: usize) -> f64 {
        self.exponent * self.model.slope(point, parameter)
    }

    /// The contribution of one parameter to the penalty.
    pub(super) fn effect(&self, parameter: usize, value: f64) -> f64 {
        self.exponent * self.model.effect(parameter, value)
    }
}
