//! The mass of a normal on the cells of a counted coordinate.

use std::f64::consts::PI;

use super::Dimension;
use crate::numerics::normal::log_mass;
use crate::numerics::{ln, work};

/// Cells narrower than this many standard deviations use the midpoint rule. Changes rounding only.
const NARROW: f64 = 1.0 / 4096.0;

/// The width of one of 2^64 cells. Follows from the type of a level.
const SMALLEST: f64 = 1.0 / (1u128 << 64) as f64;

/// Largest number of entries of a [`CellTable`]. Changes no suggestion.
const MAX_TABLE: f64 = 1024.0;

/// `ln(Phi(b) - Phi(a))`, `a = left / s`, `b = right / s`: the mass of `N(0, s^2)` on a cell, not yet normalized to
/// the unit interval; `inverse = 1 / s`.
///
/// A difference of two values of `Phi` cancels leading digits; its relative error is about `2^-52 s / h` for a cell of
/// width `h`. A narrow cell therefore uses the midpoint rule with its first correction, where `z` is the midpoint and
/// `t = h / s`:
///
/// ```text
/// ln t - z^2/2 - ln(2 pi)/2 + ln(1 + (z^2 - 1) t^2/24),      error below t^4 (z^4 + 6 z^2 + 3) / 1920
/// ```
///
/// In both cases the error is below `1e-11` for `|z| < 40` (`both_formulas_of_a_cell_agree`). A cell may have a width
/// of zero, because a 64-bit integer has more levels than the unit interval has numbers. It then gets the width of one
/// of 2^64 cells.
pub(super) fn log_cell_mass(left: f64, right: f64, inverse: f64) -> f64 {
    let width = (right - left) * inverse;
    if width > NARROW {
        return log_mass(left * inverse, right * inverse);
    }
    let z = 0.5 * (left + right) * inverse;
    let correction = libm::log1p((z * z - 1.0) * width * width / 24.0);
    ln((right - left).max(SMALLEST) * inverse) - 0.5 * z * z - 0.5 * ln(2.0 * PI) + correction
}

/// A table of the masses of all kernels of one bandwidth, which nearly all kernels of a mixture share; absent if there
/// are too many levels.
#[derive(Clone, Debug)]
pub(super) enum CellTable {
    Absent,
    /// Indexed by the distance between the levels of kernel and cell; requires equal cells.
    Shift {
        inverse: f64,
        masses: Vec<f64>,
    },
    /// Indexed by the level of the kernel, then by the level of the cell.
    Pairs {
        inverse: f64,
        masses: Vec<f64>,
        levels: usize,
    },
}

impl CellTable {
    pub(super) fn new(dimension: &Dimension, bandwidth: f64) -> Self {
        let (levels, inverse) = (dimension.levels(), 1.0 / bandwidth);
        let mass = |kernel: u64, cell: u64| {
            let (mean, (left, right)) = (dimension.center(kernel), dimension.cell(cell));
            log_cell_mass(left - mean, right - mean, inverse)
        };
        if levels > MAX_TABLE {
            return Self::Absent;
        }
        if dimension.has_equal_cells() {
            let half = 0.5 / levels;
            let shifted = |shift: u64| {
                let center = shift as f64 / levels;
                log_cell_mass(center - half, center + half, inverse)
            };
            work::count(levels as usize);
            return Self::Shift { inverse, masses: (0..levels as u64).map(shifted).collect() };
        }
        if levels * levels <= MAX_TABLE {
            let n = levels as u64;
            work::count((n * n) as usize);
            let masses = (0..n).flat_map(|kernel| (0..n).map(move |cell| (kernel, cell)));
            return Self::Pairs { inverse, masses: masses.map(|(k, c)| mass(k, c)).collect(), levels: n as usize };
        }
        Self::Absent
    }

    /// The log mass of the kernel at `kernel` with bandwidth `1 / inverse` on the cell of level `cell`, if tabulated.
    #[inline]
    pub(super) fn get(&self, kernel: u64, cell: u64, inverse: f64) -> Option<f64> {
        match self {
            Self::Shift { inverse: own, masses } if *own == inverse => Some(masses[kernel.abs_diff(cell) as usize]),
            Self::Pairs { inverse: own, masses, levels } if *own == inverse => {
                Some(masses[kernel as usize * levels + cell as usize])
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formulas_of_a_cell_agree() {
        for step in 0..400 {
            let z = -20.0 + 0.1 * f64::from(step);
            let half = 0.5 * NARROW * (1.0 - 1e-9);
            let narrow = log_cell_mass(z - half, z + half, 1.0);
            let exact = log_mass(z - half, z + half);
            assert!((narrow - exact).abs() < 1e-11 * (1.0 + z.abs()), "{z}: {narrow} {exact}");
        }
    }
}
