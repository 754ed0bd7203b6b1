//! The density `l` of the good trials.

use std::sync::Arc;

use super::bandwidth::scott;
use super::column::stored_inverse;
use super::dimension::Storage;
use super::guide_table::GuideTable;
use super::marginal::Marginal;
use super::truncated::masses_outside;
use super::{Dimension, Mixture, Points};
use crate::numerics::normal::LN_SQRT_TAU;
use crate::numerics::work;
use crate::numerics::{Pool, ln_slice};

/// Number of dimensions up to which the prior kernel is selected as often as its weight says. In more dimensions, the
/// expected number of coordinates of a candidate that come from it stays that of this number of dimensions.
///
/// One kernel in `n + 1` is the prior kernel. With 300 dimensions, a candidate with random values in that share of its
/// coordinates is as bad as a random point. (Regret in 60 to 300 dimensions: `benches/results/tpe.md`.)
const MOST_FROM_PRIOR: f64 = 20.0;

/// Number of dimensions whose constants are multiplied before one logarithm is taken. A constant is at least 1, because
/// bandwidths and masses are at most 1, and at most `2 / 0.03`, for the narrowest kernel with half of its mass inside,
/// so that no product overflows. Changes rounding only.
const FACTORS: usize = 64;

/// The density of the good trials: few weighted kernels with one bandwidth for each dimension. Candidates are drawn
/// from it.
#[derive(Clone, Debug)]
pub struct Good {
    mixture: Mixture,
    trials: Points,
    /// Bandwidth of each dimension; zero if there is none.
    bandwidths: Vec<f64>,
    /// Masses of the kernels below 0 and above 1, in the order of the coordinates of the trials.
    below: Vec<f64>,
    above: Vec<f64>,
    /// Selects a kernel; the last index is the prior kernel.
    choice: GuideTable,
}

impl Good {
    /// Fits a density to trials (unit coordinates) with positive weights. The prior kernel has the mean weight of the
    /// trials, so that the influence of a prior decreases with the number of trials. Without trials the density is the
    /// prior kernel.
    pub fn fit(dimensions: Arc<[Dimension]>, trials: Points, weights: &[f64]) -> Self {
        let mut good = Self {
            mixture: Mixture::new(dimensions, 1.0),
            trials: Points::default(),
            bandwidths: Vec::new(),
            below: Vec::new(),
            above: Vec::new(),
            choice: GuideTable::new(&[1.0]),
        };
        good.refit(trials, weights);
        good
    }

    /// Fits the density to other trials, as [`Self::fit`] does, and reuses its memory.
    pub fn refit(&mut self, trials: Points, weights: &[f64]) {
        let n = trials.count();
        let prior_weight = if n == 0 { 1.0 } else { weights.iter().sum::<f64>() / n as f64 };
        let share = (MOST_FROM_PRIOR / self.mixture.dimensions().len() as f64).min(1.0);
        self.choice = GuideTable::new(&[weights, &[share * prior_weight]].concat());
        self.trials = trials;
        self.find_bandwidths();
        let inverses: Vec<f64> = self.bandwidths.iter().map(|w| if *w > 0.0 { 1.0 / w } else { 0.0 }).collect();
        self.mixture.refill(&self.trials, weights, prior_weight, &inverses);
        self.set_constants(&inverses);
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
    /// Drawing each dimension independently mixes the coordinates of different good trials. This was better than
    /// drawing all dimensions from one kernel (regret ratio 0.6 to 0.8 at 4 to 100 dimensions).
    pub fn draw(&self, dimension: usize, uniform: &mut [f64]) {
        work::count(uniform.len());
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

    /// Computes Scott's bandwidth of each numeric dimension; zero for an unordered one.
    fn find_bandwidths(&mut self) {
        let dimensions = self.mixture.dimensions();
        let mins: Vec<f64> = dimensions.iter().map(Dimension::min_bandwidth).collect();
        self.bandwidths = scott(&self.trials, &mins);
        for (dimension, bandwidth) in dimensions.iter().zip(&mut self.bandwidths) {
            *bandwidth = match dimension.storage() {
                Storage::Continuous => 1.0 / stored_inverse(1.0 / *bandwidth),
                Storage::Cells => *bandwidth,
                Storage::Categories | Storage::Counts => 0.0,
            };
        }
    }

    fn set_constants(&mut self, inverses: &[f64]) {
        let n = self.trials.count();
        let n_numbers = self.trials.coordinates().len();
        work::count(n_numbers);
        self.below.resize(n_numbers, 0.0);
        self.above.resize(n_numbers, 0.0);
        let mut spread = Vec::with_capacity(n_numbers);
        for inverse in inverses {
            spread.resize(spread.len() + n, *inverse);
        }
        masses_outside(self.trials.coordinates(), &spread, &mut self.below, &mut self.above);
        for (j, bandwidth) in self.bandwidths.iter().enumerate().filter(|(_, bandwidth)| **bandwidth > 0.0) {
            self.mixture.tabulate(j, *bandwidth);
        }
        self.mixture.set_constants(&self.log_constants(inverses));
    }

    /// For each kernel, the sum over the numeric dimensions of `-ln(s sqrt(2 pi) inside)`, or of `-ln(inside)` where
    /// values have masses. Logarithms are taken of products, because one logarithm costs more than all multiplications
    /// of its product.
    fn log_constants(&self, inverses: &[f64]) -> Vec<f64> {
        let n = self.trials.count();
        let (mut sums, mut products) = (vec![0.0; n], vec![1.0; n]);
        let numeric = self.mixture.dimensions().iter().zip(inverses).enumerate().filter(|(_, (d, _))| d.is_numeric());
        for (place, (j, (dimension, inverse))) in numeric.enumerate() {
            if place % FACTORS == 0 {
                take_logarithms(&mut products, &mut sums);
            }
            let (scale, shift) = if dimension.is_continuous() { (*inverse, LN_SQRT_TAU) } else { (1.0, 0.0) };
            let outside = self.below[j * n..].iter().zip(&self.above[j * n..]);
            for ((product, sum), (below, above)) in products.iter_mut().zip(&mut sums).zip(outside) {
                *product *= scale / (1.0 - (below + above));
                *sum -= shift;
            }
        }
        take_logarithms(&mut products, &mut sums);
        sums
    }
}

/// Adds the logarithms of the products to the sums and resets the products.
fn take_logarithms(products: &mut [f64], sums: &mut [f64]) {
    ln_slice(products);
    sums.iter_mut().zip(&*products).for_each(|(sum, log)| *sum += log);
    products.fill(1.0);
}
