//! The kernels of a mixture, in columns.

use std::sync::Arc;

use super::Dimension;
use super::column::{Column, UNITS};
use super::squares::LANES;
use crate::numerics::ln;

/// A mixture of product kernels; see [the module](super) for the formulas.
///
/// A kernel lives in a slot, slots are numbered in the order of [`Self::push`], and a kernel takes part from
/// [`Self::admit`] to [`Self::dismiss`]. With integer weights nothing here depends on the order in which kernels were
/// admitted, dismissed and widened, down to the last bit.
#[derive(Clone, Debug)]
pub struct Mixture {
    pub(super) dimensions: Arc<[Dimension]>,
    pub(super) columns: Vec<Column>,
    n_slots: usize,
    n_kernels: usize,
    /// Zero for a kernel that takes no part; padded to whole lanes, like the next two.
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    /// Sum over the numeric dimensions of the log constants.
    constants: Vec<i64>,
    prior_weight: f64,
    total_weight: f64,
}

impl Mixture {
    /// No kernels yet: the prior kernel alone, with a positive weight.
    pub fn new(dimensions: Arc<[Dimension]>, prior_weight: f64) -> Self {
        Self {
            columns: dimensions.iter().map(Column::new).collect(),
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

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Number of slots.
    pub fn n_slots(&self) -> usize {
        self.n_slots
    }

    /// Number of kernels that take part, the prior kernel not counted.
    pub fn n_kernels(&self) -> usize {
        self.n_kernels
    }

    /// Whether the kernel of a slot takes part.
    pub fn takes_part(&self, slot: usize) -> bool {
        self.weights[slot] > 0.0
    }

    /// Weight of the kernel of a slot; zero if it takes no part.
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

    /// Appends a kernel at a point (unit coordinates, one a dimension) that takes no part yet; returns its slot.
    pub fn push(&mut self, point: &[f64]) -> usize {
        let slot = self.n_slots;
        for ((column, dimension), u) in self.columns.iter_mut().zip(&*self.dimensions).zip(point) {
            column.push(slot, *u, dimension);
        }
        if slot == self.weights.len() {
            self.weights.resize(slot + LANES, 0.0);
            self.log_weights.resize(slot + LANES, f64::NEG_INFINITY);
            self.constants.resize(slot + LANES, 0);
        }
        self.n_slots += 1;
        slot
    }

    /// Lets a kernel that takes no part yet take part, with a positive weight; its bandwidths are to be set next.
    pub fn admit(&mut self, slot: usize, weight: f64) {
        self.weights[slot] = weight;
        self.log_weights[slot] = ln(weight);
        self.n_kernels += 1;
        self.total_weight += weight;
        for column in &mut self.columns {
            column.count(slot, weight);
        }
    }

    /// Ends the part of a kernel.
    pub fn dismiss(&mut self, slot: usize) {
        let weight = std::mem::take(&mut self.weights[slot]);
        self.log_weights[slot] = f64::NEG_INFINITY;
        self.n_kernels -= 1;
        self.total_weight -= weight;
        for j in 0..self.columns.len() {
            self.columns[j].count(slot, -weight);
            self.set_bandwidth(slot, j, 0.0);
        }
    }

    /// Sets the bandwidth of a kernel in a numeric dimension.
    pub fn set_bandwidth(&mut self, slot: usize, dimension: usize, bandwidth: f64) {
        self.constants[slot] += self.columns[dimension].set_bandwidth(slot, bandwidth);
    }

    /// Prepares for many kernels of one bandwidth in a dimension: their masses on cells are then looked up.
    pub(super) fn tabulate(&mut self, dimension: usize, bandwidth: f64) {
        self.columns[dimension].tabulate(&self.dimensions[dimension], bandwidth);
    }

    /// Bandwidth of a kernel in a numeric dimension; zero if it takes no part, and in an unordered dimension.
    pub fn bandwidth(&self, slot: usize, dimension: usize) -> f64 {
        self.columns[dimension].bandwidth(slot)
    }

    /// Unit coordinate of a kernel in a numeric dimension; NaN in an unordered one.
    pub(super) fn mean(&self, slot: usize, dimension: usize) -> f64 {
        self.columns[dimension].means().map_or(f64::NAN, |means| means[slot])
    }

    /// Unit coordinates and slots of the kernels that take part, in a numeric dimension.
    pub(super) fn means(&self, dimension: usize) -> impl Iterator<Item = (f64, usize)> {
        let means = self.columns[dimension].means().unwrap_or_default();
        means.iter().zip(&self.weights).enumerate().filter(|(_, (_, w))| **w > 0.0).map(|(slot, (u, _))| (*u, slot))
    }

    /// Log of weight and constants of a kernel.
    pub(super) fn log_factor(&self, slot: usize) -> f64 {
        self.constants[slot] as f64 / UNITS + self.log_weights[slot]
    }
}
