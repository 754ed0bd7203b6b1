//! Probabilities of the cells of one axis, estimated from counts.

use crate::numerics::{exp_slice, scott_shrinkage, variance};
use crate::space::AxisKind;

/// Number of cells of a continuous axis, and the maximum for an ordered one. An importance sees no structure that is
/// narrower than a cell; Scott's kernel of a thousand evenly spread trials is as wide as five. Changes no suggestion.
const CELLS: usize = 64;

/// How an axis is divided into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AxisCells {
    /// This many equal cells, smoothed by kernels.
    Ordered(usize),
    /// One for each choice.
    Unordered(usize),
}

impl AxisCells {
    pub(super) fn of(kind: AxisKind) -> Self {
        match kind {
            AxisKind::Continuous => Self::Ordered(CELLS),
            AxisKind::Ordered { levels } => Self::Ordered((levels as usize).min(CELLS)),
            AxisKind::Unordered { levels } => Self::Unordered(levels),
        }
    }

    pub(super) fn count(self) -> usize {
        match self {
            Self::Ordered(n) | Self::Unordered(n) => n,
        }
    }

    /// The cell that holds a unit coordinate.
    pub(super) fn index(self, unit: f64) -> usize {
        ((unit * self.count() as f64) as usize).min(self.count() - 1)
    }
}

/// The probability of each cell. Every observation is spread by its kernel, and a fraction `uniform_share` of the mass
/// is spread evenly over all cells, so that none has probability zero.
///
/// Kernels are Gaussian, of the given width in unit coordinates, evaluated at the centres of the cells and scaled to
/// sum to one. With a width of at least half a cell, the centres represent the cells well enough to compare two
/// densities. Unordered choices are not smoothed.
pub(super) fn density(cells: AxisCells, counts: &[u32], width: f64, uniform_share: f64) -> Vec<f64> {
    let (n_cells, total) = (counts.len() as f64, counts.iter().map(|n| f64::from(*n)).sum::<f64>());
    let spread = match cells {
        AxisCells::Ordered(_) => smoothed(counts, width),
        AxisCells::Unordered(_) => counts.iter().map(|n| f64::from(*n)).collect(),
    };
    spread.iter().map(|mass| (1.0 - uniform_share) * mass / total + uniform_share / n_cells).collect()
}

fn smoothed(counts: &[u32], width: f64) -> Vec<f64> {
    let n = counts.len();
    // Kernels depend only on the distance.
    let exponent = |distance: usize| {
        let z = distance as f64 / (n as f64 * width);
        -0.5 * z * z
    };
    let mut kernel: Vec<f64> = (0..n).map(exponent).collect();
    exp_slice(&mut kernel);
    let mut masses = vec![0.0; n];
    for (centre, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let sum: f64 = (0..n).map(|cell| kernel[cell.abs_diff(centre)]).sum();
        for (cell, mass) in masses.iter_mut().enumerate() {
            *mass += f64::from(*count) * kernel[cell.abs_diff(centre)] / sum;
        }
    }
    masses
}

/// Scott's rule: the standard deviation times [`scott_shrinkage`], but at least half a cell.
pub(super) fn scott(points: &[f64], cells: AxisCells) -> f64 {
    let narrowest = 0.5 / cells.count() as f64;
    (variance(points).sqrt() * scott_shrinkage(points.len())).max(narrowest)
}
