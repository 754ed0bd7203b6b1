//! The density of all other trials, `g`.

use std::sync::Arc;

use super::bandwidth::Gaps;
use super::dimension::Form;
use super::{Dimension, Mixture, Points};
use crate::numerics::Pool;

/// The density of all trials that are not good: many kernels of equal weight, kept up to date kernel by kernel.
///
/// A trial is pushed once and may then enter and leave any number of times. Afterwards the density is what a new one
/// with the same pushes and the same trials in it would be, down to the last bit.
#[derive(Clone, Debug)]
pub struct Bad {
    mixture: Mixture,
    /// `None` for an unordered dimension.
    gaps: Vec<Option<Gaps>>,
}

impl Bad {
    /// No trial yet: the prior kernel alone, without any belief of the user's.
    pub fn new(dimensions: &[Dimension]) -> Self {
        let dimensions: Arc<[Dimension]> = dimensions.iter().map(Dimension::without_belief).collect();
        let gaps = dimensions.iter().map(|dimension| match dimension.form() {
            Form::Continuous | Form::Cells => Some(Gaps::new(dimension.min_bandwidth())),
            Form::Categories | Form::Counts => None,
        });
        Self { gaps: gaps.collect(), mixture: Mixture::new(dimensions, 1.0) }
    }

    /// The mixture.
    pub fn mixture(&self) -> &Mixture {
        &self.mixture
    }

    /// Appends a trial (unit coordinates) that is not in yet; returns its slot.
    pub fn push(&mut self, point: &[f64]) -> usize {
        self.mixture.push(point)
    }

    /// Puts a trial in, if it is not in.
    pub fn enter(&mut self, slot: usize) {
        if self.mixture.takes_part(slot) {
            return;
        }
        self.mixture.admit(slot, 1.0);
        for (j, gaps) in self.gaps.iter_mut().enumerate() {
            if let Some(gaps) = gaps {
                let value = self.mixture.mean(slot, j);
                for (slot, bandwidth) in gaps.insert(value, slot) {
                    self.mixture.set_bandwidth(slot, j, bandwidth);
                }
            }
        }
    }

    /// Takes a trial out, if it is in.
    pub fn leave(&mut self, slot: usize) {
        if !self.mixture.takes_part(slot) {
            return;
        }
        self.mixture.dismiss(slot);
        for (j, gaps) in self.gaps.iter_mut().enumerate() {
            if let Some(gaps) = gaps {
                let value = self.mixture.mean(slot, j);
                for (slot, bandwidth) in gaps.remove(value, slot, || self.mixture.means(j)) {
                    self.mixture.set_bandwidth(slot, j, bandwidth);
                }
            }
        }
    }

    /// Log density at each point.
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        self.mixture.log_density(points, pool)
    }
}
