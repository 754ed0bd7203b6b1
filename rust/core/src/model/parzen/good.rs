//! The density of the good trials, `l`.

use std::sync::Arc;

use super::bandwidth::scott;
use super::dimension::Form;
use super::{Dimension, Mixture, Points};
use crate::numerics::Pool;
use crate::numerics::normal::truncated_quantile;

/// The density of the good trials: few kernels, weighted, one bandwidth for each dimension; it can draw.
#[derive(Clone, Debug)]
pub struct Good {
    mixture: Mixture,
    /// Weight of each kernel, then of the prior kernel.
    weights: Vec<f64>,
    /// Unit coordinates of the kernels, for each dimension.
    means: Vec<Vec<f64>>,
    /// Zero where there is none.
    bandwidths: Vec<f64>,
}

impl Good {
    /// Fits the density to trials (unit coordinates, one row a trial) with positive weights. The prior kernel weighs as
    /// much as the mean trial, so that a belief fades as trials come in; without any trial it stands alone.
    pub fn fit(dimensions: Arc<[Dimension]>, rows: &[Vec<f64>], weights: &[f64]) -> Self {
        let n = rows.len();
        let prior_weight = if n == 0 { 1.0 } else { weights.iter().sum::<f64>() / n as f64 };
        let means: Vec<Vec<f64>> = (0..dimensions.len()).map(|j| rows.iter().map(|row| row[j]).collect()).collect();
        let width = |(dimension, column): (&Dimension, &Vec<f64>)| {
            if dimension.is_numeric() { scott(&mut column.clone(), dimension.min_bandwidth()) } else { 0.0 }
        };
        let bandwidths: Vec<f64> = dimensions.iter().zip(&means).map(width).collect();
        let mut mixture = Mixture::new(dimensions, prior_weight);
        for (j, bandwidth) in bandwidths.iter().enumerate() {
            mixture.tabulate(j, *bandwidth);
        }
        for (row, weight) in rows.iter().zip(weights) {
            let slot = mixture.push(row);
            mixture.admit(slot, *weight);
            for (j, bandwidth) in bandwidths.iter().enumerate() {
                mixture.set_bandwidth(slot, j, *bandwidth);
            }
        }
        let weights = weights.iter().copied().chain([prior_weight]).collect();
        Self { mixture, weights, means, bandwidths }
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

    /// A draw from the marginal of one dimension: `q` uniform in `(0, 1)`.
    ///
    /// Drawing each dimension by itself mixes the coordinates of different good trials; measured better than one kernel
    /// for all dimensions (regret ratio 0.6 to 0.8 at 4 to 100 dimensions). One uniform number serves for the kernel and
    /// for the value: the share of a kernel's weight that `q` reaches into is uniform again.
    pub fn quantile(&self, dimension: usize, q: f64) -> f64 {
        let (kernel, rest) = discrete_quantile(&self.weights, q);
        let shape = &self.mixture.dimensions()[dimension];
        let Some(mean) = self.means[dimension].get(kernel) else {
            return shape.prior_quantile(rest);
        };
        match shape.form() {
            Form::Continuous | Form::Cells => {
                let sigma = self.bandwidths[dimension];
                let z = truncated_quantile(rest, -mean / sigma, (1.0 - mean) / sigma);
                shape.snap((mean + sigma * z).clamp(0.0, 1.0))
            }
            Form::Categories | Form::Counts => self.category(shape, *mean, rest),
        }
    }

    /// The kernel of a category is a mixture again: the category itself with weight 1, all together with
    /// the weight of the smoothing.
    fn category(&self, shape: &Dimension, own: f64, q: f64) -> f64 {
        let smoothing = shape.smoothing(self.mixture.n_kernels() as f64 + 1.0);
        let rest = q * (1.0 + smoothing) - 1.0;
        if rest < 0.0 {
            return own;
        }
        let level = (rest / smoothing * shape.levels()) as u64;
        shape.center(level.min(shape.levels() as u64 - 1))
    }
}

/// The index at quantile `q` of positive `weights`, and the share of its weight that `q` reaches into.
fn discrete_quantile(weights: &[f64], q: f64) -> (usize, f64) {
    let mut rest = q * weights.iter().sum::<f64>();
    for (index, weight) in weights.iter().enumerate() {
        if rest < *weight {
            return (index, rest / weight);
        }
        rest -= weight;
    }
    // Rounding may leave the sum a little below `q`: then the end of the last weight.
    (weights.len() - 1, 1.0)
}
