//! The distribution of an unknown final value.

/// The final value of a trial as a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Mean.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
}
