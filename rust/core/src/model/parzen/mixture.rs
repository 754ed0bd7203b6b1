//! A mixture of product kernels, stored in columns.

use std::sync::Arc;

use super::changes::Changes;
use super::column::KernelColumn;
use super::squares::LANES;
use super::truncated::UNITS;
use super::{Dimension, Points};
use crate::numerics::{ln, ln_slice, work};

/// A mixture of product kernels; see [the module](super) for the formulas.
///
/// Each kernel has a slot; slots are numbered in the order of [`Self::push`]. A kernel is active from [`Self::admit`]
/// to [`Self::dismiss`]. With integer weights, the result is independent of the order in which kernels were admitted,
/// dismissed and given bandwidths, bit for bit.
#[derive(Clone, Debug)]
pub struct Mixture {
    pub(super) dimensions: Arc<[Dimension]>,
    pub(super) columns: Vec<KernelColumn>,
    n_slots: usize,
    n_kernels: usize,
    /// Zero for an inactive kernel; padded to whole lanes, like the next two.
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    /// Sum over the numeric dimensions of the log constants.
    constants: Vec<i64>,
    prior_weight: f64,
    total_weight: f64,
}

impl Mixture {
    /// The prior kernel alone, with a positive weight.
    pub fn new(dimensions: Arc<[Dimension]>, prior_weight: f64) -> Self {
        Self {
            columns: dimensions.iter().map(KernelColumn::new).collect(),
            dimensions,
            n_slots: 0,
            n_kernels: 0,
            weights: Vec::new(),
            log_weights: Vec::new(),
            constants: Vec::new(),
            prior_weight,
            total_weight: prior_weight,
        }
    }

