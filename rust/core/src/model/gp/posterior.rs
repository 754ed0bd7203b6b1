//! Mean and variance at new points.
//!
//! ```text
//! mean(x) = k(x)' a,    var(x) = s2 - |L^-1 k(x)|^2            (Rasmussen and Williams 2006, equations 2.25 and 2.26)
//! ```
//!
//! Both are of the noise-free function. After pending points were appended, the mean still uses the told ones alone and the
//! variance uses all.

use super::process::GaussianProcess;
use crate::numerics::linalg::{Matrix, dot};

/// Mean and variance of the noise-free function at one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior variance, at least `1e-12 s2`.
    pub variance: f64,
}

impl GaussianProcess {
    /// `k(x, x_i)` for every observation.
    pub(super) fn covariances(&self, point: &[f64]) -> Vec<f64> {
        let mut k = self.inputs.correlations(point, &self.hyper);
        for x in &mut k {
            *x *= self.hyper.s2;
        }
        k
    }

    /// The posterior mean alone: `O(n d)`.
    pub fn mean(&self, point: &[f64]) -> f64 {
        dot(&self.covariances(point), &self.weights)
    }

    /// The posterior mean at every told observation: `y_i - (v + sem_i^2) a_i`, since `K a = y - diag(v + sem^2) a`.
    pub fn fitted(&self) -> Vec<f64> {
        let noise = self.known_noise.iter().map(|known| self.hyper.noise + known);
        self.y.iter().zip(&self.weights).zip(noise).map(|((y, a), v)| y - v * a).collect()
    }

    /// Mean and variance at every point; each has one entry per parameter, NaN where inactive.
    pub fn predict(&self, points: &[Vec<f64>]) -> Vec<Prediction> {
        let mut columns = Matrix::zeros(self.inputs.len(), points.len());
        for (j, point) in points.iter().enumerate() {
            columns.column_mut(j).copy_from_slice(&self.covariances(point));
        }
        let means: Vec<f64> = (0..points.len()).map(|j| dot(columns.column(j), &self.weights)).collect();
        self.factor.solve_lower(&mut columns);
        let variance = |j: usize| {
            let explained = dot(columns.column(j), columns.column(j));
            (self.hyper.s2 - explained).max(1e-12 * self.hyper.s2)
        };
        means.into_iter().enumerate().map(|(j, mean)| Prediction { mean, variance: variance(j) }).collect()
    }
}
