//! The negative log posterior of the hyperparameters and its gradient.
//!
//! ```text
//! f       = y'a / 2 + sum_i ln L_ii - ln p(theta)                       (Rasmussen and Williams 2006, equation 2.30)
//! df/dt   = tr(M dK/dt) / 2,    M = (K + ..)^-1 - a a'                   (equation 5.9)
//! dK/d ln l_j = -2 s2 dM/dr2 d_j^2 / l_j^2,    dK/d ln h_j = 2 s2 dM/dr2 h_j^2 / l_j^2  where one of two is active
//! ```
//!
//! Only pairs `i > k` are visited; the diagonal of `dK/d ln l` is zero. One evaluation costs `n^3` for factor and inverse and
//! `3 n^2 d` for distances and gradient.

use super::hyper::{Hyperparameters, Layout};
use super::inputs::Inputs;
use super::kernel::matern_with_slope;
use crate::numerics::linalg::{Cholesky, Matrix, NotPositiveDefinite, dot};

/// The data of a fit.
pub(super) struct Objective<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) layout: &'a Layout,
    /// The values, about zero mean and unit variance.
    pub(super) y: &'a [f64],
    /// Known noise variance of every observation, on top of the fitted one.
    pub(super) known_noise: &'a [f64],
}

/// Covariances and slopes of all pairs.
struct Pairs {
    /// `s2 M(r)`, lower triangle and diagonal (without noise).
    covariance: Matrix,
    /// `s2 dM/dr2`, below the diagonal.
    slope: Matrix,
}

impl Objective<'_> {
    /// `f` at `theta`; the gradient is written over `gradient`.
    ///
    /// # Errors
    /// If the covariance is not positive definite at this `theta`.
    pub(super) fn evaluate(&self, theta: &[f64], gradient: &mut [f64]) -> Result<f64, NotPositiveDefinite> {
        let hyper = self.layout.unpack(theta);
        let pairs = self.pairs(&hyper);
        let factor = Cholesky::factor(self.with_noise(&pairs.covariance, hyper.noise))?;
        let weights = factor.solve(self.y);
        gradient.fill(0.0);
        let prior = self.layout.log_prior(theta, gradient);
        self.add_gradient(&hyper, &pairs, &factor.inverse(), &weights, gradient);
        Ok(0.5 * dot(self.y, &weights) + 0.5 * factor.log_determinant() - prior)
    }

    fn pairs(&self, hyper: &Hyperparameters) -> Pairs {
        let n = self.inputs.len();
        let (inverse, heights) = (hyper.inverse(), hyper.squared_heights());
        let mut pairs = Pairs { covariance: Matrix::zeros(n, n), slope: Matrix::zeros(n, n) };
        for k in 0..n {
            let point = self.inputs.point(k);
            let (values, slopes) = (&mut pairs.covariance.column_mut(k)[k..], &mut pairs.slope.column_mut(k)[k..]);
            self.inputs.squared_distances(&point, k, &inverse, &heights, slopes);
            matern_with_slope(slopes, values);
            for x in values.iter_mut().chain(slopes) {
                *x *= hyper.s2;
            }
        }
        pairs
    }

    fn with_noise(&self, covariance: &Matrix, noise: f64) -> Matrix {
        let mut k = covariance.clone();
        for (i, known) in self.known_noise.iter().enumerate() {
            k.set(i, i, k.at(i, i) + noise + known);
        }
        k
    }

    /// Adds `tr(M dK/dt) / 2` for every hyperparameter, one column of the lower triangle after the other.
    fn add_gradient(
        &self,
        hyper: &Hyperparameters,
        pairs: &Pairs,
        inverse: &Matrix,
        weights: &[f64],
        gradient: &mut [f64],
    ) {
        let (inverse_squares, heights) = (hyper.inverse(), hyper.squared_heights());
        let (signal, noise) = (self.layout.signal(), self.layout.signal() + 1);
        let mut w = Vec::new();
        for k in 0..self.inputs.len() {
            let m = |i: usize| inverse.at(i, k) - weights[i] * weights[k];
            gradient[signal] += 0.5 * m(k) * hyper.s2;
            gradient[noise] += 0.5 * m(k) * hyper.noise;
            let below = k + 1..self.inputs.len();
            gradient[signal] += below.clone().map(|i| m(i) * pairs.covariance.at(i, k)).sum::<f64>();
            w.clear();
            w.extend(below.map(|i| m(i) * pairs.slope.at(i, k)));
            for j in 0..self.layout.d() {
                let (squares, lonely) = self.inputs.weighted_squares(j, k, heights[j], &w);
                gradient[j] -= 2.0 * squares * inverse_squares[j];
                if let Some(position) = self.layout.height(j) {
                    gradient[position] += 2.0 * lonely * heights[j] * inverse_squares[j];
                }
            }
        }
    }
}
