//! Predictions at a few points together with their gradients, for maximising an acquisition function.
//!
//! With `w_i = c_i dk/dr2(x, x_i)` for coefficients `c`, the gradient of `sum_i c_i k(x, x_i)` with respect to a
//! numeric coordinate is `2 / l_j (t_j sum_i w_i - sum_i w_i t_ij)`, where `t_j` and `t_ij` are the scaled coordinates
//! of `features`, 0 where the parameter is inactive; shears add what goes through others (`shear`). The mean has
//! `c = a`, the variance `c = -2 K^-1 k(x)`; the sums over the observations are taken for both and for all points
//! together.

use super::place::Place;
use super::posterior::{Prediction, side_by_side};
use super::process::GaussianProcess;
use crate::model::gp::features::Seen;
use crate::model::gp::kernel::matern_with_slope;
use crate::model::gp::shear;
use crate::numerics::linalg::{FEW, Row, SUMMED, dot, weighted_sums};

/// A prediction and its gradient with respect to some coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Sloped {
    /// Mean and variance.
    pub prediction: Prediction,
    /// Derivative of the mean, per coordinate asked for.
    pub mean_slope: Vec<f64>,
    /// Derivative of the variance, per coordinate asked for.
    pub variance_slope: Vec<f64>,
}

/// Covariances of a point with every observation, and their derivatives with respect to `r^2`.
struct Covariances {
    seen: Seen,
    value: Vec<f64>,
    slope: Vec<f64>,
}

/// Weighted sums over the observations, for each place.
struct Sums {
    /// `sum_i w_i`.
    weights: Row,
    /// `sum_i w_i t_i` of every numeric feature.
    features: Vec<Row>,
}

impl GaussianProcess {
    /// Predictions and gradients: `2 n^2 + 3 n d` operations a place, and the factor is read twice for every [`FEW`] of
    /// them.
    pub fn sloped(&self, places: &[Place<'_>]) -> Vec<Sloped> {
        places.chunks(FEW).flat_map(|few| self.few_sloped(few)).collect()
    }

    fn few_sloped(&self, places: &[Place<'_>]) -> Vec<Sloped> {
        let covariances: Vec<Covariances> = places.iter().map(|place| self.sloped_covariances(place.point)).collect();
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
        let one = |(p, (place, k)): (usize, (&Place<'_>, &Covariances))| {
            let told = dot(&k.value[..self.weights.len()], &self.weights);
            let mut mean_slope = self.slopes(*place, &k.seen, p, &mean);
            let prior = self.add_prior_mean(*place, &mut mean_slope);
            let variance_slope = self.slopes(*place, &k.seen, p, &variance);
            Sloped { prediction: self.prediction(told + prior, explained[p]), mean_slope, variance_slope }
        };
        places.iter().zip(&covariances).enumerate().map(one).collect()
    }

    /// The prior mean at a place; its slopes are added to those of the rest.
    fn add_prior_mean(&self, place: Place<'_>, slopes: &mut [f64]) -> f64 {
        let Some(mean) = &self.prior_mean else { return 0.0 };
        let (prior, more) = mean.sloped(place);
        slopes.iter_mut().zip(more).for_each(|(slope, more)| *slope += more);
        prior
    }

    /// The mean alone and its gradient: `O(n d)`.
    pub(in crate::model::gp) fn sloped_mean(&self, place: Place<'_>) -> (f64, Vec<f64>) {
        let k = self.sloped_covariances(place.point);
        let row = |(a, slope): (&f64, &f64)| std::array::from_fn(|p| if p == 0 { a * slope } else { 0.0 });
        let for_mean: Vec<Row> = self.weights.iter().zip(&k.slope).map(row).collect();
        let mut slopes = self.slopes(place, &k.seen, 0, &self.sums(&for_mean));
        let prior = self.add_prior_mean(place, &mut slopes);
        (dot(&k.value[..self.weights.len()], &self.weights) + prior, slopes)
    }

    fn sloped_covariances(&self, point: &[f64]) -> Covariances {
        let n = self.inputs.len();
        let (seen, mut value, mut slope) = (self.features.see(point), vec![0.0; n], vec![0.0; n]);
        self.features.squared_distances(&seen, 0, &mut slope);
        matern_with_slope(&mut slope, &mut value, self.hyper.s2);
        Covariances { seen, value, slope }
    }

    /// The sums under weights of the first observations (pending points have no weight in the mean).
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

    /// `2 / l_j (t_j sum_i w_i - sum_i w_i t_ij)` of place number `p` for every coordinate, through shears as well.
    fn slopes(&self, place: Place<'_>, seen: &Seen, p: usize, sums: &Sums) -> Vec<f64> {
        let slope = |j: &usize| {
            let Some(f) = self.features.of_parameter(*j) else { return 0.0 };
            let by_feature = |f: usize| seen.number(f) * sums.weights[p] - sums.features[f][p];
            2.0 / self.hyper.lengthscales[*j] * shear::slope(self.features.shears(), f, by_feature)
        };
        place.coordinates.iter().map(slope).collect()
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
