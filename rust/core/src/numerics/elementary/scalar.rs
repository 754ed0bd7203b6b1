//! `e^x` and `ln x` of one number, written so that a loop over them vectorizes: no branch, no table, no call. `e^x` also
//! in single precision: a register holds twice as many numbers, and each needs half the operations.
//!
//! Only operations that IEEE 754 defines to the last bit are used (`+ - * /`, fused multiply-add, comparison, bit
//! moves), and the compiler may not reorder them. The result is therefore the same on every processor.
//! `make_coefficients.py` prints the constants.
#![expect(clippy::inline_always, reason = "compiled once for each instruction set, inside the function that calls it")]

/// `3/2 2^52`: adding it to a number under `2^51` in magnitude leaves the nearest integer, in two's complement, in the
/// low bits.
const ROUND: f64 = 6755399441055744.0;

/// `ln 2` to 40 binary places, so that its product with an exponent (11 bits) is exact, and the remainder.
const LN_2_HIGH: f64 = 0.6931471805592082;
const LN_2_LOW: f64 = 7.371002565167799e-13;

/// `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`, constant term first; error 1.4e-18.
const EXP_TAIL: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326141,
    0.0013888888888883752,
    0.00019841269874801046,
    2.480158732553376e-05,
    2.7557255425043745e-06,
    2.755727366084684e-07,
    2.510520666647184e-08,
    2.091467958547083e-09,
];

/// `(ln((1 + s) / (1 - s)) - 2 s) / s^3` in `z = s^2 <= 0.0295`, constant term first; error 3.1e-16 of a term that is
/// below `s^2 / 3` of the result.
const LN_TAIL: [f64; 7] = [
    0.666666666666667,
    0.3999999999989948,
    0.28571428625984485,
    0.22222211133325973,
    0.18182889232297564,
    0.15331718042755715,
    0.14616493660311658,
];

/// The same for single precision: `3/2 2^23`, for a number under `2^22`.
const ROUND_SINGLE: f32 = 12582912.0;

/// `ln 2` to 15 binary places, so that its product with an exponent (8 bits) is exact, and the remainder.
const LN_2_HIGH_SINGLE: f32 = 0.693145751953125;
const LN_2_LOW_SINGLE: f32 = 1.428606765330187e-06;

/// `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`, constant term first; error 6.6e-8, of a term under `r^2 < 0.13`.
const EXP_TAIL_SINGLE: [f32; 5] =
    [0.5, 0.16666576266288757, 0.041666556149721146, 0.008363215252757072, 0.001392622827552259];

/// `e^x`.
///
/// With `k = round(x / ln 2)` and `r = x - k ln 2`, `|r| <= ln(2) / 2`: `e^x = 2^k (1 + r + r^2 tail(r))`. The scaling
/// takes two steps of half the exponent each, because `2^k` itself leaves the range of a double at both ends. The first
/// step is exact; the second rounds only where the result is subnormal.
///
/// Error under 1 ulp (`exp_is_within_one_ulp`). The roundings of `r`, of `r + r^2 tail(r)` and of the sum with 1 cost
/// at most 0.18, 0.25 and 0.5 ulp where `1 + ..` is under 1 and the ulp smallest. Exactly 0 below -745.14, infinite
/// above 709.79, NaN for NaN.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    // NaN fails both comparisons and is kept.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let k = x.mul_add(std::f64::consts::LOG2_E, ROUND) - ROUND;
    let r = k.mul_add(-LN_2_LOW, k.mul_add(-LN_2_HIGH, x));
    let mantissa = 1.0 + (r * r).mul_add(polynomial(&EXP_TAIL, r), r);
    let half = k.mul_add(0.5, ROUND);
    let rest = (k - (half - ROUND)) + ROUND;
    mantissa * power_of_two(half) * power_of_two(rest)
}

/// `e^x` in single precision for `-87 <= x <= 0`, relative error under `1.3 2^-23`; NaN for NaN. The construction is that
/// of [`exp`]; no result is subnormal, so the scaling takes one step.
#[inline(always)]
pub(super) fn exp_single(x: f32) -> f32 {
    let rounded = x.mul_add(std::f32::consts::LOG2_E, ROUND_SINGLE);
    let k = rounded - ROUND_SINGLE;
    let r = k.mul_add(-LN_2_LOW_SINGLE, k.mul_add(-LN_2_HIGH_SINGLE, x));
    let mut tail = EXP_TAIL_SINGLE[EXP_TAIL_SINGLE.len() - 1];
    for coefficient in EXP_TAIL_SINGLE.iter().rev().skip(1) {
        tail = tail.mul_add(r, *coefficient);
    }
    let mantissa = 1.0 + (r * r).mul_add(tail, r);
    mantissa * f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}

/// Natural logarithm.
///
/// `x = 2^k m` with `sqrt(1/2) <= m < sqrt(2)`, `f = m - 1` (exact), `s = f / (2 + f)`, so that `m = (1 + s) / (1 - s)`
/// and `ln m = 2 s + s^3 tail(s^2)`. To keep the last bits, `2 s` is written as `f - f^2/2 + s f^2/2`: the first term
/// is exact and the others are small compared to it.
///
/// Error under 1 ulp (`ln_is_within_one_ulp`); `-inf` at 0, NaN below, infinite at infinity, NaN for NaN.
#[inline(always)]
pub(super) fn ln(x: f64) -> f64 {
    if is_plain(x) { ln_plain(x) } else { ln_outside(x) }
}

/// Whether [`ln_plain`] applies: `x` is positive and finite.
#[inline(always)]
pub(super) fn is_plain(x: f64) -> bool {
    0.0 < x && x < f64::INFINITY
}

/// `ln x` for `0 < x < infinity`.
#[inline(always)]
pub(super) fn ln_plain(x: f64) -> f64 {
    let (k, m) = split(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    let small = s.mul_add(z.mul_add(polynomial(&LN_TAIL, z), half_square), k * LN_2_LOW);
    k.mul_add(LN_2_HIGH, f - (half_square - small))
}

/// The logarithm of zero, negative numbers, infinity and NaN.
fn ln_outside(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 {
        f64::NAN
    } else {
        x
    }
}

/// `(k, m)` with `x = 2^k m` and `sqrt(1/2) <= m < sqrt(2)`, for positive finite `x`.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const MANTISSA_BITS: u32 = 52;
    // Added to the bits of x, this carries into the exponent exactly when the mantissa is at least that of sqrt(1/2).
    const CARRY: u64 = (1023 << MANTISSA_BITS) - std::f64::consts::FRAC_1_SQRT_2.to_bits();
    const TWO_54: f64 = (1u64 << 54) as f64;
    let (normal, shift) = if x < f64::MIN_POSITIVE { (x * TWO_54, 54.0) } else { (x, 0.0) };
    let exponent = (normal.to_bits() + CARRY) >> MANTISSA_BITS;
    let m = f64::from_bits(normal.to_bits() + (1023 << MANTISSA_BITS) - (exponent << MANTISSA_BITS));
    (exponent as f64 - 1023.0 - shift, m)
}

/// Horner's scheme, constant term first.
#[inline(always)]
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut value = coefficients[N - 1];
    for k in (0..N - 1).rev() {
        value = value.mul_add(x, coefficients[k]);
    }
    value
}

/// `2^n` for `-1022 <= n <= 1023`, given `n + ROUND`.
#[inline(always)]
fn power_of_two(rounded: f64) -> f64 {
    f64::from_bits((rounded.to_bits() << 52).wrapping_add(1.0f64.to_bits()))
}
