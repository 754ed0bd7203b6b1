//! One dimension of all kernels of a mixture.

use std::f64::consts::{PI, SQRT_2};

use super::Dimension;
use super::cells::{CellTable, log_cell_mass};
use super::dimension::Form;
use super::squares::LANES;
use crate::numerics::ln;
use crate::numerics::normal::log_mass;

/// Logarithms of kernel constants are counted in units of `2^-44`: their sums are then exact in any order, so that a
/// mixture kept up to date equals one built anew bit for bit. Costs `3e-14` for each dimension; sums reach 5e5.
pub(super) const UNITS: f64 = (1u64 << 44) as f64;

/// One dimension of all kernels; vectors over kernels are padded to whole lanes.
#[derive(Clone, Debug)]
pub(super) enum Column {
    Continuous(Continuous),
    Cells(Cells),
    /// The level of each kernel.
    Categories {
        levels: Vec<u32>,
    },
    /// The level of each kernel, and the weight of the kernels at each level.
    Counts {
        levels: Vec<u32>,
        weights: Vec<f64>,
    },
}

/// `rates = 1 / (s sqrt 2)`, `scaled = means * rates`; zero for a kernel that takes no part.
#[derive(Clone, Debug, Default)]
pub(super) struct Continuous {
    pub(super) means: Vec<f64>,
    pub(super) rates: Vec<f64>,
    pub(super) scaled: Vec<f64>,
}

/// `inverses = 1 / s`; zero for a kernel that takes no part.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    pub(super) means: Vec<f64>,
    pub(super) inverses: Vec<f64>,
    pub(super) levels: Vec<u64>,
    /// Masses of the kernels of the commonest bandwidth.
    pub(super) table: CellTable,
}

impl Column {
    pub(super) fn new(dimension: &Dimension) -> Self {
        match dimension.form() {
            Form::Continuous => Self::Continuous(Continuous::default()),
            Form::Cells => Self::Cells(Cells {
                means: Vec::new(),
                inverses: Vec::new(),
                levels: Vec::new(),
                table: CellTable::Absent,
            }),
            Form::Categories => Self::Categories { levels: Vec::new() },
            Form::Counts => Self::Counts { levels: Vec::new(), weights: vec![0.0; dimension.levels() as usize] },
        }
    }

    /// Appends a kernel that takes no part yet.
    pub(super) fn push(&mut self, slot: usize, u: f64, dimension: &Dimension) {
        match self {
            Self::Continuous(c) => {
                put(&mut c.means, slot, u);
                put(&mut c.rates, slot, 0.0);
                put(&mut c.scaled, slot, 0.0);
            }
            Self::Cells(c) => {
                put(&mut c.means, slot, u);
                put(&mut c.inverses, slot, 0.0);
                put(&mut c.levels, slot, dimension.level(u));
            }
            Self::Categories { levels } | Self::Counts { levels, .. } => {
                put(levels, slot, dimension.level(u) as u32);
            }
        }
    }

    /// Sets the bandwidth of a kernel, 0 for one that takes no part, and returns by how much its log constant grows, in
    /// [`UNITS`].
    pub(super) fn set_bandwidth(&mut self, slot: usize, bandwidth: f64) -> i64 {
        match self {
            Self::Continuous(c) => {
                let rate = if bandwidth > 0.0 { 1.0 / (bandwidth * SQRT_2) } else { 0.0 };
                if rate == c.rates[slot] {
                    return 0;
                }
                let before = c.constant(slot);
                c.rates[slot] = rate;
                c.scaled[slot] = c.means[slot] * c.rates[slot];
                c.constant(slot) - before
            }
            Self::Cells(c) => {
                let inverse = if bandwidth > 0.0 { 1.0 / bandwidth } else { 0.0 };
                if inverse == c.inverses[slot] {
                    return 0;
                }
                let before = c.constant(slot);
                c.inverses[slot] = inverse;
                c.constant(slot) - before
            }
            Self::Categories { .. } | Self::Counts { .. } => 0,
        }
    }

    /// Unit coordinates of the kernels of a numeric dimension.
    pub(super) fn means(&self) -> Option<&[f64]> {
        match self {
            Self::Continuous(c) => Some(&c.means),
            Self::Cells(c) => Some(&c.means),
            Self::Categories { .. } | Self::Counts { .. } => None,
        }
    }

    /// Tabulates the masses of the kernels of one bandwidth, where that pays.
    pub(super) fn tabulate(&mut self, dimension: &Dimension, bandwidth: f64) {
        if let Self::Cells(c) = self {
            c.table = CellTable::new(dimension, bandwidth);
        }
    }

    /// The bandwidth of a kernel; zero where there is none.
    pub(super) fn bandwidth(&self, slot: usize) -> f64 {
        let width = match self {
            Self::Continuous(c) => 1.0 / (c.rates[slot] * SQRT_2),
            Self::Cells(c) => 1.0 / c.inverses[slot],
            Self::Categories { .. } | Self::Counts { .. } => 0.0,
        };
        if width.is_finite() { width } else { 0.0 }
    }

    /// Counts a kernel in, or out if `weight` is negative.
    pub(super) fn count(&mut self, slot: usize, weight: f64) {
        if let Self::Counts { levels, weights } = self {
            weights[levels[slot] as usize] += weight;
        }
    }
}

impl Continuous {
    /// `ln(rate / sqrt pi)` less the log of the mass on `[0, 1]`; zero for a kernel that takes no part.
    fn constant(&self, slot: usize) -> i64 {
        let (mean, rate) = (self.means[slot], self.rates[slot]);
        if rate == 0.0 {
            return 0;
        }
        in_units(ln(rate) - 0.5 * ln(PI) - log_mass_inside(mean, rate * SQRT_2))
    }
}

impl Cells {
    /// Log mass of a kernel on the cell of a level, without its constant.
    pub(super) fn log_mass(&self, slot: usize, level: u64, (left, right): (f64, f64)) -> f64 {
        let (mean, inverse) = (self.means[slot], self.inverses[slot]);
        if inverse == 0.0 {
            return f64::NEG_INFINITY;
        }
        let tabulated = self.table.get(self.levels[slot], level, inverse);
        tabulated.unwrap_or_else(|| log_cell_mass(left - mean, right - mean, inverse))
    }

    /// Less the log of the mass on `[0, 1]`; zero for a kernel that takes no part.
    fn constant(&self, slot: usize) -> i64 {
        let (mean, inverse) = (self.means[slot], self.inverses[slot]);
        if inverse == 0.0 { 0 } else { in_units(-log_mass_inside(mean, inverse)) }
    }
}

fn in_units(x: f64) -> i64 {
    (x * UNITS).round() as i64
}

/// Log mass of the normal on `[0, 1]`; exactly 0 where both ends are 8.3 standard deviations away: what lies outside is
/// below half a unit in the last place.
fn log_mass_inside(mean: f64, inverse: f64) -> f64 {
    let (a, b) = (-mean * inverse, (1.0 - mean) * inverse);
    if a < -8.3 && b > 8.3 { 0.0 } else { log_mass(a, b) }
}

/// Writes entry `slot` of a vector that grows by whole lanes.
fn put<T: Copy + Default>(column: &mut Vec<T>, slot: usize, value: T) {
    if slot == column.len() {
        column.resize(slot + LANES, T::default());
    }
    column[slot] = value;
}
