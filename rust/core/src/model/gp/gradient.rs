//! Predictions at a few points together with their gradients, for maximising an acquisition function.
//!
//! With `w_i = c_i s2 dM/dr2(x, x_i)` for coefficients `c`, the gradient of `sum_i c_i k(x, x_i)` with respect to a numeric
//! coordinate is `2 / l_j^2 sum_i w_i (z_j - t_ij)`, where `t_ij` is the observation's coordinate, or `1/2` if the parameter is
//! inactive there (see the distances in `inputs`). The mean has `c = a`, the variance `c = -2 K^-1 k(x)`.

use super::inputs::{Column, weighted_differences};
use super::kernel::matern_with_slope;
use super::posterior::Prediction;
use super::process::GaussianProcess;
use crate::numerics::linalg::{FEW, Row, dot};

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

/// Where a gradient is wanted, and with respect to what.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// One entry per parameter, NaN where inactive.
    pub point: &'a [f64],
    /// Numeric, active parameters.
    pub coordinates: &'a [usize],
}

/// Covariances of a point with every observation, and their derivatives with respect to `r^2`.
struct Covariances {
    value: Vec<f64>,
    slope: Vec<f64>,
}

impl GaussianProcess {
    /// Predictions and gradients: `2 n^2 + 3 n d` operations a place, and the factor is read twice for every [`FEW`] of them.
    pub fn sloped(&self, places: &[Place<'_>]) -> Vec<Sloped> {
        places.chunks(FEW).flat_map(|few| self.few_sloped(few)).collect()
    }

    fn few_sloped(&self, places: &[Place<'_>]) -> Vec<Sloped> {
        let covariances: Vec<Covariances> = places.iter().map(|place| self.sloped_covariances(place.point)).collect();
        let mut solved = vec![[0.0; FEW]; self.inputs.len()];
        for (column, k) in covariances.iter().enumerate() {
            for (row, k) in solved.iter_mut().zip(&k.value) {
                row[column] = *k;
            }
        }
        self.factor.solve_lower_few(&mut solved);
        let explained = squares(&solved);
        self.factor.solve_upper_few(&mut solved);
        let one = |(column, (place, k)): (usize, (&Place<'_>, &Covariances))| {
            let solved: Vec<f64> = solved.iter().map(|row| row[column]).collect();
            self.joined(*place, k, &solved, explained[column])
        };
        places.iter().zip(&covariances).enumerate().map(one).collect()
    }

    fn sloped_covariances(&self, point: &[f64]) -> Covariances {
        let n = self.inputs.len();
        let (mut value, mut slope) = (vec![0.0; n], vec![0.0; n]);
        self.inputs.squared_distances(point, 0, &self.hyper.inverse(), &self.hyper.squared_heights(), &mut slope);
        matern_with_slope(&mut slope, &mut value);
        for x in value.iter_mut().chain(&mut slope) {
            *x *= self.hyper.s2;
        }
        Covariances { value, slope }
    }

    /// The prediction at one place from `k`, `K^-1 k` and `|L^-1 k|^2`.
    fn joined(&self, place: Place<'_>, k: &Covariances, solved: &[f64], explained: f64) -> Sloped {
        let for_mean: Vec<f64> = self.weights.iter().zip(&k.slope).map(|(a, s)| a * s).collect();
        let for_variance: Vec<f64> = solved.iter().zip(&k.slope).map(|(v, s)| -2.0 * v * s).collect();
        let slopes = |w: &[f64]| place.coordinates.iter().map(|j| self.slope(*j, place.point[*j], w)).collect();
        let variance = (self.hyper.s2 - explained).max(1e-12 * self.hyper.s2);
        Sloped {
            prediction: Prediction { mean: dot(&k.value, &self.weights), variance },
            mean_slope: slopes(&for_mean),
            variance_slope: slopes(&for_variance),
        }
    }

    /// `2 / l_j^2 sum_i w_i (z - t_ij)`; `w` may be shorter than the history (pending points have no weight in the mean).
    fn slope(&self, j: usize, z: f64, w: &[f64]) -> f64 {
        let Column::Numeric(values) = &self.inputs.columns()[j] else { return 0.0 };
        let l = self.hyper.lengthscales[j];
        2.0 / (l * l) * weighted_differences(w, &values[..w.len()], z)
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
