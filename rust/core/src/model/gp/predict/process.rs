//! The model at given hyperparameters, factored as a whole or row by row, and its prior mean.

use std::fmt::Debug;
use std::sync::Arc;

use crate::model::gp::FitError;
use crate::model::gp::features::ScaledFeatures;
use crate::model::gp::hyperparameters::{Hyperparameters, Layout, Theta};
use crate::model::gp::kernel::matern;
use crate::model::gp::observations::Inputs;
use crate::numerics::linalg::{Cholesky, Matrix};
use crate::numerics::ln;

/// How often the noise variance is raised tenfold before a factorization fails. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_JITTERS: usize = 3;
/// The noise variance of a model without noise, so that its covariance can be factored. (Half and twice:
/// `benches/results/constants.md`.)
const MIN_NOISE: f64 = 1e-6;

/// A point and the coordinates with respect to which a gradient is computed there.
#[derive(Clone, Copy, Debug)]
pub struct GradientQuery<'a> {
    /// One entry per parameter, NaN where inactive.
    pub point: &'a [f64],
    /// Indices of numeric, active parameters.
    pub coordinates: &'a [usize],
}

/// A prior mean `m`: `f ~ GP(m, k)` (Rasmussen and Williams 2006, section 2.7). The process models `y - m`, and `m` is
/// added to its posterior mean. Variances do not depend on `m`.
pub trait PriorMean: Debug + Send + Sync {
    /// `m(x)`.
    fn at(&self, point: &[f64]) -> f64;

    /// `m(x)` and its gradient with respect to numeric, active coordinates.
    fn with_gradient(&self, query: GradientQuery<'_>) -> (f64, Vec<f64>);
}

/// A Gaussian process conditioned on observations.
///
/// The first observations have values. Those after them are pending: they reduce the variance and do not change the
/// mean. A model extended by [`Self::append`] equals, bit for bit, a model built by [`Self::with`].
#[derive(Clone, Debug)]
pub struct GaussianProcess {
    pub(in crate::model::gp) inputs: Inputs,
    pub(in crate::model::gp) theta: Theta,
    pub(in crate::model::gp) hyper: Hyperparameters,
    /// The inputs, scaled by the hyperparameters.
    pub(in crate::model::gp) features: ScaledFeatures,
    pub(in crate::model::gp) factor: Cholesky,
    /// Known noise variance of every observation; the fitted noise variance is added to it.
    pub(in crate::model::gp) known_noise: Vec<f64>,
    /// The values.
    pub(in crate::model::gp) y: Vec<f64>,
    /// `(K + diag(v + sem^2))^-1 (y - m)`.
    pub(in crate::model::gp) weights: Vec<f64>,
    /// The prior mean `m`; zero if absent.
    pub(in crate::model::gp) prior_mean: Option<Arc<dyn PriorMean>>,
}

impl GaussianProcess {
    /// The model of `y` (approximately zero mean and unit variance) at given hyperparameters: the `theta` of a fit, or
    /// [`Layout::start`].
    ///
    /// `known_noise[i]` (a squared standard error) is added to the noise variance of observation `i`. If the covariance
    /// cannot be factored, the noise variance is raised tenfold, up to three times. The [`Self::theta`] of a model
    /// reproduces the model bit for bit.
    ///
    /// # Errors
    /// Returns a [`FitError`] if the covariance still cannot be factored.
    pub fn with(inputs: Inputs, theta: Theta, y: &[f64], known_noise: &[f64]) -> Result<Self, FitError> {
        Self::with_unless(inputs, theta, y, known_noise, &|| false)
    }

