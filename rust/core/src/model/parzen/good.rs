//! The density of the good trials, `l`.

use std::sync::Arc;

use super::bandwidth::scott;
use super::column::stored_inverse;
use super::form::Form;
use super::guide_table::GuideTable;
use super::marginal::Marginal;
use super::truncated::{LN_SQRT_TAU, masses_outside};
use super::{Dimension, Mixture, Points, work};
use crate::numerics::{Pool, ln_slice};

/// The most coordinates of a candidate that the prior kernel may be chosen for as any other kernel is; in more
/// dimensions it is chosen for as many as in this number.
///
/// One kernel in `n + 1` is the prior kernel, and a candidate with a random value in so many of 300 coordinates is as
/// bad as a random point. (Regret in 60 to 300 dimensions: `benches/results/tpe.md`.)
const MOST_FROM_PRIOR: f64 = 20.0;

/// Dimensions whose constants are multiplied before a logarithm is taken. Each is at least 1, as bandwidths and masses
/// are at most 1, and at most `2 / 0.03`: the narrowest kernel, with half of its mass inside.
const FACTORS: usize = 64;

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
    choice: GuideTable,
}

impl Good {
    /// Fits a density to trials (unit coordinates) with positive weights. The prior kernel weighs as much as the mean
    /// trial, so that a belief fades as trials come in; without any trial it stands alone.
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

    /// Forgets its trials and is fitted to others, as [`Self::fit`] would; keeps the memory.
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
    /// Drawing each dimension by itself mixes the coordinates of different good trials; measured better than one kernel
    /// for all dimensions (regret ratio 0.6 to 0.8 at 4 to 100 dimensions).
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

    /// Scott's width of each numeric dimension, zero for an unordered one.
    fn find_bandwidths(&mut self) {
        let dimensions = self.mixture.dimensions();
        let mins: Vec<f64> = dimensions.iter().map(Dimension::min_bandwidth).collect();
        self.bandwidths = scott(&self.trials, &mins);
        for (dimension, bandwidth) in dimensions.iter().zip(&mut self.bandwidths) {
            *bandwidth = match dimension.form() {
                Form::Continuous => 1.0 / stored_inverse(1.0 / *bandwidth),
                Form::Cells => *bandwidth,
                Form::Categories | Form::Counts => 0.0,
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

    /// The sum over the numeric dimensions of the logarithms of `1 / (s sqrt(2 pi) inside)`, or `1 / inside` where
    /// values have masses, for each kernel. Logarithms of products: a logarithm costs more than all of its factors.
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

/// Adds the logarithms of the products to the sums and begins new products.
fn take_logarithms(products: &mut [f64], sums: &mut [f64]) {
    ln_slice(products);
    sums.iter_mut().zip(&*products).for_each(|(sum, log)| *sum += log);
    products.fill(1.0);
}
