//! The standard normal truncated to `[a, b]`: its mass in log space, and its quantile.
//!
//! Both work in the left tail, where `Phi` has full precision: an interval above zero is reflected.

use std::f64::consts::FRAC_1_SQRT_2;

use super::quantile::left_tail;
use super::{LN_SQRT_TAU, erfcx, log_ndtr, ndtr, ndtri};
use crate::numerics::{exp, ln, log_sum_exp};

/// Below this, `Phi` approaches the smallest doubles, and the quantile is computed in log space.
const LOG_SPACE: f64 = -30.0;

/// `ln(Phi(b) - Phi(a))` for `a <= b`, accurate down to -700 and beyond; `-inf` if `a == b`.
///
/// | where | formula |
/// | --- | --- |
/// | `a > 0` | reflected |
/// | a narrow interval, where `Phi(b) - Phi(a)` would cancel | a series about its middle, `log_narrow_mass` |
/// | `a <= 0 < b` | `log1p(-Phi(a) - Phi(-b))` |
/// | `b <= 0` | `ln Phi(b) + log1p(-Phi(a) / Phi(b))`, `ratio` giving the quotient |
///
/// Error at most 6 ulp (`log_mass_is_within_six_ulp`).
pub fn log_mass(a: f64, b: f64) -> f64 {
    if a >= b {
        return f64::NEG_INFINITY;
    }
    if a > 0.0 {
        return log_mass(-b, -a);
    }
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    if half * (1.0 + middle.abs()) <= 0.25 {
        log_narrow_mass(middle, half)
    } else if b > 0.0 {
        libm::log1p(-(ndtr(a) + ndtr(-b)))
    } else {
        log_ndtr(b) + libm::log1p(-ratio(a, b))
    }
}

/// `Phi(a) / Phi(b)` for `a <= b <= 0`: `e^(-(b - a)(-a - b) / 2) erfcx(-a / sqrt 2) / erfcx(-b / sqrt 2)`.
///
/// The exponent is computed as a product, so nothing cancels, however far out the interval lies.
fn ratio(a: f64, b: f64) -> f64 {
    let exponent = 0.5 * (b - a) * (a + b);
    exp(exponent) * (erfcx(-a * FRAC_1_SQRT_2) / erfcx(-b * FRAC_1_SQRT_2))
}

/// `ln` of the mass of `[m - h, m + h]`, for `h (1 + |m|) <= 1/4`.
///
/// `phi(m + u) = phi(m) sum He_n(m) (-u)^n / n!` (the generating function of the Hermite polynomials `He_n`), whose odd
/// terms integrate to zero: `mass = 2 h phi(m) sum_k He_2k(m) h^2k / (2k + 1)!`. The terms `w_k = He_k(m) h^k` follow
/// the recurrence `w_(k+1) = m h w_k - k h^2 w_(k-1)`; the omitted terms are below `2^-53` of the first.
fn log_narrow_mass(m: f64, h: f64) -> f64 {
    const TERMS: u32 = 7;
    let (slope, square) = (m * h, h * h);
    let (mut even, mut odd) = (1.0, slope);
    let (mut sum, mut factorial) = (0.0, 1.0);
    for k in 1..=TERMS {
        let n = f64::from(2 * k);
        even = slope * odd - (n - 1.0) * square * even;
        odd = slope * even - n * square * odd;
        factorial *= n * (n + 1.0);
        sum += even / factorial;
    }
    ln(2.0 * h) + libm::log1p(sum) - 0.5 * m * m - LN_SQRT_TAU
}

/// Quantile `q` of the standard normal truncated to `[a, b]`, `a <= b`; always inside `[a, b]`, NaN if `q` is NaN.
///
/// `Phi(x) = (1 - q) Phi(a) + q Phi(b)` and `Phi(-x) = (1 - q) Phi(-a) + q Phi(-b)`: both are sums of positive terms,
/// and the smaller one is inverted.
///
/// Error at most 8 ulp of the larger of `|x|` and 1 (`truncated_quantile_is_within_eight_ulp`).
pub fn truncated_quantile(q: f64, a: f64, b: f64) -> f64 {
    let x = if a > 0.0 { -mixture_quantile([q, 1.0 - q], [-b, -a]) } else { mixture_quantile([1.0 - q, q], [a, b]) };
    // NaN fails both comparisons and is kept.
    if x < a {
        a
    } else if x > b {
        b
    } else {
        x
    }
}

/// The `x` with `Phi(x) = weights[0] Phi(ends[0]) + weights[1] Phi(ends[1])`; weights of sum 1, not both ends positive.
fn mixture_quantile(weights: [f64; 2], ends: [f64; 2]) -> f64 {
    if ends[1] < LOG_SPACE {
        return left_tail(log_sum_exp(&[0, 1].map(|i| ln(weights[i]) + log_ndtr(ends[i]))));
    }
    let mix = |sign: f64| weights[0] * ndtr(sign * ends[0]) + weights[1] * ndtr(sign * ends[1]);
    let below = mix(1.0);
    if below <= 0.5 { ndtri(below) } else { -ndtri(mix(-1.0)) }
}