    /// The same, polling `interrupted` repeatedly, for thousands of observations.
    ///
    /// # Errors
    /// As for [`Self::with`]; also [`FitError::Interrupted`] if interrupted.
    pub fn with_unless(
        inputs: Inputs,
        theta: Theta,
        y: &[f64],
        known_noise: &[f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, FitError> {
        let layout = Layout::new(&inputs, theta.form());
        debug_assert_eq!(theta.len(), layout.len(), "theta belongs to other inputs");
        let hyper = layout.unpack(&theta);
        let features = ScaledFeatures::new(&inputs, &hyper);
        let (theta, hyper, factor) = factored(&features, &layout, theta, known_noise, interrupted)?;
        let (known_noise, weights) = (known_noise.to_vec(), factor.solve(y));
        Ok(Self { inputs, theta, hyper, features, factor, known_noise, y: y.to_vec(), weights, prior_mean: None })
    }

    /// Replaces the values, one for each of the first observations, in `2 n^2` operations.
    pub fn set_values(&mut self, y: &[f64]) {
        (self.y, self.weights) = (y.to_vec(), self.factor.solve(&self.residuals(y)));
    }

    /// The model that takes its posterior means for the exact values of the function at all observations, pending ones
    /// included. The means stay the same; the variances are smaller, and almost zero at the observations. Returns `None`
    /// if the covariance cannot be factored without noise.
    pub fn without_noise(&self) -> Option<Self> {
        let layout = Layout::new(&self.inputs, self.theta.form());
        let mut theta = self.theta.clone();
        theta[layout.signal() + 1] = ln(MIN_NOISE);
        let none_known = vec![0.0; self.inputs.len()];
        let (_, _, factor) = factored(&self.features, &layout, theta, &none_known, &|| false).ok()?;
        Some(Self { factor, ..self.clone() })
    }

    /// Replaces the prior mean, which is initially zero, in `2 n^2` operations.
    pub fn set_prior_mean(&mut self, prior_mean: Option<Arc<dyn PriorMean>>) {
        if self.prior_mean.is_some() || prior_mean.is_some() {
            self.prior_mean = prior_mean;
            self.weights = self.factor.solve(&self.residuals(&self.y));
        }
    }

    /// Values of the first observations minus the prior mean.
    pub(in crate::model::gp) fn residuals(&self, y: &[f64]) -> Vec<f64> {
        match &self.prior_mean {
            None => y.to_vec(),
            Some(mean) => y.iter().enumerate().map(|(i, y)| y - mean.at(&self.inputs.point(i))).collect(),
        }
    }

    /// The prior mean at a point.
    pub(in crate::model::gp) fn prior_mean(&self, point: &[f64]) -> f64 {
        self.prior_mean.as_ref().map_or(0.0, |mean| mean.at(point))
    }

    /// Appends an observation without a value, in `n^2 + n d` operations. It is a pending trial, or its value is set by
    /// [`Self::set_values`] later.
    ///
    /// # Errors
    /// Returns a [`FitError`] if the point is so close to others that the factor cannot be extended. The model is then
    /// unchanged.
    pub fn append(&mut self, point: &[f64], known_noise: f64) -> Result<(), FitError> {
        let mut row = self.covariances(point);
        row.push(self.hyper.signal_variance + (self.hyper.noise_variance + known_noise));
        self.factor.append(&row).map_err(|_| FitError::NotPositiveDefinite)?;
        self.inputs.push(point);
        self.features.push(point);
        self.known_noise.push(known_noise);
        Ok(())
    }

    /// Removes the observations from index `n` on. If any of these had a value, all values are removed.
    pub fn truncate(&mut self, n: usize) {
        self.factor.truncate(n);
        self.inputs.truncate(n);
        self.features.truncate(n);
        self.known_noise.truncate(n);
        if self.y.len() > n {
            self.y.clear();
            self.weights.clear();
        }
    }

    /// The hyperparameters.
    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.hyper
    }
    /// The hyperparameters as a vector, from which a later fit may start.
    pub fn theta(&self) -> &Theta {
        &self.theta
    }
    /// The values of the first observations.
    pub fn values(&self) -> &[f64] {
        &self.y
    }
    /// Known noise variance of every observation; the fitted noise variance is added to it.
    pub fn known_noise(&self) -> &[f64] {
        &self.known_noise
    }
    /// Share of noise in the variance of the values, including the mean known noise. Pending points are ignored.
    pub fn noise_share(&self) -> f64 {
        let noise = self.noise_variance();
        noise / (noise + self.hyper.signal_variance)
    }
    /// Noise variance of a value, including the mean known noise. Pending points are ignored.
    pub fn noise_variance(&self) -> f64 {
        let observed = &self.known_noise[..self.y.len()];
        self.hyper.noise_variance + observed.iter().sum::<f64>() / observed.len().max(1) as f64
    }
    /// The observations.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }
}

/// Factors the covariance at `theta`, whose noise variance is raised if necessary.
fn factored(
    features: &ScaledFeatures,
    layout: &Layout,
    mut theta: Theta,
    known_noise: &[f64],
    interrupted: &dyn Fn() -> bool,
) -> Result<(Theta, Hyperparameters, Cholesky), FitError> {
    let noise = layout.signal() + 1;
    for _ in 0..=MAX_JITTERS {
        let hyper = layout.unpack(&theta);
        if let Ok(factor) = Cholesky::factor_unless(covariance(features, &hyper, known_noise), interrupted)? {
            return Ok((theta, hyper, factor));
        }
        theta[noise] += ln(10.0);
    }
    Err(FitError::NotPositiveDefinite)
}

/// `K + diag(noise + known noise)`, lower triangle.
fn covariance(features: &ScaledFeatures, hyper: &Hyperparameters, known_noise: &[f64]) -> Matrix {
    let n = features.len();
    let mut k = Matrix::zeros(n, n);
    for (i, known) in known_noise.iter().enumerate() {
        write_covariances(&mut k, i, features, hyper);
        k.set(i, i, k.at(i, i) + (hyper.noise_variance + known));
    }
    k
}

/// Column `i` of `K`, from the diagonal down.
pub(in crate::model::gp) fn write_covariances(
    k: &mut Matrix,
    i: usize,
    features: &ScaledFeatures,
    hyper: &Hyperparameters,
) {
    let column = &mut k.column_mut(i)[i..];
    features.squared_distances(&features.observation(i), i, column);
    matern(column, hyper.signal_variance);
}
