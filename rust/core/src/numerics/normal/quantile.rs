//! The inverse of `Phi`, by rational approximations on three ranges (the plan of Wichura 1988, algorithm AS 241; the
//! coefficients are our own) and a fixed-point iteration beyond them.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{erfcx, polynomial};
use crate::numerics::{for_every_kernel, ln, ln_slice};

/// The central range, in `|p - 1/2|`.
const CENTER: f64 = 0.425;

/// `ndtri(1/2 + q) / q` for `|q| <= 0.425`, in powers of `0.425^2 - q^2`: numerator and denominator; relative error
/// 7e-17 before rounding (`make_coefficients.py`).
const CENTRAL: [f64; 9] = [
    3.3871328727963665,
    148.75654077063152,
    2548.2248573022625,
    21627.48116049056,
    95692.73551269759,
    213550.16248438213,
    214247.3801984238,
    74060.81462563902,
    3907.007639023816,
];
const CENTRAL_DENOMINATOR: [f64; 9] = [
    1.0,
    46.92338689522055,
    871.2838940641986,
    8176.878340636071,
    41169.98166790856,
    109244.70555458817,
    140376.82723612545,
    72342.69749284587,
    9398.46451720659,
];

/// `-ndtri(e^(-r^2))` for `1.6 <= r <= 5.5`, in powers of `r - 1.6`; relative error 1.2e-16.
const TAIL: [f64; 9] = [
    1.4234371107496837,
    4.647628210983039,
    5.856295000754367,
    3.812076621474401,
    1.4200529938588196,
    0.3116022477188034,
    0.03904804396476854,
    0.0024788896731838188,
    5.7385066141313116e-05,
];
const TAIL_DENOMINATOR: [f64; 9] = [
    1.0,
    2.0653385382898,
    1.7227893438369828,
    0.7505188260017743,
    0.18384772800270296,
    0.025026348429938342,
    0.001688246403337134,
    4.057436685058161e-05,
    2.3006294243230775e-11,
];

/// `-ndtri(e^(-r^2))` for `5.5 <= r <= 28`, in powers of `r - 5.5`; relative error 1.5e-16.
const FAR_TAIL: [f64; 9] = [
    7.390976407744009,
    5.82420773920865,
    1.8634613200408763,
    0.31197141482904805,
    0.02936868777563437,
    0.00155550474123666,
    4.391562090296341e-05,
    5.807428632884567e-07,
    2.6114526595185697e-09,
];
const FAR_TAIL_DENOMINATOR: [f64; 9] = [
    1.0,
    0.5901489555764435,
    0.13628456932965757,
    0.015652301606178486,
    0.0009423647104086012,
    2.885717287045068e-05,
    4.004937794188619e-07,
    1.8465714260794217e-09,
    6.117813696402725e-18,
];

/// Inverse of [`ndtr`](super::ndtr); `-inf` at 0, `inf` at 1, NaN outside `[0, 1]`.
///
/// Error at most 5 ulp (`ndtri_is_within_five_ulp`).
pub fn ndtri(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTER {
        center(q)
    } else if q < 0.0 {
        left_tail(ln(p))
    } else {
        // 1 - p is exact here.
        -left_tail(ln(1.0 - p))
    }
}

/// Numbers per chunk.
const CHUNK: usize = 32;

for_every_kernel! {
    /// [`ndtri`] of every element, in place, by the fastest kernel of this processor; bit-equal to [`ndtri`].
    ///
    /// The central formula is computed for all elements without a branch. The tails, 15 % of uniform numbers, are then
    /// computed together.
    pub fn ndtri_slice(ps: &mut [f64]) {
        for chunk in ps.chunks_mut(CHUNK) {
            let mut result = [0.0; CHUNK];
            for (x, p) in result.iter_mut().zip(chunk.iter()) {
                *x = center(p - 0.5);
            }
            let (mut positions, mut logs, mut n_tails) = ([0; CHUNK], [0.0; CHUNK], 0);
            for (position, p) in chunk.iter().enumerate() {
                positions[n_tails] = position;
                logs[n_tails] = if *p < 0.5 { *p } else { 1.0 - *p };
                n_tails += usize::from((p - 0.5).abs() > CENTER);
            }
            ln_slice(&mut logs[..n_tails]);
            for (position, log) in positions.iter().zip(logs).take(n_tails) {
                result[*position] = if chunk[*position] < 0.5 { left_tail(log) } else { -left_tail(log) };
            }
            chunk.copy_from_slice(&result[..chunk.len()]);
        }
    }
}

/// The quantile of `1/2 + q`, `|q| <= 0.425`.
#[inline]
fn center(q: f64) -> f64 {
    let r = 0.180625 - q * q;
    q * (polynomial(&CENTRAL, r) / polynomial(&CENTRAL_DENOMINATOR, r))
}

/// The `x` with `ln Phi(x) = log_p`, for `log_p <= ln 0.075`; there is no lower limit.
pub(super) fn left_tail(log_p: f64) -> f64 {
    let r = (-log_p).sqrt();
    if r <= 5.5 {
        let offset = r - 1.6;
        -polynomial(&TAIL, offset) / polynomial(&TAIL_DENOMINATOR, offset)
    } else if r <= 28.0 {
        let offset = r - 5.5;
        -polynomial(&FAR_TAIL, offset) / polynomial(&FAR_TAIL_DENOMINATOR, offset)
    } else {
        -far_left_tail(-2.0 * log_p)
    }
}

/// The `x > 0` with `-2 ln Phi(-x) = y`, for `y >= 2 28^2`.
///
/// `x^2 = y + 2 ln(erfcx(x / sqrt 2) / 2)`, iterated. The right side hardly depends on `x`, so each step reduces the
/// error by a factor of `1 / x^2 < 1 / 1500`, from at most 0.3 % at the start.
fn far_left_tail(y: f64) -> f64 {
    if y.is_infinite() {
        return y;
    }
    (0..5).fold(y.sqrt(), |x, _| (y + 2.0 * ln(0.5 * erfcx(x * FRAC_1_SQRT_2))).sqrt())
}
