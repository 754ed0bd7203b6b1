//! The values `low + k * step` of a stepped float, as decimal arithmetic gives them.
//!
//! `0.0 + 3 * 0.05` is `0.15000000000000002` in binary arithmetic, which surprises users. Let `low` and `step` be
//! decimals of at most 15 digits, written as `N / 10^e` with the same `e <= 22`. The numerator of level `k` is then an
//! exact integer, and `10^e` is an exact float. One correctly rounded division gives the float nearest to the decimal
//! (Clinger 1990, "How to read floating point numbers accurately"). A step that results from a division has 16 or 17
//! digits and was not written as a decimal. Its values are `fma(k, step, low)`, with one rounding and no intermediate
//! overflow. Both forms increase strictly with `k`, because a step is at least one unit in the last place of the
//! largest value and there are at most `2^50` levels.

/// The maximum number of levels of a stepped float. More are refused. Changes no suggestion with fewer.
pub(super) const MAX_LEVELS: u64 = 1 << 50;

/// Powers of ten that floats hold exactly. Follows from the 53 bits of a float.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Numerators have at most 15 digits; floats hold all of them exactly. Follows from the 53 bits of a float.
const MAX_NUMERATOR: f64 = 1e15;

/// Numerators of `low` and `step` over one power of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Decimal {
    low: i64,
    step: i64,
    power: f64,
}

/// The arithmetic of one stepped float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SteppedGrid {
    low: f64,
    high: f64,
    step: f64,
    decimal: Option<Decimal>,
}

impl SteppedGrid {
    /// The grid of checked, finite bounds and a positive step.
    pub(super) fn new(low: f64, high: f64, step: f64) -> Self {
        Self { low, high, step, decimal: decimal(low, high, step) }
    }

    /// The value of level `k`, never above `high`.
    pub(super) fn value(&self, k: u64) -> f64 {
        self.unbounded(k).min(self.high)
    }

    fn unbounded(&self, k: u64) -> f64 {
        match self.decimal {
            Some(d) => (d.low + k as i64 * d.step) as f64 / d.power,
            None => (k as f64).mul_add(self.step, self.low),
        }
    }

    /// The largest level, or `None` if there are more than [`MAX_LEVELS`].
    ///
    /// With a binary step of `(high - low) / k`, the last level may miss `high` by one rounding error in either
    /// direction. A level that exceeds `high` by no more than that counts, and its value is `high`.
    pub(super) fn last_level(&self) -> Option<u64> {
        // One point, whatever the step, which may be too small to change the value.
        if self.low == self.high {
            return Some(0);
        }
        let estimate = self.position(self.high);
        if estimate >= (MAX_LEVELS - 1) as f64 {
            return None;
        }
        let slack = if self.decimal.is_some() { 0.0 } else { 2.0 * spacing(self.low.abs().max(self.high.abs())) };
        let reached = |k: u64| self.unbounded(k) - self.high <= slack.min(self.step / 4.0);
        let mut k = estimate as u64;
        while k > 0 && !reached(k) {
            k -= 1;
        }
        while reached(k + 1) {
            k += 1;
        }
        Some(k)
    }

    /// The largest level in `0..=last` whose value does not exceed `x >= low`.
    pub(super) fn floor(&self, x: f64, last: u64) -> u64 {
        let mut k = (self.position(x.min(self.high)) as u64).min(last);
        while k > 0 && self.value(k) > x {
            k -= 1;
        }
        while k < last && self.value(k + 1) <= x {
            k += 1;
        }
        k
    }

    /// `(x - low) / step`, computed with halved operands where the difference overflows.
    fn position(&self, x: f64) -> f64 {
        let width = x - self.low;
        if width.is_finite() { width / self.step } else { (x / 2.0 - self.low / 2.0) / self.step * 2.0 }
    }
}

/// Distance from `x >= 0` to the next float.
pub(super) fn spacing(x: f64) -> f64 {
    if x == f64::MAX { x - x.next_down() } else { x.next_up() - x }
}

/// The shortest common decimal form, if all numerators up to that of `high` fit.
fn decimal(low: f64, high: f64, step: f64) -> Option<Decimal> {
    let power = *POWERS_OF_TEN.iter().find(|&&p| numerator(low, p).is_some() && numerator(step, p).is_some())?;
    let top = (high * power).abs();
    let fits = top + step * power < MAX_NUMERATOR;
    fits.then_some(Decimal { low: numerator(low, power)?, step: numerator(step, power)?, power })
}

/// `N` with `N / power == x`, if there is one that a float holds exactly. If such an `N` exists, the error of the
/// product is below one half, so the nearest integer is the only candidate.
fn numerator(x: f64, power: f64) -> Option<i64> {
    let n = (x * power).round();
    (n.abs() <= MAX_NUMERATOR && n / power == x).then_some(n as i64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn values(low: f64, high: f64, step: f64) -> Vec<f64> {
        let grid = SteppedGrid::new(low, high, step);
        (0..=grid.last_level().unwrap()).map(|k| grid.value(k)).collect()
    }

    #[test]
    fn levels_are_the_decimals_a_person_writes() {
        assert_eq!(values(0.0, 0.5, 0.05), [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]);
        assert_eq!(values(-0.3, 0.3, 0.1), [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]);
        assert_eq!(values(0.0, 1.0, 0.3), [0.0, 0.3, 0.6, 0.9]);
        assert_eq!(values(1.0, 2.0, 5.0), [1.0]);
    }

    #[test]
    fn a_step_that_is_a_binary_fraction_of_the_range_reaches_the_end() {
        for parts in 1u32..300 {
            for high in [0.7, 1.0, 3.0e-7, 1.9999, 12345.678] {
                let levels = values(0.0, high, high / f64::from(parts));
                assert_eq!(levels.len(), parts as usize + 1, "{high} in {parts} parts");
                assert!(levels.windows(2).all(|w| w[0] < w[1]));
                assert!(*levels.last().unwrap() <= high);
            }
        }
    }

    #[test]
    fn widest_range_does_not_overflow() {
        let levels = values(-1e308, 1e308, 5e307);
        assert_eq!(levels, [-1e308, -5e307, 0.0, 5e307, 1e308]);
    }

    #[test]
    fn floor_is_the_last_level_not_above() {
        let grid = SteppedGrid::new(0.0, 0.5, 0.05);
        assert_eq!(grid.floor(0.15, 10), 3);
        assert_eq!(grid.floor(0.1499999, 10), 2);
        assert_eq!(grid.floor(9.0, 10), 10);
    }

    #[test]
    fn one_point_is_one_level_however_fine_the_step() {
        for point in [0.0, 1.0, -1e300] {
            assert_eq!(SteppedGrid::new(point, point, 5e-324).last_level(), Some(0));
        }
    }

    #[test]
    fn too_many_levels_are_refused() {
        assert_eq!(SteppedGrid::new(0.0, 1.0, 1e-17).last_level(), None);
    }

    /// The difference of the ends is beyond the largest float.
    #[test]
    fn a_range_wider_than_the_largest_float_has_all_its_levels() {
        assert_eq!(values(-1.5e308, 1.5e308, 1e308), [-1.5e308, -5e307, 5e307, 1.5e308]);
        let grid = SteppedGrid::new(-1.5e308, 1.5e308, 1e308);
        let levels = [-1.5e308, -1e308, -5e307, 0.0, 5e307, 1e308, 1.5e308].map(|x| grid.floor(x, 3));
        assert_eq!(levels, [0, 0, 1, 1, 2, 2, 3]);
    }
}
