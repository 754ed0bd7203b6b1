//! The probability that a constraint holds.
//!
//! The constrained quantity is predicted as normal with mean `m` and standard deviation `s`, and is feasible up to
//! `limit`:
//!
//! ```text
//! ln P(feasible) = ln Phi(t),    t = (limit - m) / s
//! d ln Phi / dt  = phi(t) / Phi(t)
//! ```
//!
//! The hazard `phi / Phi` is computed from logarithms, because both terms underflow for very negative `t`
//! (`slopes_equal_differences`).

use super::{AcquisitionValue, Normal};
use crate::numerics::exp;
use crate::numerics::normal::{LN_SQRT_TAU, log_ndtr};

/// `ln Phi(t)` and its derivative.
pub fn log_chance(t: f64) -> (f64, f64) {
    let log = log_ndtr(t);
    (log, exp(-0.5 * t * t - LN_SQRT_TAU - log))
}

/// `ln P(y <= limit)`.
pub fn log_feasible(limit: f64, y: Normal) -> AcquisitionValue {
    let t = (limit - y.mean) / y.std;
    let (log, hazard) = log_chance(t);
    AcquisitionValue::single(log, -hazard / y.std, -hazard * t / y.std)
}

#[cfg(test)]
mod tests {
    use super::*;

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
