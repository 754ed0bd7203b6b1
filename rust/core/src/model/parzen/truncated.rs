//! Normals truncated to `[0, 1]`.

use crate::numerics::ln_slice;
use crate::numerics::normal::{LN_SQRT_TAU, upper_tail_slice};

/// A normal truncated to `[0, 1]`. Draws are `mean + sigma z`; `below` and `above` are the masses cut off at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Truncated {
    pub(super) mean: f64,
    pub(super) sigma: f64,
    pub(super) below: f64,
    pub(super) above: f64,
}

impl Truncated {
    /// `Phi(z)` at quantile `q`.
    #[inline]
    pub(super) fn probability(self, q: f64) -> f64 {
        self.below + q * (1.0 - (self.below + self.above))
    }
}

/// Logarithms of kernel constants are stored as integers in units of `2^-44`. Their sums are then exact in any order,
/// so that an updated mixture equals a new one bit for bit. The rounding error is `6e-14` per dimension, and sums up to
/// 5e5 can be represented. Changes rounding only.
pub(super) const UNITS: f64 = (1u64 << 44) as f64;

/// Computes the masses of normals outside `[0, 1]` from their means, which must lie in `[0, 1]`, and their inverse
/// standard deviations `1 / s`: `Phi(-mean / s)` in `below` and `Phi((mean - 1) / s)` in `above`. The absolute error is
/// below 4e-16.
pub(super) fn masses_outside(means: &[f64], inverses: &[f64], below: &mut [f64], above: &mut [f64]) {
    for (i, (mean, inverse)) in means.iter().zip(inverses).enumerate() {
        below[i] = mean * inverse;
        above[i] = (1.0 - mean) * inverse;
    }
    upper_tail_slice(below);
    upper_tail_slice(above);
}

/// The logarithms of the constants that normalize such normals on `[0, 1]`, in [`UNITS`]. With the mass `inside`, the
/// constant of a density is `1 / (s sqrt(2 pi) inside)` and that of masses is `1 / inside`. The result is zero if the
/// inverse standard deviation is zero, as for an inactive kernel.
///
/// Overwrites `below`.
pub(super) fn log_constants<'a>(
    inverses: &'a [f64],
    is_density: &'a [bool],
    below: &'a mut [f64],
    above: &[f64],
) -> impl Iterator<Item = i64> + 'a {
    let forms = inverses.iter().zip(is_density);
    for ((below, above), (inverse, is_density)) in below.iter_mut().zip(above).zip(forms.clone()) {
        *below = if *is_density { *inverse } else { 1.0 } / (1.0 - (*below + above));
    }
    ln_slice(below);
    below.iter().zip(forms).map(|(log, (inverse, is_density))| {
        let shift = if *is_density { LN_SQRT_TAU } else { 0.0 };
        if *inverse == 0.0 { 0 } else { ((log - shift) * UNITS) as i64 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::ln;
    use crate::numerics::normal::log_mass;

    #[test]
    fn constants_are_those_of_truncated_normals() {
        for inverse in [1.0, 3.0, 33.3] {
            for mean in [0.0, 0.01, 0.3, 1.0] {
                let mut outside = ([0.0], [0.0]);
                masses_outside(&[mean], &[inverse], &mut outside.0, &mut outside.1);
                let log_inside = log_mass(-mean * inverse, (1.0 - mean) * inverse);
                for (density, expected) in
                    [(true, ln(inverse) - 0.5 * ln(std::f64::consts::TAU) - log_inside), (false, -log_inside)]
                {
                    let mut below = outside.0;
                    let constant = log_constants(&[inverse], &[density], &mut below, &outside.1).next();
                    assert!((constant.unwrap_or(0) as f64 / UNITS - expected).abs() < 1.5e-13);
                }
            }
        }
        assert_eq!(log_constants(&[0.0], &[true], &mut [0.5], &[0.5]).next(), Some(0));
    }
}
