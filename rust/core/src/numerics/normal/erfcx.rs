//! The scaled complementary error function `erfcx(x) = e^(x^2) erfc(x)`.
//!
//! For `x >= 1` the product `(1 + 2x) erfcx(x)` stays between `2 / sqrt(pi)` and 1.29; after Shepherd and Laframboise
//! (1981, *Chebyshev approximation of (1+2x) exp(x^2) erfc x in 0 <= x < infinity*) it is a polynomial in `t = (x - 5)
//! / (x + 3)`, which maps `[1, infinity)` to `[-1, 1)`. One formula covers this range without overflow. Below 1 nothing
//! underflows, and the definition is used.

use super::{exp_of_square, polynomial};

/// `(1 + 2x) erfcx(x)` in powers of `t`; relative error 9e-18 before rounding (`make_coefficients.py`).
const SCALED: [f64; 22] = [
    1.217751015063755,
    -0.10601129557561728,
    0.008036606418313823,
    0.019435097941324093,
    -0.01720384051822676,
    0.008834602508995426,
    -0.0030422185758690544,
    0.0006022571917870702,
    1.4613632033877155e-05,
    -4.873084708077806e-05,
    9.950054865337315e-06,
    2.3581750049965716e-06,
    -1.3083033294486578e-06,
    -6.772872557721139e-08,
    1.4471739356248912e-07,
    -3.0742226628195957e-09,
    -1.638150730545557e-08,
    7.993090453855972e-10,
    1.8126422217791725e-09,
    -8.041611981126636e-11,
    -1.3860436540708324e-10,
    3.6875617734863664e-12,
];

/// Scaled complementary error function `e^(x^2) erfc(x)`; infinite below -26.7.
///
/// Error at most 3 ulp (`erfcx_is_within_three_ulp`).
pub fn erfcx(x: f64) -> f64 {
    if x >= 1.0 {
        // Not (x - 5) / (x + 3), which is NaN at infinity.
        let t = 1.0 - 8.0 / (x + 3.0);
        polynomial(&SCALED, t) / (1.0 + 2.0 * x)
    } else if x > -30.0 {
        exp_of_square(1.0, x) * libm::erfc(x)
    } else {
        // Infinity, or NaN.
        x * f64::NEG_INFINITY
    }
}
