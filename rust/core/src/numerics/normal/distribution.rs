//! `Phi` and `ln Phi`.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{erfcx, exp_of_square};
use crate::numerics::ln;

/// Below this the tail formula is used: far enough from zero for its two factors, close enough for `erfc` to be cheap.
const TAIL: f64 = -1.4;

/// Below this, `Phi(x)` is under half the smallest double.
const UNDERFLOW: f64 = -39.0;

/// Distribution function of the standard normal.
///
/// Error at most 5 ulp where the result is a normal number, left tail included (`ndtr_is_within_five_ulp`).
pub fn ndtr(x: f64) -> f64 {
    if x < UNDERFLOW {
        0.0
    } else if x < TAIL {
        0.5 * erfcx(-x * FRAC_1_SQRT_2) * exp_of_square(-0.5, x)
    } else {
        0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
    }
}

/// `ln ndtr(x)`, accurate in both tails.
///
/// Error at most 5 ulp, from `x = -1e154` to about 38, where the result underflows (`log_ndtr_is_within_five_ulp`).
pub fn log_ndtr(x: f64) -> f64 {
    if x < TAIL {
        ln(0.5 * erfcx(-x * FRAC_1_SQRT_2)) - 0.5 * x * x
    } else if x < 0.0 {
        ln(ndtr(x))
    } else {
        libm::log1p(-ndtr(-x))
    }
}
