//! Matern-5/2 and its derivatives over slices of `r^2`.
//!
//! With `q = sqrt(5 r^2)`:
//!
//! ```text
//! M      = (1 + q + q^2 / 3) e^-q
//! dM/dr2 = -(5/6) (1 + q) e^-q
//! ```
//!
//! The derivative is taken with respect to `r^2` because the one with respect to `r` leads to `0 / 0` where two points
//! coincide (`coinciding_points_have_finite_gradients`).

use crate::numerics::{exp_slice, for_every_kernel};

/// Number of elements processed together by the three steps; they stay in the first-level cache. Changes no suggestion.
const BLOCK: usize = 64;

/// Replaces every `r^2` by `s2 M(r)`.
pub(super) fn matern(r2: &mut [f64], s2: f64) {
    let mut decay = [0.0; BLOCK];
    for r2 in r2.chunks_mut(BLOCK) {
        let decay = &mut decay[..r2.len()];
        roots(r2, decay);
        exp_slice(decay);
        finish(r2, decay, s2);
    }
}

/// Writes `s2 M(r)` to `value` and replaces every `r^2` by `s2 dM/dr2`.
pub(super) fn matern_with_slope(r2: &mut [f64], value: &mut [f64], s2: f64) {
    let mut decay = [0.0; BLOCK];
    for (r2, value) in r2.chunks_mut(BLOCK).zip(value.chunks_mut(BLOCK)) {
        let decay = &mut decay[..r2.len()];
        roots(r2, decay);
        exp_slice(decay);
        finish_with_slope(r2, value, decay, s2);
    }
}

for_every_kernel! {
    /// Replaces `r2` by `q` and writes `-q` to `decay`.
    fn roots(r2: &mut [f64], decay: &mut [f64]) {
        for (x, d) in r2.iter_mut().zip(decay) {
            *x = (5.0 * *x).sqrt();
            *d = -*x;
        }
    }
}

for_every_kernel! {
    fn finish(q: &mut [f64], decay: &[f64], s2: f64) {
        for (q, e) in q.iter_mut().zip(decay) {
            *q = (1.0 + *q + *q * *q * (1.0 / 3.0)) * (e * s2);
        }
    }
}

for_every_kernel! {
    fn finish_with_slope(q: &mut [f64], value: &mut [f64], decay: &[f64], s2: f64) {
        for ((q, value), e) in q.iter_mut().zip(value).zip(decay) {
            let e = e * s2;
            *value = (1.0 + *q + *q * *q * (1.0 / 3.0)) * e;
            *q = -(5.0 / 6.0) * (1.0 + *q) * e;
        }
    }
}
