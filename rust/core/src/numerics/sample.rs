//! Sample means, the variance, quantiles, shares and orders.

use super::{exp, ln};

/// The arithmetic mean `sum / n`; NaN if empty. The sum of large values may overflow: see [`mean_without_overflow`].
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

/// The arithmetic mean, with each value divided by `n` before it is added: finite for all finite values, up to rounding
/// at the largest float. Equal values may give a mean that differs in the last bits; [`mean`] does not have this error
/// where the sum is exact.
pub fn mean_without_overflow(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.map(|value| value / n).sum()
}

/// The sample quantile at `q` in `[0, 1]`, interpolated linearly between order statistics (Hyndman and Fan 1996,
/// definition 7), of `n` values of which `sorted` gives the `i`-th smallest. The values may be infinite but not NaN. NaN
/// if there are none.
pub fn quantile(n: usize, q: f64, sorted: impl Fn(usize) -> f64) -> f64 {
    let Some(last) = n.checked_sub(1) else { return f64::NAN };
    let position = q * last as f64;
    let below = position as usize;
    let (left, right, t) = (sorted(below), sorted((below + 1).min(last)), position - below as f64);
    // Not `left + t (right - left)`: the difference of two large values may overflow, and that of two infinities is
    // NaN.
    if t == 0.0 || left == right { left } else { left * (1.0 - t) + right * t }
}

/// The mean squared deviation from the mean (divisor `n`); NaN if empty.
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values.iter().copied());
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64
}

/// Values shifted and scaled to zero mean and unit variance, and what was subtracted and divided by; equal values become
/// zeros.
pub fn standardized(values: &[f64]) -> (Vec<f64>, f64, f64) {
    let (mean, variance) = (mean(values.iter().copied()), variance(values));
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    (values.iter().map(|value| (value - mean) / scale).collect(), mean, scale)
}

/// Non-negative numbers as shares of their sum; all zero if none is positive.
pub fn shares(values: &[f64]) -> Vec<f64> {
    // Scaled by the largest first, because the sum of the values may overflow or have no finite reciprocal.
    let largest = values.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return vec![0.0; values.len()];
    }
    let total: f64 = values.iter().map(|value| value / largest).sum();
    values.iter().map(|value| value / largest / total).collect()
}

/// The upper inner fence of values with these quartiles (Tukey, "Exploratory Data Analysis", 1977).
pub fn inner_fence(first: f64, third: f64) -> f64 {
    third + 1.5 * (third - first)
}

/// Half of the largest finite one of some values, but at most half of the upper outer fence, beyond which values
/// are far out (Tukey 1977); minus infinity without finite values.
pub fn half_of_fenced_end(values: &[f64]) -> f64 {
    let halves: Vec<f64> = values.iter().map(|y| y / 2.0).filter(|y| y.is_finite()).collect();
    let Some(largest) = halves.iter().copied().reduce(f64::max) else { return f64::NEG_INFINITY };
    let (first, third) = quartiles(&halves);
    if third > first { largest.min(third + 3.0 * (third - first)) } else { largest }
}

/// The lower and the upper quartile: the order statistics next to them, on the sides of the ends. Follows from the
/// definition of a quartile.
pub fn quartiles(values: &[f64]) -> (f64, f64) {
    let order = ascending(values);
    let last = order.len() - 1;
    (values[order[last / 4]], values[order[(3 * last).div_ceil(4)]])
}

/// The factor `n^(-1/5)` by which bandwidths shrink with `n` values (Scott, "Multivariate Density Estimation", 1992).
pub fn scott_shrinkage(n: usize) -> f64 {
    exp(-0.2 * ln(n as f64))
}

/// Indices in order of increasing values; ties keep their order.
pub fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_differ_where_the_sum_overflows() {
        let large = [f64::MAX, f64::MAX, f64::MAX];
        assert_eq!(mean(large.iter().copied()), f64::INFINITY);
        assert!(mean_without_overflow(large.iter().copied()) > 0.99 * f64::MAX);
        assert_eq!(mean([1.0, 2.0, 6.0].iter().copied()), 3.0);
        assert!(mean([].iter().copied()).is_nan());
    }

    #[test]
    fn shares_sum_to_one_however_large_or_small_the_values() {
        for scale in [1e-300, 1.0, 1e300] {
            let found = shares(&[3.0 * scale, 0.0, scale]);
            assert!((found[0] - 0.75).abs() < 1e-15 && found[1] == 0.0 && (found[2] - 0.25).abs() < 1e-15);
        }
        assert_eq!(shares(&[0.0, 0.0]), [0.0, 0.0]);
        assert_eq!(shares(&[]), [0.0; 0]);
    }

    fn of(sorted: &[f64], q: f64) -> f64 {
        quantile(sorted.len(), q, |i| sorted[i])
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!([0.0, 0.5, 1.0].map(|q| of(&[1.0, 2.0, 4.0, 8.0], q)), [1.0, 3.0, 8.0]);
        assert_eq!(of(&[7.0], 0.3), 7.0);
        assert!(of(&[], 0.5).is_nan());
    }

    #[test]
    fn infinities_do_not_turn_into_nan() {
        let values = [1.0, f64::INFINITY, f64::INFINITY];
        assert_eq!([0.0, 0.25, 0.75].map(|q| of(&values, q)), [1.0, f64::INFINITY, f64::INFINITY]);
        assert_eq!(of(&[f64::MIN, f64::MAX], 0.5), 0.0);
    }

    #[test]
    fn interpolation_between_equal_values_is_exact() {
        assert!((1..100).all(|k| of(&[0.7, 0.7], f64::from(k) / 100.0) == 0.7));
    }
}
