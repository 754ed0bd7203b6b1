//! `ln sum e^x` by exponentials in single precision: a register holds twice as many numbers, and each needs half the
//! operations. The construction is that of `scalar` and `lanes`; `make_coefficients.py` prints the constants.
#![expect(clippy::inline_always, reason = "compiled once for each instruction set, inside the function that calls it")]

use std::f32::consts::LOG2_E;

use super::lanes::{LANES, log_sum_exp_with};

/// `3/2 2^23`: adding it to a number under `2^22` in magnitude leaves the nearest integer in the low bits.
const ROUND: f32 = 12582912.0;

/// `ln 2` to 15 binary places, so that its product with an exponent (8 bits) is exact, and the remainder.
const LN_2_HIGH: f32 = 0.693145751953125;
const LN_2_LOW: f32 = 1.428606765330187e-06;

/// `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`, constant term first; error 6.6e-8, of a term under `r^2 < 0.13`.
const EXP_TAIL: [f32; 5] = [0.5, 0.16666576266288757, 0.041666556149721146, 0.008363215252757072, 0.001392622827552259];

/// A term of at most this adds nothing to a sum of at least 1, and its exponential is still a normal number.
const NEGLIGIBLE: f32 = -87.0;

/// `ln sum e^x = m + ln sum e^(x - m)`, `m` the largest `x`.
#[inline(always)]
pub(super) fn log_sum_exp(xs: &[f64]) -> f64 {
    log_sum_exp_with(xs, [0.0; LANES], add_exp)
}

/// `sums += e^(block - shift)`, lane by lane; terms are clamped at [`NEGLIGIBLE`].
#[inline(always)]
fn add_exp(sums: &mut [f32; LANES], block: &[f64; LANES], shift: f64) {
    for lane in 0..LANES {
        let x = (block[lane] - shift) as f32;
        sums[lane] += exp(if x < NEGLIGIBLE { NEGLIGIBLE } else { x });
    }
}

/// `e^x` for `-87 <= x <= 0`, relative error under `1.3 2^-23`; NaN for NaN.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let rounded = x.mul_add(LOG2_E, ROUND);
    let k = rounded - ROUND;
    let r = k.mul_add(-LN_2_LOW, k.mul_add(-LN_2_HIGH, x));
    let mut tail = EXP_TAIL[EXP_TAIL.len() - 1];
    for coefficient in EXP_TAIL.iter().rev().skip(1) {
        tail = tail.mul_add(r, *coefficient);
    }
    let mantissa = 1.0 + (r * r).mul_add(tail, r);
    mantissa * f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}