    /// Replaces all kernels by kernels at `points`, with positive weights and one bandwidth for each numeric dimension
    /// (`inverses = 1 / s`, zero for an unordered one). The caller must then set their log constants.
    pub(super) fn refill(&mut self, points: &Points, weights: &[f64], prior_weight: f64, inverses: &[f64]) {
        for (j, column) in self.columns.iter_mut().enumerate() {
            column.refill(points.column(j), weights, inverses[j], &self.dimensions[j]);
        }
        self.weights.clear();
        self.log_weights.clear();
        self.constants.clear();
        self.grow(weights.len());
        self.weights[..weights.len()].copy_from_slice(weights);
        self.log_weights[..weights.len()].copy_from_slice(weights);
        ln_slice(&mut self.log_weights[..weights.len()]);
        self.n_kernels = weights.len();
        self.prior_weight = prior_weight;
        self.total_weight = weights.iter().fold(prior_weight, |sum, weight| sum + weight);
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Number of slots.
    pub fn n_slots(&self) -> usize {
        self.n_slots
    }

    /// Number of active kernels, not counting the prior kernel.
    pub fn n_kernels(&self) -> usize {
        self.n_kernels
    }

    /// Whether the kernel of a slot is active.
    pub fn takes_part(&self, slot: usize) -> bool {
        self.weights[slot] > 0.0
    }

    /// Weight of the kernel of a slot; zero if it is inactive.
    pub fn weight(&self, slot: usize) -> f64 {
        self.weights[slot]
    }

    /// Weight of the prior kernel.
    pub fn prior_weight(&self) -> f64 {
        self.prior_weight
    }

    /// Sum of all weights.
    pub fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// Appends an inactive kernel at a point (one unit coordinate per dimension) and returns its slot.
    pub fn push(&mut self, point: &[f64]) -> usize {
        let slot = self.n_slots;
        for ((column, dimension), u) in self.columns.iter_mut().zip(&*self.dimensions).zip(point) {
            column.push(slot, *u, dimension);
        }
        self.grow(slot + 1);
        slot
    }

    fn grow(&mut self, n_slots: usize) {
        let padded = n_slots.next_multiple_of(LANES);
        self.weights.resize(padded, 0.0);
        self.log_weights.resize(padded, f64::NEG_INFINITY);
        self.constants.resize(padded, 0);
        self.n_slots = n_slots;
    }

    /// Activates an inactive kernel with a positive weight. The caller must then set its bandwidths.
    pub fn admit(&mut self, slot: usize, weight: f64) {
        self.weights[slot] = weight;
        self.log_weights[slot] = ln(weight);
        self.n_kernels += 1;
        self.total_weight += weight;
        for column in &mut self.columns {
            column.count(slot, weight);
        }
    }

    /// Deactivates a kernel.
    pub fn dismiss(&mut self, slot: usize) {
        let weight = std::mem::take(&mut self.weights[slot]);
        self.log_weights[slot] = f64::NEG_INFINITY;
        self.n_kernels -= 1;
        self.total_weight -= weight;
        self.constants[slot] = 0;
        for column in &mut self.columns {
            column.count(slot, -weight);
            column.store(slot, 0.0);
        }
    }

    /// Sets bandwidths in numeric dimensions, given as slot, dimension and bandwidth.
    pub fn set_bandwidths(&mut self, bandwidths: impl IntoIterator<Item = (usize, usize, f64)>) {
        let mut changes = Changes::default();
        for (slot, dimension, bandwidth) in bandwidths {
            let column = &mut self.columns[dimension];
            let old = column.inverse(slot);
            column.store(slot, 1.0 / bandwidth);
            let new = column.inverse(slot);
            if old != new {
                self.change_constant(slot, dimension, -1, old, &mut changes);
                self.change_constant(slot, dimension, 1, new, &mut changes);
            }
        }
        self.apply(&mut changes);
    }

    /// Records that the log constant of a kernel in one dimension, for the inverse bandwidth `inverse`, is added or
    /// removed. It is zero if `inverse` is zero.
    fn change_constant(&mut self, slot: usize, dimension: usize, sign: i64, inverse: f64, changes: &mut Changes) {
        if inverse == 0.0 {
            return;
        }
        if changes.is_full() {
            self.apply(changes);
        }
        let column = &self.columns[dimension];
        changes.push(slot, sign, column.mean(slot), inverse, column.is_continuous());
    }

    /// Applies recorded changes to the log constants.
    fn apply(&mut self, changes: &mut Changes) {
        for (slot, growth) in changes.growths() {
            self.constants[slot] += growth;
        }
        changes.clear();
    }

    /// Sets the log constant of every slot, summed over all dimensions.
    pub(super) fn set_constants(&mut self, constants: &[f64]) {
        self.constants.iter_mut().zip(constants).for_each(|(sum, constant)| *sum = (constant * UNITS) as i64);
    }

    /// Tabulates the masses on cells for kernels of one bandwidth in a dimension.
    pub(super) fn tabulate(&mut self, dimension: usize, bandwidth: f64) {
        self.columns[dimension].tabulate(&self.dimensions[dimension], bandwidth);
    }

    /// Bandwidth of a kernel in a numeric dimension; zero if it is inactive or the dimension is unordered.
    pub fn bandwidth(&self, slot: usize, dimension: usize) -> f64 {
        self.columns[dimension].bandwidth(slot)
    }

    /// Unit coordinate of a kernel in a numeric dimension; NaN in an unordered one.
    pub(super) fn mean(&self, slot: usize, dimension: usize) -> f64 {
        self.columns[dimension].mean(slot)
    }

    /// Unit coordinates and slots of the active kernels in a numeric dimension.
    pub(super) fn means(&self, dimension: usize) -> impl Iterator<Item = (f64, usize)> {
        let means = self.columns[dimension].means().unwrap_or_default();
        work::count(means.len());
        means.iter().zip(&self.weights).enumerate().filter(|(_, (_, w))| **w > 0.0).map(|(slot, (u, _))| (*u, slot))
    }

    /// Log of the product of weight and constants of a kernel.
    pub(super) fn log_factor(&self, slot: usize) -> f64 {
        self.constants[slot] as f64 / UNITS + self.log_weights[slot]
    }
}
