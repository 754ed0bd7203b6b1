//! Lines from one checkpoint to the next, and from a checkpoint to the end.

use crate::history::Expected;
use crate::numerics::PairMoments;

/// Weight of the prior of the variance, in trials. (Half and twice: `benches/results/constants.md`.)
const PRIOR_TRIALS: f64 = 3.0;
/// Standard deviation of the noise of one transition before anything is known, in units of the spread of the values.
/// (Half and twice: `benches/results/constants.md`.)
const PRIOR_NOISE: f64 = 0.15;
/// Weight of the prior slope, 1, in trials. (Half and twice: `benches/results/constants.md`.)
const SLOPE_TRIALS: f64 = 3.0;
/// Weight of the prior calibration, in complete trials that agree with the estimates. (Half and twice:
/// `benches/results/constants.md`.)
const CALIBRATED_TRIALS: f64 = 3.0;

/// A straight line with noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    intercept: f64,
    slope: f64,
    variance: f64,
}

impl Line {
    /// The line from the values of trials at one checkpoint to those at the next, NaN where unknown; `None` if no trial
    /// is known at both.
    ///
    /// Ridge regression towards slope 1, and a scaled inverse chi-squared prior for the variance (Gelman et al. 2013,
    /// "Bayesian data analysis", section 14.2), where the variance is that of a prediction at the mean of the values.
    ///
    /// The weight of the prior slope is the variance of the noise over that of the slope. It is [`SLOPE_TRIALS`] at the
    /// noise that is expected, and smaller in a second fit if the first one finds less noise. Otherwise curves that
    /// shrink by a common factor would be taken for parallel ones, and the lowest would be predicted to end too low.
    pub(super) fn fit(earlier: &[f64], later: &[f64]) -> Option<Self> {
        let pairs = PairMoments::of(earlier, later)?;
        // A single trial has no spread, but the size of its change gives the scale.
        let moved = pairs.squared_residuals(0.0, 1.0) / pairs.n;
        let scale = spread(earlier).max(moved / (1.0 + pairs.n));
        let expected = PRIOR_NOISE * PRIOR_NOISE * scale;
        let first = Self::with_slope_weight(&pairs, SLOPE_TRIALS * scale, expected);
        let found = if expected > 0.0 { (first.variance / expected).min(1.0) } else { 1.0 };
        let second = Self::with_slope_weight(&pairs, SLOPE_TRIALS * scale * found, expected);
        let line = Self { variance: second.variance * (1.0 + 1.0 / pairs.n), ..second };
        // There is no line if the squares of the values overflow.
        line.is_finite().then_some(line)
    }

    /// The line for a weight of the prior slope and an expected variance, with the variance of a single value.
    fn with_slope_weight(pairs: &PairMoments, weight: f64, expected: f64) -> Self {
        let squares = pairs.xx + weight;
        let slope = if squares > 0.0 { (pairs.xy + weight) / squares } else { 1.0 };
        let intercept = pairs.means[1] - slope * pairs.means[0];
        let residuals = pairs.squared_residuals(intercept, slope);
        Self { intercept, slope, variance: (PRIOR_TRIALS * expected + residuals) / (PRIOR_TRIALS + pairs.n) }
    }

    fn is_finite(&self) -> bool {
        self.intercept.is_finite() && self.slope.is_finite() && self.variance.is_finite()
    }

    /// The line from the end to itself. Follows from its definition.
    pub(super) const IDENTITY: Self = Self { intercept: 0.0, slope: 1.0, variance: 0.0 };

    /// The line `first` followed by this one, which is itself a line; `None` if the numbers overflow. A value `m` of
    /// variance `s^2` becomes `a + b m` of variance `b^2 s^2 + v`, so a value that is known exactly has the same final
    /// variance whatever it is.
    pub(super) fn after(&self, first: &Self) -> Option<Self> {
        let Self { intercept, slope, variance } = *self;
        let both = Self {
            intercept: intercept + slope * first.intercept,
            slope: slope * first.slope,
            variance: slope * slope * first.variance + variance,
        };
        both.is_finite().then_some(both)
    }

