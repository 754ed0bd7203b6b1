//! The density of the good trials, `l`.

use std::sync::Arc;

use super::bandwidth::scott;
use super::choice::Choice;
use super::marginal::Marginal;
use super::truncated::{log_constants, masses_outside};
use super::{Dimension, Mixture, Points};
use crate::numerics::Pool;

/// The density of the good trials: few kernels, weighted, one bandwidth for each dimension; it can draw.
#[derive(Clone, Debug)]
pub struct Good {
    mixture: Mixture,
    trials: Points,
    /// Bandwidth of each dimension, zero where there is none.
    bandwidths: Vec<f64>,
    /// Masses that the kernels have below 0 and above 1, placed like the coordinates of the trials.
    below: Vec<f64>,
    above: Vec<f64>,
    /// Of a kernel, or of the prior kernel, which comes last.
    choice: Choice,
}

impl Good {
    /// Fits the density to trials (unit coordinates) with positive weights. The prior kernel weighs as much as the mean
    /// trial, so that a belief fades as trials come in; without any trial it stands alone.
    pub fn fit(dimensions: Arc<[Dimension]>, trials: Points, weights: &[f64]) -> Self {
        let n = trials.count();
        let prior_weight = if n == 0 { 1.0 } else { weights.iter().sum::<f64>() / n as f64 };
        let bandwidths: Vec<f64> = dimensions.iter().enumerate().map(|(j, d)| bandwidth(d, trials.column(j))).collect();
        let mixture = Mixture::of(dimensions, &trials, weights, prior_weight);
        let mut good = Self {
            choice: Choice::new(&[weights, &[prior_weight]].concat()),
            below: vec![0.0; trials.coordinates().len()],
            above: vec![0.0; trials.coordinates().len()],
            mixture,
            trials,
            bandwidths,
        };
        good.set_bandwidths();
        good
    }

    /// The mixture.
    pub fn mixture(&self) -> &Mixture {
        &self.mixture
    }

    /// Bandwidth of a dimension; zero for an unordered one.
    pub fn bandwidth(&self, dimension: usize) -> f64 {
        self.bandwidths[dimension]
    }

    /// Log density at each point.
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        self.mixture.log_density(points, pool)
    }

    /// Draws from the marginal of one dimension: uniform numbers in `(0, 1)` become unit coordinates.
    ///
    /// Drawing each dimension by itself mixes the coordinates of different good trials; measured better than one kernel
    /// for all dimensions (regret ratio 0.6 to 0.8 at 4 to 100 dimensions).
    pub fn draw(&self, dimension: usize, uniform: &mut [f64]) {
        let place = dimension * self.trials.count()..(dimension + 1) * self.trials.count();
        let marginal = Marginal {
            dimension: &self.mixture.dimensions()[dimension],
            choice: &self.choice,
            means: self.trials.column(dimension),
            bandwidth: self.bandwidths[dimension],
            below: &self.below[place.clone()],
            above: &self.above[place],
        };
        marginal.draw(uniform);
    }

    fn set_bandwidths(&mut self) {
        let n = self.trials.count();
        let inverse = |width: &f64| if *width > 0.0 { 1.0 / width } else { 0.0 };
        let inverses: Vec<f64> = self.bandwidths.iter().flat_map(|w| std::iter::repeat_n(inverse(w), n)).collect();
        masses_outside(self.trials.coordinates(), &inverses, &mut self.below, &mut self.above);
        let mut spare = self.below.clone();
        let continuous: Vec<bool> = self.mixture.dimensions().iter().map(Dimension::is_continuous).collect();
        let constants = log_constants(&inverses, &mut spare, &self.above, |i| continuous[i / n]);
        let constants: Vec<i64> = constants.collect();
        for (j, bandwidth) in self.bandwidths.iter().enumerate().filter(|(_, bandwidth)| **bandwidth > 0.0) {
            self.mixture.set_common_bandwidth(j, *bandwidth, &constants[j * n..][..n]);
        }
    }
}

/// Scott's width of a numeric dimension, zero for an unordered one.
fn bandwidth(dimension: &Dimension, values: &[f64]) -> f64 {
    if dimension.is_numeric() { scott(&mut values.to_vec(), dimension.min_bandwidth()) } else { 0.0 }
}
