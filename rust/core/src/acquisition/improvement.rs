//! Expectation and probability of an improvement in log space, for normal predictions.
//!
//! Let the prediction have mean `m` and standard deviation `s`, and let `u = (limit - m) / s`. With the standard normal
//! density `phi` and its distribution function `Phi` (`LogEI` of Ament et al. 2023):
//!
//! ```text
//! ln E[(limit - y)+] = ln s + ln h(u),    h(u) = phi(u) + u Phi(u),    h'(u) = Phi(u)
//! ln P(y <= limit)   = ln Phi(u),         d ln Phi / du = phi(u) / Phi(u)
//! ```
//!
//! For an objective the limit is the best value. A constraint holds up to its limit, so the second line is the log
//! probability of feasibility. Its hazard `phi / Phi` is computed from logarithms, because both terms underflow for very
//! negative `u` (`slopes_equal_differences`).
//!
//! | branch | formula for `ln h` | why |
//! | --- | --- | --- |
//! | `u > -1` | `ln(phi + u Phi)` | nothing cancels |
//! | `-25 < u <= -1` | `-u^2/2 - ln(2 pi)/2 + ln(1 - sqrt(pi/2) a erfcx(a / sqrt2))`, `a = -u` | `phi` is taken out of the logarithm, so it cannot underflow |
//! | `u <= -25` | `-u^2/2 - ln(2 pi)/2 - 2 ln a + ln(1 - 3 q + 15 q^2 - 105 q^3 + 945 q^4)`, `q = u^-2` | the difference above loses all digits for large `a`; the first omitted term of the series is at most 1.1e-10, which is less than 1e-12 of `ln h` |
//!
//! The test `log_h_equals_high_precision_values` compares the result with values of at least 60 digits.

use core::f64::consts::FRAC_1_SQRT_2;

use crate::numerics::normal::{LN_SQRT_TAU, erfcx, log_ndtr, ndtr};
use crate::numerics::{exp, ln};

/// The value of an acquisition function at a normal prediction (one per objective), and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct AcquisitionValue {
    /// The value.
    pub value: f64,
    /// Derivative with respect to the mean of every objective.
    pub by_mean: Vec<f64>,
    /// Derivative with respect to the standard deviation of every objective.
    pub by_std: Vec<f64>,
}

impl AcquisitionValue {
    /// The value and derivatives for a single objective.
    pub fn single(value: f64, by_mean: f64, by_std: f64) -> Self {
        Self { value, by_mean: vec![by_mean], by_std: vec![by_std] }
    }
}

/// A normal prediction: mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, positive.
    pub std: f64,
}

/// `sqrt(pi / 2)`. Follows from the normal density.
const SQRT_HALF_PI: f64 = 1.253_314_137_315_500_3;

/// `ln h(u)` and its derivative `Phi(u) / h(u)`. (The branches: `log_h_equals_high_precision_values`.)
pub fn log_h(u: f64) -> (f64, f64) {
    if u > -1.0 {
        let (density, below) = (exp(-0.5 * u * u - LN_SQRT_TAU), ndtr(u));
        let h = density + u * below;
        return (ln(h), below / h);
    }
    let a = -u;
    if u > -25.0 {
        let mills = SQRT_HALF_PI * erfcx(a * FRAC_1_SQRT_2);
        let rest = 1.0 - a * mills;
        return (-0.5 * u * u - LN_SQRT_TAU + ln(rest), mills / rest);
    }
    let q = 1.0 / (u * u);
    let series = 1.0 + q * (-3.0 + q * (15.0 + q * (-105.0 + q * 945.0)));
    let mills = 1.0 + q * (-1.0 + q * (3.0 + q * (-15.0 + q * 105.0)));
    (-0.5 * u * u - LN_SQRT_TAU - 2.0 * ln(a) + ln(series), a * mills / series)
}

