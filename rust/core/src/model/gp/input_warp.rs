//! Kumaraswamy's distribution function, by which a number's unit coordinate is bent before distances are taken.
//!
//! ```text
//! w(z) = 1 - (1 - z^a)^b,    a, b > 0
//! ```
//!
//! (Snoek et al. 2014, who use the beta distribution; Cowen-Rivers et al. 2022): steep where the function varies
//! quickly, flat where it does not, the identity at `a = b = 1`. With `u = 1 - z^a`:
//!
//! ```text
//! dw/dz = a b z^(a-1) u^(b-1)
//! dw/d ln a = a b z^a u^(b-1) ln z,    dw/d ln b = -b u^b ln u
//! ```
//!
//! At 0 and 1 both of the last are 0, in the limit. The first may be infinite there: it is taken [`INSIDE`] the ends.

use crate::numerics::{exp, ln};

/// How far inside the ends a slope is taken.
const INSIDE: f64 = 1e-6;

/// A warp of `[0, 1]` onto itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputWarp {
    /// Below 1: steep at 0.
    pub a: f64,
    /// Below 1: steep at 1.
    pub b: f64,
}

impl InputWarp {
    /// `w(z)`; NaN stays NaN.
    pub fn of(&self, z: f64) -> f64 {
        if z <= 0.0 || z >= 1.0 {
            return z.clamp(0.0, 1.0);
        }
        1.0 - exp(self.b * ln(self.rest(z)))
    }

    /// `u = 1 - z^a` inside the interval, without loss near 1.
    fn rest(&self, z: f64) -> f64 {
        -libm::expm1(self.a * ln(z))
    }

    /// `dw/dz`.
    pub(super) fn slope(&self, z: f64) -> f64 {
        let z = z.clamp(INSIDE, 1.0 - INSIDE);
        let rest = self.rest(z);
        self.a * self.b * (1.0 - rest) / z * exp((self.b - 1.0) * ln(rest))
    }

    /// `dw/d ln a` and `dw/d ln b`.
    pub(super) fn by_parameters(&self, z: f64) -> [f64; 2] {
        if z <= 0.0 || z >= 1.0 {
            return [0.0; 2];
        }
        let rest = self.rest(z);
        let (log, kept) = (ln(rest), exp(self.b * ln(rest)));
        [self.a * self.b * (1.0 - rest) * kept / rest * ln(z), -self.b * kept * log]
    }
}

#[cfg(test)]
mod tests {
    use super::{InputWarp, exp, ln};

    #[test]
    fn derivatives_equal_central_differences() {
        for (a, b) in [(1.0, 1.0), (0.3, 4.0), (4.0, 0.3), (0.5, 0.5), (3.0, 3.0)] {
            for z in [0.001, 0.2, 0.5, 0.9, 0.999] {
                let bent = |i: usize, step: f64| {
                    let by = |k: usize| if i == k { step } else { 0.0 };
                    InputWarp { a: exp(ln(a) + by(1)), b: exp(ln(b) + by(2)) }.of(z + by(0))
                };
                let warp = InputWarp { a, b };
                let [by_a, by_b] = warp.by_parameters(z);
                for (i, found) in [warp.slope(z), by_a, by_b].into_iter().enumerate() {
                    let difference = (bent(i, 1e-6) - bent(i, -1e-6)) / 2e-6;
                    assert!((found - difference).abs() < 1e-5 * (1.0 + difference.abs()), "{a} {b} {z} {i}");
                }
            }
            for z in [0.0, 1.0] {
                assert!(InputWarp { a, b }.by_parameters(z) == [0.0; 2] && InputWarp { a, b }.slope(z).is_finite());
            }
        }
    }
}
