//! Sample quantiles.

/// The sample quantile at `q` in `[0, 1]`, interpolated linearly between order statistics (Hyndman and Fan 1996,
/// definition 7), of values sorted by `total_cmp` without NaN. Infinities are values like any other; NaN if empty.
pub(super) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let below = place as usize;
    let (left, right, t) = (sorted[below], sorted[last.min(below + 1)], place - below as f64);
    // Not `left + t (right - left)`: the difference of two large values overflows, that of two infinities is NaN.
    if t == 0.0 || left == right { left } else { left * (1.0 - t) + right * t }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_interpolate() {
        let x = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.0, 0.5, 1.0].map(|q| quantile(&x, q)), [1.0, 3.0, 8.0]);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn infinities_do_not_turn_into_nan() {
        assert_eq!(quantile(&[1.0, f64::INFINITY, f64::INFINITY], 0.25), f64::INFINITY);
        assert_eq!(quantile(&[1.0, f64::INFINITY, f64::INFINITY], 0.75), f64::INFINITY);
        assert_eq!(quantile(&[1.0, f64::INFINITY, f64::INFINITY], 0.0), 1.0);
        assert_eq!(quantile(&[f64::MIN, f64::MAX], 0.5), 0.0);
    }

    #[test]
    fn between_equal_values_nothing_is_rounded() {
        assert!((1..100).all(|k| quantile(&[0.7, 0.7], f64::from(k) / 100.0) == 0.7));
    }
}
