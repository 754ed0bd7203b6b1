//! Mean and variance at new points and of each observation from all others, and the marginal likelihood.
//!
//! ```text
//! mean(x) = k(x)' a,    var(x) = k(x, x) - |L^-1 k(x)|^2       (Rasmussen and Williams 2006, equations 2.25 and 2.26)
//! ln p(y) = -y'a / 2 - sum_i ln L_ii - n/2 ln 2 pi                     (equation 2.30)
//! y_i | y_-i:  mean y_i - a_i / c_i,  variance 1 / c_i,  c = diag (K + N)^-1       (equations 5.10 to 5.12)
//! ```
//!
//! Predictions at new points refer to the noise-free function. The mean uses the observations with values only; the
//! variance also uses pending points.

use super::process::GaussianProcess;
use crate::model::gp::FitError;
use crate::model::gp::kernel::matern;
use crate::numerics::linalg::{FEW, Matrix, Row, dot};
use crate::numerics::ln;

/// Number of points predicted together; with 5,000 observations this takes a tenth of a second. Changes no suggestion.
pub(in crate::model::gp) const BLOCK: usize = 128;

/// Mean and variance of the noise-free function at one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior variance, at least `1e-12 k(x, x)`.
    pub variance: f64,
}

impl GaussianProcess {
    /// `k(x, x_i)` for every observation.
    pub(in crate::model::gp) fn covariances(&self, point: &[f64]) -> Vec<f64> {
        let mut k = vec![0.0; self.inputs.len()];
        self.write_covariances(point, &mut k);
        k
    }
    /// The same for several points, one per column.
    pub(in crate::model::gp) fn covariance_columns(&self, points: &[Vec<f64>]) -> Matrix {
        let mut columns = Matrix::zeros(self.inputs.len(), points.len());
        for (j, point) in points.iter().enumerate() {
            self.write_covariances(point, columns.column_mut(j));
        }
        columns
    }
    fn write_covariances(&self, point: &[f64], k: &mut [f64]) {
        self.features.squared_distances(&self.features.scale(point), 0, k);
        matern(k, self.hyper.signal_variance);
    }

    /// The posterior mean, without the variance, in `O(n d)`.
    pub fn mean(&self, point: &[f64]) -> f64 {
        dot(&self.covariances(point), &self.weights) + self.prior_mean(point)
    }

    /// The posterior mean at every observation with a value: `y_i - (v + sem_i^2) a_i`, since
    /// `K a = y - diag(v + sem^2) a`.
    pub fn fitted_means(&self) -> Vec<f64> {
        let noise = self.known_noise.iter().map(|known| self.hyper.noise_variance + known);
        self.y.iter().zip(&self.weights).zip(noise).map(|((y, a), v)| y - v * a).collect()
    }

    /// Mean and variance at any number of points. Points are processed in blocks, which bounds the memory, and
    /// `interrupted` is polled before each block.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted.
    pub fn predict_many(
        &self,
        points: &[Vec<f64>],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Vec<Prediction>, FitError> {
        let mut predictions = Vec::with_capacity(points.len());
        for block in points.chunks(BLOCK) {
            if interrupted() {
                return Err(FitError::Interrupted);
            }
            predictions.extend(self.predict(block));
        }
        Ok(predictions)
    }

    /// Mean and variance at every point. Points have one entry per parameter, NaN where inactive.
    pub fn predict(&self, points: &[Vec<f64>]) -> Vec<Prediction> {
        if points.len() <= FEW {
            return self.predict_few(points);
        }
        let mut columns = self.covariance_columns(points);
        let mean = |(j, point): (usize, &Vec<f64>)| dot(columns.column(j), &self.weights) + self.prior_mean(point);
        let means: Vec<f64> = points.iter().enumerate().map(mean).collect();
        self.factor.solve_lower(&mut columns);
        let explained = |j: usize| dot(columns.column(j), columns.column(j));
        means.into_iter().enumerate().map(|(j, mean)| self.prediction(mean, explained(j))).collect()
    }

    /// The same for at most [`FEW`] points; the factor is read once and not packed.
    fn predict_few(&self, points: &[Vec<f64>]) -> Vec<Prediction> {
        let columns: Vec<Vec<f64>> = points.iter().map(|point| self.covariances(point)).collect();
        let mut solved = side_by_side(&columns);
        self.factor.solve_lower_few(&mut solved);
        let predict = |(j, k): (usize, &Vec<f64>)| {
            let column: Vec<f64> = solved.iter().map(|row| row[j]).collect();
            self.prediction(dot(k, &self.weights) + self.prior_mean(&points[j]), dot(&column, &column))
        };
        columns.iter().enumerate().map(predict).collect()
    }

    /// `ln p(y)`, the log marginal likelihood of the values at the model's hyperparameters, without their prior.
    ///
    /// The model must have no pending points, because these have no values.
    pub fn log_evidence(&self) -> f64 {
        debug_assert_eq!(self.y.len(), self.inputs.len(), "pending points have no values");
        let n = self.y.len() as f64;
        -0.5 * (dot(&self.residuals(&self.y), &self.weights)
            + self.factor.log_determinant()
            + n * ln(std::f64::consts::TAU))
    }

    /// Predicts every value, including its noise, from all others. All predictions together take `n^3` operations.
    ///
    /// The model must have no pending points, because these have no values. `interrupted` is polled repeatedly.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted.
    pub fn leave_one_out(&self, interrupted: &dyn Fn() -> bool) -> Result<Vec<Prediction>, FitError> {
        debug_assert_eq!(self.y.len(), self.inputs.len(), "pending points have no values");
        let inverse = self.factor.inverse_lower(interrupted)?;
        let predict = |(i, (y, a)): (usize, (&f64, &f64))| {
            let c = inverse.at(i, i);
            Prediction { mean: y - a / c, variance: 1.0 / c }
        };
        Ok(self.y.iter().zip(&self.weights).enumerate().map(predict).collect())
    }

    /// A prediction from the mean and `|L^-1 k|^2`. The difference of two almost equal numbers may be negative; the
    /// standard deviation is at least a millionth of the prior's. A choice, not measured.
    pub(in crate::model::gp) fn prediction(&self, mean: f64, explained: f64) -> Prediction {
        Prediction { mean, variance: (self.hyper.signal_variance - explained).max(1e-12 * self.hyper.signal_variance) }
    }
}

/// Arranges at most [`FEW`] columns of equal length as rows.
pub(in crate::model::gp) fn side_by_side(columns: &[impl AsRef<[f64]>]) -> Vec<Row> {
    let mut rows = vec![[0.0; FEW]; columns.first().map_or(0, |column| column.as_ref().len())];
    for (j, column) in columns.iter().enumerate() {
        for (row, x) in rows.iter_mut().zip(column.as_ref()) {
            row[j] = *x;
        }
    }
    rows
}
