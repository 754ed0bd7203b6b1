//! The normal distribution in log space.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

use super::{exp, ln};

/// Scaled complementary error function `e^(x^2) erfc(x)`.
pub fn erfcx(x: f64) -> f64 {
    if x < 2.0 {
        return exp(x * x) * libm::erfc(x);
    }
    let fraction = (1..=120).rev().fold(x, |tail, k| x + 0.5 * f64::from(k) / tail);
    0.5 * FRAC_2_SQRT_PI / fraction
}

/// Distribution function of the standard normal.
pub fn ndtr(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// `ln ndtr(x)`, accurate in both tails.
pub fn log_ndtr(x: f64) -> f64 {
    if x > -1.0 { libm::log1p(-ndtr(-x)) } else { ln(0.5 * erfcx(-x * FRAC_1_SQRT_2)) - 0.5 * x * x }
}

/// Inverse of [`ndtr`]; `-inf` at 0, `inf` at 1, NaN outside `[0, 1]`.
pub fn ndtri(p: f64) -> f64 {
    if p > 0.5 { -log_ndtri(ln(1.0 - p)) } else { log_ndtri(ln(p)) }
}

/// Inverse of [`log_ndtr`]. Newton's method climbs the concave `log_ndtr` from the left.
fn log_ndtri(log_p: f64) -> f64 {
    if log_p == f64::NEG_INFINITY || log_p >= 0.0 || log_p.is_nan() {
        return if log_p == 0.0 { f64::INFINITY } else { f64::NAN.min(log_p) };
    }
    if log_p > -0.5 {
        return -log_ndtri(ln(-libm::expm1(log_p)));
    }
    let mut x = -libm::sqrt(-2.0 * log_p);
    for _ in 0..12 {
        let slope = FRAC_2_SQRT_PI / SQRT_2 / erfcx(-x * FRAC_1_SQRT_2);
        x -= (log_ndtr(x) - log_p) / slope;
    }
    x
}

/// `ln(ndtr(b) - ndtr(a))` for `a <= b`, accurate down to -700 and beyond; `-inf` if `a == b`.
pub fn log_mass(a: f64, b: f64) -> f64 {
    if a >= b {
        f64::NEG_INFINITY
    } else if a > 0.0 {
        log_mass(-b, -a)
    } else if b > 0.0 {
        libm::log1p(-ndtr(a) - ndtr(-b))
    } else {
        let upper = log_ndtr(b);
        upper + ln(-libm::expm1(log_ndtr(a) - upper))
    }
}

/// Quantile `q` of the standard normal truncated to `[a, b]`, in the left-tail form; always inside `[a, b]`.
pub fn truncated_quantile(q: f64, a: f64, b: f64) -> f64 {
    if a > 0.0 {
        return -truncated_quantile(1.0 - q, -b, -a);
    }
    let lower = log_ndtr(a);
    let inner = ln(q) + log_mass(a, b);
    let larger = lower.max(inner);
    let log_p = larger + ln(exp(lower - larger) + exp(inner - larger));
    log_ndtri(log_p.min(0.0)).max(a).min(b)
}
