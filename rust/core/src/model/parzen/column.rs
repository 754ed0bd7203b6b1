//! One dimension of all kernels of a mixture, stored as a column.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

use super::Dimension;
use super::cells::{CellTable, log_cell_mass};
use super::dimension::Storage;
use super::squares::LANES;
use crate::numerics::work;

/// One dimension of all kernels; vectors over kernels are padded to whole lanes.
#[derive(Clone, Debug)]
pub(super) enum KernelColumn {
    Continuous(Continuous),
    Cells(KernelCells),
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

/// `rates = 1 / (s sqrt 2)`, zero for an inactive kernel. Rates in single precision are exact, because the bandwidth is
/// defined by them ([`stored_inverse`]). `scaled = means * rates` is rounded and used in single precision only.
#[derive(Clone, Debug, Default)]
pub(super) struct Continuous {
    pub(super) means: Vec<f64>,
    pub(super) rates: Vec<f32>,
    pub(super) scaled: Vec<f32>,
}

impl Continuous {
    fn store(&mut self, slot: usize, inverse: f64) {
        self.rates[slot] = rate(inverse);
        self.scaled[slot] = scaled(self.means[slot], self.rates[slot]);
    }
}

fn rate(inverse: f64) -> f32 {
    (inverse * FRAC_1_SQRT_2) as f32
}

fn scaled(mean: f64, rate: f32) -> f32 {
    (mean * f64::from(rate)) as f32
}

fn inverse_of(rate: f32) -> f64 {
    f64::from(rate) * SQRT_2
}

/// The inverse bandwidth that a continuous dimension stores for a requested one; the relative difference is below 6e-8.
pub(super) fn stored_inverse(inverse: f64) -> f64 {
    inverse_of(rate(inverse))
}

/// `inverses = 1 / s`; zero for an inactive kernel.
#[derive(Clone, Debug)]
pub(super) struct KernelCells {
    pub(super) means: Vec<f64>,
    pub(super) inverses: Vec<f64>,
    pub(super) levels: Vec<u64>,
    /// Masses of the kernels of the most frequent bandwidth.
    pub(super) table: CellTable,
}

impl KernelColumn {
    /// A column without kernels.
    pub(super) fn new(dimension: &Dimension) -> Self {
        match dimension.storage() {
            Storage::Continuous => Self::Continuous(Continuous::default()),
            Storage::Cells => Self::Cells(KernelCells {
                means: Vec::new(),
                inverses: Vec::new(),
                levels: Vec::new(),
                table: CellTable::Absent,
            }),
            Storage::Categories => Self::Categories { levels: Vec::new() },
            Storage::Counts => Self::Counts { levels: Vec::new(), weights: vec![0.0; dimension.levels() as usize] },
        }
    }

    /// Replaces all kernels by active ones with a common bandwidth (`inverse = 1 / s`), if the dimension has
    /// bandwidths.
    pub(super) fn refill(&mut self, us: &[f64], kernel_weights: &[f64], inverse: f64, dimension: &Dimension) {
        work::count(us.len());
        match self {
            Self::Continuous(c) => {
                let rate = rate(inverse);
                fill(&mut c.means, us.iter().copied());
                fill(&mut c.rates, us.iter().map(|_| rate));
                fill(&mut c.scaled, us.iter().map(|u| scaled(*u, rate)));
            }
            Self::Cells(c) => {
                fill(&mut c.means, us.iter().copied());
                fill(&mut c.inverses, us.iter().map(|_| inverse));
                fill(&mut c.levels, us.iter().map(|u| dimension.level(*u)));
            }
            Self::Categories { levels } => fill(levels, us.iter().map(|u| dimension.level(*u) as u32)),
            Self::Counts { levels, weights } => {
                // Resets only the levels that have kernels, which are few.
                for level in &*levels {
                    weights[*level as usize] = 0.0;
                }
                fill(levels, us.iter().map(|u| dimension.level(*u) as u32));
                levels.iter().zip(kernel_weights).for_each(|(level, weight)| weights[*level as usize] += weight);
            }
        }
    }

    /// Appends an inactive kernel.
    pub(super) fn push(&mut self, slot: usize, u: f64, dimension: &Dimension) {
        work::count(1);
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

    /// Stores `1 / s` of a kernel; zero makes it inactive.
    pub(super) fn store(&mut self, slot: usize, inverse: f64) {
        work::count(1);
        match self {
            Self::Continuous(c) => c.store(slot, inverse),
            Self::Cells(c) => c.inverses[slot] = inverse,
            Self::Categories { .. } | Self::Counts { .. } => {}
        }
    }

    /// The stored `1 / s` of a kernel; zero if there is no bandwidth.
    pub(super) fn inverse(&self, slot: usize) -> f64 {
        match self {
            Self::Continuous(c) => inverse_of(c.rates[slot]),
            Self::Cells(c) => c.inverses[slot],
            Self::Categories { .. } | Self::Counts { .. } => 0.0,
        }
    }

    pub(super) fn is_continuous(&self) -> bool {
        matches!(self, Self::Continuous(_))
    }

    /// Unit coordinates of the kernels of a numeric dimension.
    pub(super) fn means(&self) -> Option<&[f64]> {
        match self {
            Self::Continuous(c) => Some(&c.means),
            Self::Cells(c) => Some(&c.means),
            Self::Categories { .. } | Self::Counts { .. } => None,
        }
    }

    /// Unit coordinate of a kernel of a numeric dimension; NaN otherwise.
    pub(super) fn mean(&self, slot: usize) -> f64 {
        self.means().map_or(f64::NAN, |means| means[slot])
    }

    /// Tabulates the masses of kernels with the given bandwidth, if the dimension has few enough levels.
    pub(super) fn tabulate(&mut self, dimension: &Dimension, bandwidth: f64) {
        if let Self::Cells(c) = self {
            c.table = CellTable::new(dimension, bandwidth);
        }
    }

    /// The bandwidth of a kernel; zero if there is none.
    pub(super) fn bandwidth(&self, slot: usize) -> f64 {
        let width = 1.0 / self.inverse(slot);
        if width.is_finite() { width } else { 0.0 }
    }

    /// Adds the weight of a kernel to its level; a negative weight removes it.
    pub(super) fn count(&mut self, slot: usize, weight: f64) {
        work::count(1);
        if let Self::Counts { levels, weights } = self {
            weights[levels[slot] as usize] += weight;
        }
    }
}

impl KernelCells {
    /// Log mass of a kernel on the cell of a level, without the constant of the kernel.
    pub(super) fn log_mass(&self, slot: usize, level: u64, (left, right): (f64, f64)) -> f64 {
        let (mean, inverse) = (self.means[slot], self.inverses[slot]);
        if inverse == 0.0 {
            return f64::NEG_INFINITY;
        }
        let tabulated = self.table.get(self.levels[slot], level, inverse);
        tabulated.unwrap_or_else(|| log_cell_mass(left - mean, right - mean, inverse))
    }
}

/// Writes entry `slot` of a vector, which grows by whole lanes.
fn put<T: Copy + Default>(column: &mut Vec<T>, slot: usize, value: T) {
    if slot == column.len() {
        column.resize(slot + LANES, T::default());
    }
    column[slot] = value;
}

/// Replaces all entries of a vector, padded to whole lanes.
fn fill<T: Copy + Default>(column: &mut Vec<T>, values: impl ExactSizeIterator<Item = T>) {
    let padded = values.len().next_multiple_of(LANES);
    column.clear();
    column.extend(values);
    column.resize(padded, T::default());
}