    /// The same line with its variance multiplied by the mean square of `(end - m) / s`, at least 1. The mean
    /// runs over the trials with a known value and end, and over [`CALIBRATED_TRIALS`] further terms of 1.
    pub(super) fn calibrated(self, values: &[f64], ends: &[f64]) -> Self {
        let Self { intercept, slope, variance } = self;
        let Some(pairs) = PairMoments::of(values, ends).filter(|_| variance > 0.0) else { return self };
        let squares = CALIBRATED_TRIALS + pairs.squared_residuals(intercept, slope) / variance;
        let mean_square = squares / (CALIBRATED_TRIALS + pairs.n);
        Self { variance: variance * mean_square.max(1.0), ..self }
    }

    /// The final value of a trial with this value; `None` if mean or variance is not finite.
    pub(super) fn predict(&self, value: f64) -> Option<Expected> {
        let (mean, variance) = (self.intercept + self.slope * value, self.variance);
        (mean.is_finite() && variance.is_finite()).then_some(Expected { mean, std: libm::sqrt(variance) })
    }
}

/// The variance of the known values.
fn spread(values: &[f64]) -> f64 {
    PairMoments::of(values, values).map_or(0.0, |moments| moments.xx / moments.n)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{Line, PRIOR_NOISE};

    fn fitted(pairs: &[(f64, f64)]) -> Option<Line> {
        let (earlier, later): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        Line::fit(&earlier, &later)
    }

    #[test]
    fn many_pairs_on_a_line_give_that_line_with_little_noise() {
        let pairs: Vec<(f64, f64)> = (0..1000).map(f64::from).map(|x| (x / 1000.0, 3.0 - 0.5 * x / 1000.0)).collect();
        let line = fitted(&pairs).unwrap();
        let after = Line::IDENTITY.after(&line).unwrap().predict(0.8).unwrap();
        assert!((after.mean - 2.6).abs() < 0.02, "{after:?}");
        assert!(after.std * after.std < 1e-3, "{after:?}");
    }

    #[test]
    fn the_lowest_of_curves_that_shrink_by_a_common_factor_ends_above_zero() {
        let pairs: Vec<(f64, f64)> = (0..12).map(|k| 0.3 + 0.1 * f64::from(k)).map(|y| (y, 2.0 * y / 3.0)).collect();
        let end = fitted(&pairs).unwrap().predict(0.06).unwrap();
        assert!(end.mean > 0.0 && (end.mean - 0.04).abs() < end.std, "{end:?}");
    }

    #[test]
    fn a_single_pair_shifts_all_values_and_sets_the_noise() {
        let line = fitted(&[(2.0, 1.0)]).unwrap();
        let after = Line::IDENTITY.after(&line).unwrap().predict(5.0).unwrap();
        assert_eq!(after.mean, 4.0);
        // The scale is half the squared shift; the variance is three quarters of the prior, doubled.
        assert!((after.std * after.std - 2.0 * 0.75 * PRIOR_NOISE * PRIOR_NOISE * 0.5).abs() < 1e-12, "{after:?}");
    }

    #[test]
    fn trials_known_at_one_checkpoint_contribute_to_the_spread_and_not_to_the_line() {
        assert_eq!(fitted(&[(1.0, f64::NAN), (f64::NAN, 2.0)]), None);
        let (some, more) = (fitted(&[(2.0, 1.0)]), fitted(&[(2.0, 1.0), (7.0, f64::NAN)]));
        let variance = |line: Option<Line>| line.unwrap().variance;
        assert!(variance(more) > variance(some));
    }

    #[test]
    fn lines_compose() {
        let [first, second] = [(1.0, 2.0, 0.5), (-3.0, 0.5, 0.25)].map(|(intercept, slope, variance)| Line {
            intercept,
            slope,
            variance,
        });
        let both = Line::IDENTITY.after(&second).unwrap().after(&first).unwrap().predict(4.0).unwrap();
        assert_eq!((both.mean, both.std), (-3.0 + 0.5 * (1.0 + 2.0 * 4.0), (0.25_f64 * 0.5 + 0.25).sqrt()));
    }

    #[test]
    fn values_whose_squares_overflow_have_no_line() {
        assert_eq!(fitted(&[(1e200, 1e300), (0.0, -1e300)]), None);
        assert_eq!(fitted(&[]), None);
    }
}
