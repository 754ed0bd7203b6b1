//! The line from one checkpoint to the next.

use super::expected::Expected;

/// Trials that the prior of the variance is worth.
const PRIOR_TRIALS: f64 = 3.0;
/// Standard deviation of the noise of one transition before anything is known, in units of the spread of the values.
const PRIOR_NOISE: f64 = 0.3;
/// Trials that the prior slope, 1, is worth.
const SLOPE_TRIALS: f64 = 3.0;

/// A straight line with noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Transition {
    intercept: f64,
    slope: f64,
    variance: f64,
}

impl Transition {
    /// The line through pairs of values; `spread` is the variance of all values at the checkpoint before. None without
    /// pairs.
    ///
    /// Ridge regression towards slope 1, and a scaled inverse chi-squared prior for the variance (Gelman et al. 2013,
    /// "Bayesian data analysis", section 14.2), which stands for the variance of a prediction at the mean of the values.
    pub(super) fn fit(pairs: &[(f64, f64)], spread: f64) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let n = pairs.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
        let (before, after) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let moved = mean(&|pair| (pair.1 - pair.0) * (pair.1 - pair.0));
        // A single trial has no spread, but how far it moved tells of the unit.
        let scale = spread.max(moved / (1.0 + n));
        let ridge = SLOPE_TRIALS * scale;
        let squares: f64 = pairs.iter().map(|pair| (pair.0 - before) * (pair.0 - before)).sum();
        let products: f64 = pairs.iter().map(|pair| (pair.0 - before) * (pair.1 - after)).sum();
        let slope = if squares + ridge > 0.0 { (products + ridge) / (squares + ridge) } else { 1.0 };
        let intercept = after - slope * before;
        let residuals: f64 = pairs.iter().map(|(x, y)| y - intercept - slope * x).map(|e| e * e).sum();
        let variance = (PRIOR_TRIALS * PRIOR_NOISE * PRIOR_NOISE * scale + residuals) / (PRIOR_TRIALS + n);
        let line = Self { intercept, slope, variance: variance * (1.0 + 1.0 / n) };
        // Values so large that their squares overflow have no line.
        (line.intercept.is_finite() && line.slope.is_finite() && line.variance.is_finite()).then_some(line)
    }

    pub(super) fn carry(&self, Expected { mean, variance }: Expected) -> Expected {
        Expected {
            mean: self.intercept + self.slope * mean,
            variance: self.slope * self.slope * variance + self.variance,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::Transition;
    use crate::learning_curve::Expected;

    #[test]
    fn many_pairs_on_a_line_give_that_line_and_little_noise() {
        let pairs: Vec<(f64, f64)> = (0..1000).map(f64::from).map(|x| (x / 1000.0, 3.0 - 0.5 * x / 1000.0)).collect();
        let after = Transition::fit(&pairs, 1.0 / 12.0).unwrap().carry(Expected { mean: 0.8, variance: 0.0 });
        assert!((after.mean - 2.6).abs() < 0.02, "{after:?}");
        assert!(after.variance < 1e-3, "{after:?}");
    }

    #[test]
    fn a_single_pair_moves_everything_by_as_much_and_leaves_noise_of_its_size() {
        let line = Transition::fit(&[(2.0, 1.0)], 0.0).unwrap();
        let after = line.carry(Expected { mean: 5.0, variance: 0.0 });
        assert_eq!(after.mean, 4.0);
        // Half of the square moved by is the scale; three quarters of the prior, doubled.
        assert!((after.variance - 2.0 * 0.75 * 0.09 * 0.5).abs() < 1e-12, "{after:?}");
    }

    #[test]
    fn values_whose_squares_overflow_have_no_line() {
        assert_eq!(Transition::fit(&[(1e200, 1e300), (0.0, -1e300)], f64::INFINITY), None);
        assert_eq!(Transition::fit(&[], 1.0), None);
    }
}
