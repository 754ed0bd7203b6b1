//! The prior mean of a function.

use std::fmt::Debug;

use super::gradient_query::GradientQuery;

/// A prior mean `m`: `f ~ GP(m, k)` (Rasmussen and Williams 2006, section 2.7). The process models `y - m`, and `m` is
/// added to its posterior mean. Variances do not depend on `m`.
pub trait PriorMean: Debug + Send + Sync {
    /// `m(x)`.
    fn at(&self, point: &[f64]) -> f64;

    /// `m(x)` and its gradient with respect to numeric, active coordinates.
    fn with_gradient(&self, query: GradientQuery<'_>) -> (f64, Vec<f64>);
}
