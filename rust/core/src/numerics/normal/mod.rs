//! The normal distribution, in log space where needed, and Student's.
//!
//! `Phi` is the distribution function of the standard normal, `phi` its density. All functions use `erfcx(x) = e^(x^2)
//! erfc(x)`, which neither underflows nor cancels: in the left tail `Phi(x) = e^(-x^2/2) erfcx(-x / sqrt 2) / 2`, and
//! its logarithm is a sum of two numbers of the same sign. The right half follows by symmetry. Errors are stated in ulp
//! and measured against tables of 60 digits (`tests/normal.rs`).

mod distribution;
mod erfcx;
mod quantile;
mod truncated;

pub use distribution::{log_ndtr, ndtr, student_cdf, upper_tail_slice};
pub use erfcx::erfcx;
pub use quantile::{ndtri, ndtri_slice};
pub use truncated::{log_mass, truncated_quantile};

/// `ln sqrt(2 pi)`.
pub const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_8;

/// A polynomial, constant term first. Even and odd powers are separate, so that two chains of operations run in
/// parallel.
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let square = x * x;
    let (pairs, last) = coefficients.as_chunks::<2>();
    let highest = [last.first().copied().unwrap_or(0.0), 0.0];
    let step = |[even, odd]: [f64; 2], &[c, d]: &[f64; 2]| [even * square + c, odd * square + d];
    let [even, odd] = pairs.iter().rev().fold(highest, step);
    even + x * odd
}

/// `e^(factor x^2)` without the rounding error of `x^2`, which the exponential would amplify; `x^2` must be finite.
///
/// With `x^2 = square + rest` (`rest` exact by the fused multiply-add): `e^(factor square) (1 + factor rest)`.
fn exp_of_square(factor: f64, x: f64) -> f64 {
    let square = x * x;
    let rest = x.mul_add(x, -square);
    super::exp(factor * square) * (1.0 + factor * rest)
}
