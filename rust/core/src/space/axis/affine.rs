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

#[cfg(test)]
mod tests {
    use super::Affine;

    #[test]
    fn ranges_whose_width_overflows_keep_their_proportions() {
        let map = Affine::new(-1.5e308, 1.5e308);
        assert_eq!([-1.5e308, 0.0, 1.5e308].map(|t| map.unit(t)), [0.0, 0.5, 1.0]);
        assert_eq!([0.0, 0.75, 1.0].map(|u| map.at(u)), [-1.5e308, 0.75e308, 1.5e308]);
        assert_eq!(map.length(0.75e308), 0.25);
    }

    /// Four levels at -1.2, -0.4, 0.4 and 1.2 times 1e308.
    #[test]
    fn cells_whose_width_overflows_have_equal_widths() {
        let map = Affine::of_cells(-1.2e308, 0.8e308, 4.0);
        for (level, unit) in [(-1.2e308, 0.125), (-0.4e308, 0.375), (0.4e308, 0.625), (1.2e308, 0.875)] {
            assert!((map.unit(level) - unit).abs() < 1e-15 && (map.at(unit) / level - 1.0).abs() < 1e-14, "{unit}");
        }
        let plain = Affine::of_cells(10.0, 2.0, 4.0);
        assert_eq!([10.0, 12.0, 14.0, 16.0].map(|t| plain.unit(t)), [0.125, 0.375, 0.625, 0.875]);
        assert_eq!((plain.at(0.375), plain.length(2.0)), (12.0, 0.25));
    }
}
