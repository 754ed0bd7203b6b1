//! `Phi` and `ln Phi`, upper tail probabilities of many numbers at once, and Student's t with an integer number of degrees
//! of freedom.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{erfcx, exp_of_square, polynomial};
use crate::numerics::{exp_slice, for_every_kernel, ln};

/// Below this the tail formula is used: far enough from zero for its two factors, close enough for `erfc` to be cheap.
const TAIL: f64 = -1.4;

/// Below this, `Phi(x)` is under half the smallest double.
const UNDERFLOW: f64 = -39.0;

/// `(1 + 2x) erfcx(x)` for `x >= 0` in powers of `t = (x - 15/4) / (x + 15/4)`, after Shepherd and Laframboise (1981);
/// relative error 1e-16 (`make_coefficients.py`).
const SCALED: [f64; 24] = [
    1.2375126308378275,
    -0.14024059858554702,
    0.003585415485479575,
    0.08227673849014977,
    -0.10880393014246645,
    0.09230432116025894,
    -0.05869339857631061,
    0.028362277420377335,
    -0.00974657968596217,
    0.001755625843431864,
    0.000293714390578856,
    -0.00029015404203352704,
    5.164649341002877e-05,
    2.2384138525656757e-05,
    -1.1437980374495534e-05,
    -9.733875167494142e-07,
    1.7419011945194367e-06,
    -5.741076073013916e-08,
    -2.4851108650210706e-07,
    2.3398534313040898e-08,
    3.195398612057818e-08,
    -3.798189797736207e-09,
    -2.618520156503145e-09,
    3.2052623379289157e-10,
];

/// Numbers per chunk of [`upper_tail_slice`].
const CHUNK: usize = 32;

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

/// `Phi(-z)` of every element `z >= 0`, in place: `erfcx(z / sqrt 2) e^(-z^2/2) / 2`, computed without a branch by the
/// fastest kernel of this processor.
///
/// Absolute error below 2e-16. The relative error grows with the rounding of the exponent, to `(8 + z^2 / 2) 2^-53`
/// (`upper_tails_agree_with_the_distribution`).
pub fn upper_tail_slice(zs: &mut [f64]) {
    for chunk in zs.chunks_mut(CHUNK) {
        let mut exps = [0.0; CHUNK];
        let exps = &mut exps[..chunk.len()];
        exps.iter_mut().zip(&*chunk).for_each(|(e, z)| *e = -0.5 * z * z);
        exp_slice(exps);
        scale(chunk, exps);
    }
}

for_every_kernel! {
    fn scale(zs: &mut [f64], exps: &[f64]) {
        for (z, e) in zs.iter_mut().zip(exps) {
            let x = *z * FRAC_1_SQRT_2;
            let t = 1.0 - 7.5 / (x + 3.75);
            *z = 0.5 * e * polynomial(&SCALED, t) / (1.0 + 2.0 * x);
        }
    }
}

/// Degrees of freedom of Student's t from which on the normal distribution is used; it differs by at most `1 / (4 n)`.
const NORMAL: u64 = 100_000;

/// Student's t: the probability that a variable of `degrees >= 1` degrees of freedom is at most `t`. NaN where `t` is NaN.
///
/// Abramowitz and Stegun 1964, 26.7.3 and 26.7.4, with `theta = atan(t / sqrt(n))`. Then `P(|T| < |t|)` is a finite sum,
///
/// ```text
/// n even:  sin theta (1 + 1/2 cos^2 theta + (1 3)/(2 4) cos^4 theta + ... up to cos^(n-2) theta)
/// n odd:   2/pi (theta + sin theta (cos theta + 2/3 cos^3 theta + ... up to cos^(n-2) theta))
/// ```
///
/// Both tails lose the digits that `1 - P` loses: the absolute error of a probability is about 1e-15; the relative
/// error is not bounded.
pub fn student_cdf(t: f64, degrees: u64) -> f64 {
    if degrees >= NORMAL || t.is_infinite() {
        return ndtr(t);
    }
    let n = degrees.max(1) as f64;
    let theta = libm::atan(t / libm::sqrt(n));
    let (sine, cosine) = (libm::sin(theta), libm::cos(theta));
    let (square, is_odd) = (cosine * cosine, degrees % 2 == 1);
    let mut term = if is_odd { cosine } else { 1.0 };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    // The power of the cosine in the last term.
    let mut power = if is_odd { 1.0 } else { 0.0 };
    while power + 2.0 <= n - 2.0 {
        term *= square * (power + 1.0) / (power + 2.0);
        power += 2.0;
        sum += term;
    }
    let within = if is_odd { core::f64::consts::FRAC_2_PI * (theta + sine * sum) } else { sine * sum };
    (0.5 + 0.5 * within).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_tails_agree_with_the_distribution() {
        let zs: Vec<f64> = (0..4000).map(|i| f64::from(i) * 0.01).chain([1e6]).collect();
        let mut tails = zs.clone();
        upper_tail_slice(&mut tails);
        for (z, tail) in zs.iter().zip(&tails) {
            let exact = ndtr(-z);
            let bound = exact * (14.0 + 0.5 * z * z) * f64::EPSILON + 1e-320;
            assert!((tail - exact).abs() <= bound, "{z}: {tail} {exact}");
            let mut alone = [*z];
            upper_tail_slice(&mut alone);
            assert_eq!(alone[0], *tail);
        }
    }

    /// `scipy.stats.t.cdf`.
    #[test]
    fn students_t_agrees_with_scipy() {
        let known = [
            (1.0, 1, 0.75),
            (-2.0, 2, 0.091_751_709_5),
            (2.353, 3, 0.949_983_505_8),
            (1.0, 4, 0.813_049_516_8),
            (-1.5, 7, 0.088_649_243_5),
            (2.0, 30, 0.972_687_477_5),
        ];
        for (t, degrees, expected) in known {
            assert!((student_cdf(t, degrees) - expected).abs() < 1e-9, "{t} {degrees} {}", student_cdf(t, degrees));
        }
    }

    #[test]
    fn students_t_is_symmetric_and_approaches_the_normal_distribution() {
        for degrees in 1..60 {
            for t in [0.0, 0.3, 1.0, 4.0] {
                assert!((student_cdf(t, degrees) + student_cdf(-t, degrees) - 1.0).abs() < 1e-14);
            }
            assert_eq!((student_cdf(f64::INFINITY, degrees), student_cdf(0.0, degrees)), (1.0, 0.5));
        }
        assert!((student_cdf(1.5, 99_999) - student_cdf(1.5, 100_000)).abs() < 3e-6);
        assert!(student_cdf(f64::NAN, 3).is_nan());
    }
}
