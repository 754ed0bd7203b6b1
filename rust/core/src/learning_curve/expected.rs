//! What is expected of a value that is not known.

/// What a trial is expected to end with: a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Mean.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
}
