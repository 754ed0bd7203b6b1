//! The prior mean of a function, and the points at which gradients are computed.

use std::fmt::Debug;

/// A point and the coordinates with respect to which a gradient is computed there.
#[derive(Clone, Copy, Debug)]
pub struct GradientQuery<'a> {
    /// One entry per parameter, NaN where inactive.
    pub point: &'a [f64],
    /// Indices of numeric, active parameters.
    pub coordinates: &'a [usize],
}

/// A prior mean `m`: `f ~ GP(m, k)` (Rasmussen and Williams 2006, section 2.7). The process models `y - m`, and `m` is
/// added to its posterior mean. Variances do not depend on `m`.
pub trait PriorMean: Debug + Send + Sync {
    /// `m(x)`.
    fn at(&self, point: &[f64]) -> f64;

    /// `m(x)` and its gradient with respect to numeric, active coordinates.
    fn with_gradient(&self, query: GradientQuery<'_>) -> (f64, Vec<f64>);
}