/// `ln E[(limit - y)+]` and its derivatives with respect to mean and standard deviation.
pub fn log_improvement(limit: f64, y: Normal) -> (f64, f64, f64) {
    let u = (limit - y.mean) / y.std;
    let (value, slope) = log_h(u);
    (ln(y.std) + value, -slope / y.std, (1.0 - slope * u) / y.std)
}

/// `ln Phi(u)` and its derivative.
pub fn log_chance(u: f64) -> (f64, f64) {
    let log = log_ndtr(u);
    (log, exp(-0.5 * u * u - LN_SQRT_TAU - log))
}

/// `ln P(y <= limit)`.
pub fn log_feasible(limit: f64, y: Normal) -> AcquisitionValue {
    let u = (limit - y.mean) / y.std;
    let (log, hazard) = log_chance(u);
    AcquisitionValue::single(log, -hazard / y.std, -hazard * u / y.std)
}

/// `ln ln(1 + e^x)`, the logarithm of the softplus, and its derivative; neither overflows nor underflows. Below -36 it
/// is `x`, because the next term of its series, `-e^x / 2`, is less than a rounding error. Changes rounding only.
pub fn log_softplus(x: f64) -> (f64, f64) {
    if x < -36.0 {
        return (x, 1.0);
    }
    let tail = exp(-x.abs());
    let slope = if x > 0.0 { 1.0 / (1.0 + tail) } else { tail / (1.0 + tail) };
    let value = x.max(0.0) + libm::log1p(tail);
    (ln(value), slope / value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_h_rises_and_is_finite_everywhere() {
        let us = (0..4000).map(|i| -1e9 * libm::pow(0.99, f64::from(i))).chain((0..100).map(f64::from));
        let values: Vec<(f64, f64)> = us.map(log_h).collect();
        assert!(values.iter().all(|(v, s)| v.is_finite() && s.is_finite() && *s > 0.0));
        assert!(values.windows(2).all(|w| w[0].0 <= w[1].0));
    }

    #[test]
    fn the_log_softplus_approaches_the_logarithm_and_the_identity() {
        assert_eq!(log_softplus(800.0), (ln(800.0), 1.0 / 800.0));
        assert_eq!(log_softplus(-1e6), (-1e6, 1.0));
        for x in [-36.0 - 1e-9, -36.0 + 1e-9] {
            let (value, slope) = log_softplus(x);
            assert!((value - x).abs() < 1e-14 && (slope - 1.0).abs() < 1e-14, "{x} {value} {slope}");
        }
        assert!((log_softplus(0.0).0 - ln(core::f64::consts::LN_2)).abs() < 1e-15);
    }

    #[test]
    fn slopes_equal_differences() {
        let value = |mean, std| log_feasible(0.25, Normal { mean, std }).value;
        for (mean, std) in [(-3.0, 0.5), (0.0, 1.0), (0.25, 0.1), (2.0, 0.3), (9.0, 0.25)] {
            let computed = log_feasible(0.25, Normal { mean, std });
            let step = 1e-6;
            let by_mean = (value(mean + step, std) - value(mean - step, std)) / (2.0 * step);
            let by_std = (value(mean, std + step) - value(mean, std - step)) / (2.0 * step);
            for (slope, difference) in [(computed.by_mean[0], by_mean), (computed.by_std[0], by_std)] {
                assert!((slope - difference).abs() < 1e-5 * slope.abs().max(1.0), "{mean} {slope} {difference}");
            }
        }
    }

    #[test]
    fn the_probability_is_a_half_on_the_border_and_its_log_finite_far_out() {
        let half = log_feasible(1.0, Normal { mean: 1.0, std: 0.5 });
        assert!((half.value + core::f64::consts::LN_2).abs() < 1e-15);
        for mean in [-1e8, 1e4, 1e8] {
            let computed = log_feasible(0.0, Normal { mean, std: 1.0 });
            assert!(
                computed.value.is_finite() && computed.by_mean[0].is_finite() && computed.by_mean[0] <= 0.0,
                "{mean}"
            );
        }
    }
}
