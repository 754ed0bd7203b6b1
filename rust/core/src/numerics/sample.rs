//! Sample quantiles and the variance.

/// The sample quantile at `q` in `[0, 1]`, interpolated linearly between order statistics (Hyndman and Fan 1996,
/// definition 7), of values without NaN, which it puts in another order. Infinities are values like any other; NaN if
/// empty. O(n).
pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let below = place as usize;
    let (_, left, beyond) = values.select_nth_unstable_by(below, f64::total_cmp);
    let right = beyond.iter().copied().min_by(f64::total_cmp).unwrap_or(*left);
    let (left, t) = (*left, place - below as f64);
    // Not `left + t (right - left)`: the difference of two large values overflows, that of two infinities is NaN.
    if t == 0.0 || left == right { left } else { left * (1.0 - t) + right * t }
}

/// The mean of squared differences from the mean; NaN if empty.
pub fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_interpolate() {
        let x = [2.0, 8.0, 1.0, 4.0];
        assert_eq!([0.0, 0.5, 1.0].map(|q| quantile(&mut x.clone(), q)), [1.0, 3.0, 8.0]);
        assert_eq!(quantile(&mut [7.0], 0.3), 7.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }

    #[test]
    fn infinities_do_not_turn_into_nan() {
        assert_eq!(quantile(&mut [1.0, f64::INFINITY, f64::INFINITY], 0.25), f64::INFINITY);
        assert_eq!(quantile(&mut [f64::INFINITY, 1.0, f64::INFINITY], 0.75), f64::INFINITY);
        assert_eq!(quantile(&mut [1.0, f64::INFINITY, f64::INFINITY], 0.0), 1.0);
        assert_eq!(quantile(&mut [f64::MAX, f64::MIN], 0.5), 0.0);
    }

    #[test]
    fn between_equal_values_nothing_is_rounded() {
        assert!((1..100).all(|k| quantile(&mut [0.7, 0.7], f64::from(k) / 100.0) == 0.7));
    }
}
