//! Affine maps to the unit interval, and the unit coordinate of a real interval.
//!
//! Linear: `u = (x - low) / (high - low)`. Logarithmic: `u = ln(x / low) / ln(high / low)`. Over a wide range this is
//! computed as a difference of logarithms, which keeps the relative error of `x` below `750 * 2^-52`; `low * e^t` would
//! overflow. Over a narrow range (`high <= 2 low`) that difference cancels, completely for a range one part in 10^13
//! wide. There `ln1p((x - low) / low)` is used instead, with a relative error of a few units in the last place; its
//! inverse uses `expm1`.

use libm::{expm1, log1p};

use crate::numerics::{exp, ln};

/// An affine map from the natural scale: `unit = (scale * t - origin) / width`; `scale` is below 1 where the width of the
/// range would overflow.
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

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Interval {
    low: f64,
    high: f64,
    scale: Scale,
}

#[derive(Clone, Debug, PartialEq)]
enum Scale {
    Linear(Affine),
    /// `u` is affine in `ln x`.
    Log(Affine),
    /// `u = ln1p((x - low) / low) / width`.
    NarrowLog {
        width: f64,
    },
}

impl Interval {
    pub(super) fn new(low: f64, high: f64, log: bool) -> Self {
        let scale = match log {
            false => Scale::Linear(Affine::new(low, high)),
            true if high / low <= 2.0 => Scale::NarrowLog { width: log1p((high - low) / low) },
            true => Scale::Log(Affine::new(ln(low), ln(high))),
        };
        Self { low, high, scale }
    }

    pub(super) fn unit(&self, x: f64) -> f64 {
        let u = match self.scale {
            _ if self.low == self.high => 0.5,
            Scale::Linear(map) => map.unit(x),
            Scale::Log(map) => map.unit(ln(x)),
            Scale::NarrowLog { width } => log1p((x - self.low) / self.low) / width,
        };
        u.clamp(0.0, 1.0)
    }

    /// The inverse of [`Self::unit`]. The ends are exact: 0 gives `low` and 1 gives `high`, whatever the rounding
    /// between them.
    pub(super) fn at(&self, u: f64) -> f64 {
        if u <= 0.0 {
            return self.low;
        }
        if u >= 1.0 {
            return self.high;
        }
        let x = match self.scale {
            Scale::Linear(map) => map.at(u),
            Scale::Log(map) => exp(map.at(u)),
            Scale::NarrowLog { width } => self.low.mul_add(expm1(u * width), self.low),
        };
        x.clamp(self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_log_scale_is_the_geometric_mean() {
        for (low, high) in [(1.0, 1.5), (2.0, 4.0), (1e-3, 1e3), (1e-300, 1e300)] {
            let (interval, middle) = (Interval::new(low, high, true), libm::sqrt(low) * libm::sqrt(high));
            assert!((interval.at(0.5) / middle - 1.0).abs() < 1e-12, "{low} {high}");
            assert!((interval.unit(middle) - 0.5).abs() < 1e-14, "{low} {high}");
        }
    }

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
