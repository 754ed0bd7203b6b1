//! The loops, in blocks of 16 numbers, which are two registers of the widest kernel.
//!
//! Every function here is compiled once for each kernel. A sum keeps one partial sum a lane and adds the lanes in order
//! at the end: the same additions in the same order whatever a register holds.
#![expect(clippy::inline_always, reason = "compiled once for each instruction set, inside the function that calls it")]

use super::scalar;

/// Numbers of a block, and partial sums of a reduction.
const LANES: usize = 16;

/// `e^x` of every element, in place.
#[inline(always)]
pub(super) fn exp_slice(xs: &mut [f64]) {
    for x in xs {
        *x = scalar::exp(*x);
    }
}

/// `ln sum e^x = m + ln sum e^(x - m)`, `m` the largest `x`.
///
/// Where `m` is infinite it is left out, and the formula gives minus infinity, infinity or NaN by itself.
#[inline(always)]
pub(super) fn log_sum_exp(xs: &[f64]) -> f64 {
    let largest = largest(xs);
    let shift = if largest.is_finite() { largest } else { 0.0 };
    let (blocks, rest) = xs.as_chunks::<LANES>();
    let mut last = [f64::NEG_INFINITY; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let mut sums = [0.0; LANES];
    for block in blocks.iter().chain(std::iter::once(&last)) {
        add_exp(&mut sums, block, shift);
    }
    shift + scalar::ln(sums.iter().sum())
}

/// The largest element, NaN passed over; minus infinity if there is none.
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
    lanes.iter().chain(rest).fold(f64::NEG_INFINITY, |a, &b| larger(a, b))
}

/// `sums += e^(block - shift)`, lane by lane.
#[inline(always)]
fn add_exp(sums: &mut [f64; LANES], block: &[f64; LANES], shift: f64) {
    for lane in 0..LANES {
        sums[lane] += scalar::exp(block[lane] - shift);
    }
}
