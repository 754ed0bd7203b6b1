//! How costs weigh in one ask; [`super::cost`] says by how much.

use crate::model::LogCost;

/// `a ln c(x)`, which is taken off an acquisition function.
#[derive(Clone, Debug)]
pub struct CostPenalty {
    model: LogCost,
    /// `a`.
    exponent: f64,
}

impl CostPenalty {
    /// `None` where the exponent is not positive.
    pub(super) fn new(model: LogCost, exponent: f64) -> Option<Self> {
        (exponent > 0.0).then_some(Self { model, exponent })
    }

    /// `a ln c(x)` at a point of the models (codes for choices), NaN where inactive.
    pub(super) fn at(&self, point: &[f64]) -> f64 {
        self.exponent * self.model.at(point)
    }

    /// Its slope along one number.
    pub(super) fn slope(&self, point: &[f64], parameter: usize) -> f64 {
        self.exponent * self.model.slope(point, parameter)
    }

    /// What one parameter adds to it.
    pub(super) fn effect(&self, parameter: usize, value: f64) -> f64 {
        self.exponent * self.model.effect(parameter, value)
    }
}
