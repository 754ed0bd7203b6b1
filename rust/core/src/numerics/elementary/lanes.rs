//! The loops over slices, in blocks of 16 numbers (two registers of the widest kernel).
//!
//! Every function here is compiled once for each kernel. A sum keeps one partial sum per lane and joins the lanes in
//! halves at the end. The additions and their order are therefore the same for every register width.
#![expect(clippy::inline_always, reason = "compiled once for each instruction set, inside the function that calls it")]

use std::ops::Add;

use super::scalar;

/// Numbers per block, and partial sums per reduction.
const LANES: usize = 16;

/// `e^x` of every element, in place.
#[inline(always)]
pub(super) fn exp_slice(xs: &mut [f64]) {
    for x in xs {
        *x = scalar::exp(*x);
    }
}

/// `ln x` of every element, in place.
#[inline(always)]
pub(super) fn ln_slice(xs: &mut [f64]) {
    for chunk in xs.chunks_mut(LANES) {
        // First all of them without a branch.
        let mut logs = [0.0; LANES];
        for (log, x) in logs.iter_mut().zip(chunk.iter()) {
            *log = scalar::ln_plain(if scalar::is_plain(*x) { *x } else { 1.0 });
        }
        for (x, log) in chunk.iter_mut().zip(logs) {
            *x = if scalar::is_plain(*x) { log } else { scalar::ln(*x) };
        }
    }
}

/// A term of at most this adds nothing to a sum of at least 1, and its exponential is still a normal number. Processors
/// are about a hundred times slower on subnormal numbers.
const NEGLIGIBLE: f64 = -700.0;
/// The same in single precision.
const NEGLIGIBLE_SINGLE: f32 = -87.0;

/// `ln sum e^x`.
#[inline(always)]
pub(super) fn log_sum_exp(xs: &[f64]) -> f64 {
    log_sum_exp_with(xs, exp_of_term)
}

/// `ln sum e^x` by exponentials in single precision.
#[inline(always)]
pub(super) fn log_sum_exp_single(xs: &[f64]) -> f64 {
    log_sum_exp_with(xs, exp_of_term_single)
}

/// `e^x`, where `x` is clamped at [`NEGLIGIBLE`].
#[inline(always)]
fn exp_of_term(x: f64) -> f64 {
    scalar::exp(if x < NEGLIGIBLE { NEGLIGIBLE } else { x })
}

/// `e^x`, where `x` is clamped at [`NEGLIGIBLE_SINGLE`].
#[inline(always)]
fn exp_of_term_single(x: f64) -> f32 {
    let x = x as f32;
    scalar::exp_single(if x < NEGLIGIBLE_SINGLE { NEGLIGIBLE_SINGLE } else { x })
}

/// `ln sum e^x = m + ln sum e^(x - m)`, `m` the largest `x`. The sums have the precision of `exp`.
///
/// An infinite `m` is not subtracted, and the formula then gives infinity or NaN by itself. If all terms are minus
/// infinity, so is the result.
#[inline(always)]
fn log_sum_exp_with<T: Copy + Default + Add<Output = T> + Into<f64>>(xs: &[f64], exp: impl Fn(f64) -> T) -> f64 {
    let largest = largest(xs);
    let shift = if largest.is_finite() { largest } else { 0.0 };
    let (blocks, rest) = xs.as_chunks::<LANES>();
    let mut sums = [T::default(); LANES];
    for block in blocks {
        add_exp(&mut sums, block, shift, &exp);
    }
    if !rest.is_empty() {
        let mut last = [f64::NEG_INFINITY; LANES];
        last[..rest.len()].copy_from_slice(rest);
        add_exp(&mut sums, &last, shift, &exp);
    }
    let sum: f64 = fold(sums, |a, b| a + b).into();
    if largest == f64::NEG_INFINITY && !sum.is_nan() { largest } else { shift + scalar::ln(sum) }
}

/// `sums += e^(block - shift)`, lane by lane.
#[inline(always)]
fn add_exp<T: Copy + Add<Output = T>>(
    sums: &mut [T; LANES],
    block: &[f64; LANES],
    shift: f64,
    exp: &impl Fn(f64) -> T,
) {
    for lane in 0..LANES {
        sums[lane] = sums[lane] + exp(block[lane] - shift);
    }
}

/// The largest element, ignoring NaN; minus infinity if there is none.
#[inline(always)]
fn largest(xs: &[f64]) -> f64 {
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let (blocks, rest) = xs.as_chunks::<LANES>();
    let mut lanes = [f64::NEG_INFINITY; LANES];
    for block in blocks {
        for lane in 0..LANES {
            lanes[lane] = larger(lanes[lane], block[lane]);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = larger(*lane, *x);
    }
    fold(lanes, larger)
}

/// Joins the lanes in halves: the second half to the first, then the second quarter to the first, and so on.
#[inline(always)]
fn fold<T: Copy>(mut lanes: [T; LANES], join: impl Fn(T, T) -> T) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = join(lanes[lane], lanes[lane + width]);
        }
        width /= 2;
    }
    lanes[0]
}
