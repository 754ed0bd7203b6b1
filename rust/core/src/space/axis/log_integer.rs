//! The unit coordinate of an integer with a logarithmic scale.

use super::interval::Affine;
use crate::numerics::{exp, ln};

/// `u` is affine in `ln v`, with `ln(low - 1/2)` at 0 and `ln(high + 1/2)` at 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LogInteger {
    low: i128,
    last: u64,
    map: Affine,
}

impl LogInteger {
    /// Level `k` is the integer `low + k`, `low > 0`.
    pub(super) fn new(low: i128, last: u64) -> Self {
        let high = low + i128::from(last);
        Self { low, last, map: Affine::new(ln(low as f64 - 0.5), ln(high as f64 + 0.5)) }
    }

    pub(super) fn natural(&self) -> Affine {
        self.map
    }

    pub(super) fn unit(&self, level: u64) -> f64 {
        self.map.unit(ln(self.value(level))).clamp(0.0, 1.0)
    }

    /// Rounds `e^t` to the nearest integer, which inverts both [`Self::unit`] and the bounds of [`Self::cell`]. The
    /// upper end is handled separately: near `2^64` one rounding error of `t` spans thousands of integers.
    pub(super) fn at(&self, u: f64) -> u64 {
        if u >= 1.0 {
            return self.last;
        }
        let v = exp(self.map.at(u)).round() as i128;
        (v - self.low).clamp(0, i128::from(self.last)) as u64
    }

    pub(super) fn cell(&self, level: u64) -> (f64, f64) {
        let v = self.value(level);
        let left = if level == 0 { 0.0 } else { self.map.unit(ln(v - 0.5)).clamp(0.0, 1.0) };
        let right = if level == self.last { 1.0 } else { self.map.unit(ln(v + 0.5)).clamp(0.0, 1.0) };
        (left, right)
    }

    fn value(&self, level: u64) -> f64 {
        (self.low + i128::from(level)) as f64
    }
}
