//! The unit coordinate of a real interval.
//!
//! Linear: `u = (x - low) / (high - low)`. Logarithmic: `u = ln(x / low) / ln(high / low)`. Over a wide range this is
//! computed as a difference of logarithms, which keeps the relative error of `x` below `750 * 2^-52`; `low * e^t` would
//! overflow. Over a narrow range (`high <= 2 low`) that difference cancels, completely for a range one part in 10^13
//! wide. There `ln1p((x - low) / low)` is used instead, with a relative error of a few units in the last place; its
//! inverse uses `expm1`.

use libm::{expm1, log1p};

use super::affine::Affine;
use crate::numerics::{exp, ln};

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
    use super::Interval;

    #[test]
    fn the_middle_of_a_log_scale_is_the_geometric_mean() {
        for (low, high) in [(1.0, 1.5), (2.0, 4.0), (1e-3, 1e3), (1e-300, 1e300)] {
            let (interval, middle) = (Interval::new(low, high, true), libm::sqrt(low) * libm::sqrt(high));
            assert!((interval.at(0.5) / middle - 1.0).abs() < 1e-12, "{low} {high}");
            assert!((interval.unit(middle) - 0.5).abs() < 1e-14, "{low} {high}");
        }
    }
}
