//! The affine map from the natural scale to the unit interval.

use crate::numerics::ln;

/// `unit = (scale * t - origin) / width`; `scale` is below 1 where the width of the range would overflow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine {
    scale: f64,
    origin: f64,
    width: f64,
}

impl Affine {
    /// Maps `low` to 0 and `high` to 1. If both are equal, every number maps to 1/2.
    pub(super) fn new(low: f64, high: f64) -> Self {
        let scale = if (high - low).is_finite() { 1.0 } else { 0.5 };
        Self { scale, origin: scale * low, width: scale * high - scale * low }
    }

    pub(super) fn of_interval(low: f64, high: f64, log: bool) -> Self {
        if log { Self::new(ln(low), ln(high)) } else { Self::new(low, high) }
    }

    /// Level `k`, at `low + k * step`, maps to `(k + 1/2) / levels`.
    pub(super) fn of_cells(low: f64, step: f64, levels: f64) -> Self {
        let scale = if (step * levels).is_finite() { 1.0 } else { 0.25 };
        Self { scale, origin: scale * low - 0.5 * scale * step, width: scale * step * levels }
    }

    pub(super) fn unit(self, t: f64) -> f64 {
        if self.width == 0.0 { 0.5 } else { (self.scale * t - self.origin) / self.width }
    }

    /// The inverse of [`Self::unit`].
    pub(super) fn at(self, u: f64) -> f64 {
        (self.origin + self.width * u) / self.scale
    }

    pub(super) fn length(self, length: f64) -> f64 {
        self.scale * length / self.width
    }
}
