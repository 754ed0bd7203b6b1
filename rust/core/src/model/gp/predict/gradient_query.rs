//! A point at which a gradient is computed.

/// A point and the coordinates with respect to which a gradient is computed there.
#[derive(Clone, Copy, Debug)]
pub struct GradientQuery<'a> {
    /// One entry per parameter, NaN where inactive.
    pub point: &'a [f64],
    /// Indices of numeric, active parameters.
    pub coordinates: &'a [usize],
}
