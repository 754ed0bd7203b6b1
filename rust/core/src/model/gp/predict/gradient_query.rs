//! Where a gradient is asked for.

/// Where a gradient is wanted, and with respect to what.
#[derive(Clone, Copy, Debug)]
pub struct GradientQuery<'a> {
    /// One entry per parameter, NaN where inactive.
    pub point: &'a [f64],
    /// Numeric, active parameters.
    pub coordinates: &'a [usize],
}
