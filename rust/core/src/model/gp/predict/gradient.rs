//! Predictions and their gradients at a few points, used to maximize an acquisition function.
//!
//! With `w_i = c_i dk/dr2(x, x_i)` for coefficients `c`, the gradient of `sum_i c_i k(x, x_i)` with respect to a
//! numeric coordinate is `2 / l_j (t_j sum_i w_i - sum_i w_i t_ij)`, where `t_j` and `t_ij` are the scaled coordinates
//! of `features`, 0 where the parameter is inactive. Shears add terms of other parameters (`shear`). The mean has
//! `c = a` and the variance has `c = -2 K^-1 k(x)`. The sums over the observations are computed for both and for all
//! points together.

use super::posterior::{Prediction, side_by_side};
use super::process::{GaussianProcess, GradientQuery};
use crate::model::gp::features::ScaledPoint;
use crate::model::gp::kernel::matern_with_slope;
use crate::model::gp::shear;
use crate::numerics::linalg::{FEW, Row, SUMMED, dot, weighted_sums};

/// A prediction and its gradient with respect to some coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionWithGradient {
    /// Mean and variance.
    pub prediction: Prediction,
    /// Derivative of the mean with respect to each requested coordinate.
    pub mean_gradient: Vec<f64>,
    /// Derivative of the variance with respect to each requested coordinate.
    pub variance_gradient: Vec<f64>,
}

/// Covariances of a point with every observation, and their derivatives with respect to `r^2`.
struct Covariances {
    scaled: ScaledPoint,
    value: Vec<f64>,
    slope: Vec<f64>,
}

/// Weighted sums over the observations, for each query.
struct Sums {
    /// `sum_i w_i`.
    weights: Row,
    /// `sum_i w_i t_i` of every numeric feature.
    features: Vec<Row>,
}

impl GaussianProcess {
    /// Predictions and gradients. Each query takes `2 n^2 + 3 n d` operations, and the factor is read twice for every
    /// [`FEW`] queries.
    pub fn predict_with_gradient(&self, queries: &[GradientQuery<'_>]) -> Vec<PredictionWithGradient> {
        queries.chunks(FEW).flat_map(|few| self.predict_few_with_gradient(few)).collect()
    }

    fn predict_few_with_gradient(&self, queries: &[GradientQuery<'_>]) -> Vec<PredictionWithGradient> {
        let covariances: Vec<Covariances> =
            queries.iter().map(|query| self.covariances_with_slope(query.point)).collect();
        let slopes = side_by_side(&covariances.iter().map(|k| &k.slope[..]).collect::<Vec<_>>());
        let mut solved = side_by_side(&covariances.iter().map(|k| &k.value[..]).collect::<Vec<_>>());
        self.factor.solve_lower_few(&mut solved);
        let explained = squares(&solved);
        self.factor.solve_upper_few(&mut solved);
        let for_mean: Vec<Row> = self.weights.iter().zip(&slopes).map(|(a, s)| s.map(|s| a * s)).collect();
        for (row, slope) in solved.iter_mut().zip(&slopes) {
            for (v, s) in row.iter_mut().zip(slope) {
                *v *= -2.0 * s;
            }
        }
        let (mean, variance) = (self.sums(&for_mean), self.sums(&solved));
        let predict = |(p, (query, k)): (usize, (&GradientQuery<'_>, &Covariances))| {
            let posterior_mean = dot(&k.value[..self.weights.len()], &self.weights);
            let mut mean_gradient = self.slopes(*query, &k.scaled, p, &mean);
            let prior = self.add_prior_mean(*query, &mut mean_gradient);
            let variance_gradient = self.slopes(*query, &k.scaled, p, &variance);
            PredictionWithGradient {
                prediction: self.prediction(posterior_mean + prior, explained[p]),
                mean_gradient,
                variance_gradient,
            }
        };
        queries.iter().zip(&covariances).enumerate().map(predict).collect()
    }

    /// Returns the prior mean at a query and adds its gradient to `slopes`.
    fn add_prior_mean(&self, query: GradientQuery<'_>, slopes: &mut [f64]) -> f64 {
        let Some(mean) = &self.prior_mean else { return 0.0 };
        let (prior, more) = mean.with_gradient(query);
        slopes.iter_mut().zip(more).for_each(|(slope, more)| *slope += more);
        prior
    }

    /// The posterior mean and its gradient, without the variance, in `O(n d)`.
    pub(in crate::model::gp) fn mean_with_gradient(&self, query: GradientQuery<'_>) -> (f64, Vec<f64>) {
        let k = self.covariances_with_slope(query.point);
        let row = |(a, slope): (&f64, &f64)| std::array::from_fn(|p| if p == 0 { a * slope } else { 0.0 });
        let for_mean: Vec<Row> = self.weights.iter().zip(&k.slope).map(row).collect();
        let mut slopes = self.slopes(query, &k.scaled, 0, &self.sums(&for_mean));
        let prior = self.add_prior_mean(query, &mut slopes);
        (dot(&k.value[..self.weights.len()], &self.weights) + prior, slopes)
    }

    fn covariances_with_slope(&self, point: &[f64]) -> Covariances {
        let n = self.inputs.len();
        let (scaled, mut value, mut slope) = (self.features.scale(point), vec![0.0; n], vec![0.0; n]);
        self.features.squared_distances(&scaled, 0, &mut slope);
        matern_with_slope(&mut slope, &mut value, self.hyper.signal_variance);
        Covariances { scaled, value, slope }
    }

    /// The sums for weights of the first observations; pending points have no weight in the mean.
    fn sums(&self, w: &[Row]) -> Sums {
        let mut weights = [0.0; FEW];
        for row in w {
            for (sum, w) in weights.iter_mut().zip(row) {
                *sum += w;
            }
        }
        let n_features = self.features.sources().len();
        let mut features = Vec::with_capacity(n_features.next_multiple_of(SUMMED));
        for first in (0..n_features).step_by(SUMMED) {
            let column = |k: usize| self.features.column((first + k).min(n_features - 1));
            features.extend(weighted_sums(std::array::from_fn(column), w));
        }
        Sums { weights, features }
    }

    /// `2 / l_j (t_j sum_i w_i - sum_i w_i t_ij)` of query number `p` for every coordinate, including the terms of
    /// shears.
    fn slopes(&self, query: GradientQuery<'_>, scaled: &ScaledPoint, p: usize, sums: &Sums) -> Vec<f64> {
        let slope = |j: &usize| {
            let Some(f) = self.features.of_parameter(*j) else { return 0.0 };
            let by_feature = |f: usize| scaled.number(f) * sums.weights[p] - sums.features[f][p];
            2.0 / self.hyper.lengthscales[*j] * shear::slope(self.features.shears(), f, by_feature)
        };
        query.coordinates.iter().map(slope).collect()
    }
}

/// Sum of the squares of each column.
fn squares(rows: &[Row]) -> Row {
    let mut sums = [0.0; FEW];
    for row in rows {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x * x;
        }
    }
    sums
}
