//! Maximum a posteriori, and the model that stands on it.

use super::hyper::{Hyperparameters, Layout};
use super::inputs::Inputs;
use super::kernel::matern;
use super::objective::{Objective, solve};
use crate::numerics::linalg::{Cholesky, Matrix};
use crate::numerics::{Stop, ln, minimize_in_box};

/// Enough for a warm start; the evidence is flat beyond this gradient.
const STOP: Stop = Stop { iterations: 60, gradient: 1e-2 };

/// The covariance is not positive definite, whatever noise within bounds is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitError;

/// A fitted Gaussian process.
#[derive(Clone, Debug)]
pub struct GaussianProcess {
    pub(super) inputs: Inputs,
    pub(super) layout: Layout,
    pub(super) theta: Vec<f64>,
    pub(super) hyper: Hyperparameters,
    pub(super) factor: Cholesky,
    /// `(K + ..)^-1 y`.
    pub(super) weights: Vec<f64>,
}

impl GaussianProcess {
    /// Fits the hyperparameters to `y` (about zero mean and unit variance), from the default start and from `warm`, a `theta` of an
    /// earlier fit; the better end is kept.
    ///
    /// `known_noise[i]` is added to the noise variance of observation `i` (its squared standard error).
    ///
    /// # Errors
    /// [`FitError`] if the covariance cannot be factored.
    pub fn fit(inputs: Inputs, y: &[f64], known_noise: &[f64], warm: Option<&[f64]>) -> Result<Self, FitError> {
        let layout = Layout::new(inputs.conditional());
        let objective = Objective { inputs: &inputs, layout: &layout, y, known_noise };
        let bounds = layout.bounds();
        let run = |start: &[f64]| {
            minimize_in_box(|theta, gradient| objective.evaluate(theta, gradient).ok(), start, &bounds, STOP)
        };
        let starts = std::iter::once(layout.start()).chain(warm.map(<[f64]>::to_vec));
        let best = starts.filter_map(|start| run(&start)).reduce(|a, b| if b.value < a.value { b } else { a });
        let best = best.ok_or(FitError)?;
        Self::with(inputs, best.x, y, known_noise)
    }

    /// The model at given hyperparameters: a `theta` of an earlier fit, or [`Layout::start`].
    ///
    /// # Errors
    /// [`FitError`] if the covariance cannot be factored, not even with a thousand times the noise.
    pub fn with(inputs: Inputs, mut theta: Vec<f64>, y: &[f64], known_noise: &[f64]) -> Result<Self, FitError> {
        let layout = Layout::new(inputs.conditional());
        let noise = theta.len() - 1;
        let attempt = |theta: &[f64]| Self::factored(&inputs, &layout, theta, y, known_noise);
        let mut found = attempt(&theta);
        for _ in 0..3 {
            if found.is_none() {
                theta[noise] += ln(10.0);
                found = attempt(&theta);
            }
        }
        let (hyper, factor, weights) = found.ok_or(FitError)?;
        Ok(Self { inputs, layout, theta, hyper, factor, weights })
    }

    fn factored(
        inputs: &Inputs,
        layout: &Layout,
        theta: &[f64],
        y: &[f64],
        known_noise: &[f64],
    ) -> Option<(Hyperparameters, Cholesky, Vec<f64>)> {
        let hyper = layout.unpack(theta);
        let n = inputs.len();
        let (inverse, heights) = (hyper.inverse(), hyper.squared_heights());
        let mut k = Matrix::zeros(n, n);
        for (i, known) in known_noise.iter().enumerate() {
            let column = &mut k.column_mut(i)[i..];
            inputs.squared_distances(&inputs.point(i), i, &inverse, &heights, column);
            matern(column);
            for x in column.iter_mut() {
                *x *= hyper.s2;
            }
            column[0] += hyper.noise + known;
        }
        let factor = Cholesky::factor(k).ok()?;
        let weights = solve(&factor, y);
        Some((hyper, factor, weights))
    }

    /// The hyperparameters.
    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.hyper
    }
    /// The hyperparameters as the vector a later fit may start from.
    pub fn theta(&self) -> &[f64] {
        &self.theta
    }
    /// The observations.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }
    /// Which hyperparameters there are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Adds an observation whose value is not known yet: it lowers the variance around it and leaves the mean alone. The
    /// value is that of the mean (a pending trial).
    ///
    /// # Errors
    /// [`FitError`] if the point coincides with others so closely that the factor cannot be extended.
    pub fn append_pending(&mut self, point: &[f64], known_noise: f64) -> Result<(), FitError> {
        let mut row = self.covariances(point);
        row.push(self.hyper.s2 + self.hyper.noise + known_noise);
        self.factor.append(&row).map_err(|_| FitError)?;
        self.inputs.push(point);
        Ok(())
    }
}
