//! The prediction at one point together with its gradient, for maximising an acquisition function.
//!
//! With `w_i = c_i s2 dM/dr2(x, x_i)` for coefficients `c`, the gradient of `sum_i c_i k(x, x_i)` with respect to a numeric
//! coordinate is `2 / l_j^2 sum_i w_i (z_j - t_ij)`, where `t_ij` is the observation's coordinate, or `1/2` if the parameter is
//! inactive there (see the distances in `inputs`). The mean has `c = a`, the variance `c = -2 K^-1 k(x)`.

use super::fit::GaussianProcess;
use super::inputs::Column;
use super::kernel::matern_with_slope;
use super::posterior::Prediction;
use crate::numerics::linalg::{Matrix, dot};

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

/// A model prepared for many gradients: it holds `K^-1`, so that one costs `n^2 + 2 n d`.
#[derive(Clone, Debug)]
pub struct Differentiable<'a> {
    model: &'a GaussianProcess,
    inverse: Matrix,
    inverse_squares: Vec<f64>,
    heights: Vec<f64>,
}

impl<'a> Differentiable<'a> {
    /// Inverts the covariance: `2 n^3 / 3`.
    pub fn new(model: &'a GaussianProcess) -> Self {
        let (inverse_squares, heights) = (model.hyper.inverse(), model.hyper.squared_heights());
        Self { model, inverse: model.factor.inverse(), inverse_squares, heights }
    }

    /// Lengthscale of a parameter.
    pub fn lengthscale(&self, parameter: usize) -> f64 {
        self.model.hyper.lengthscales[parameter]
    }

    /// Prediction and gradient at `point` with respect to the numeric, active `coordinates`.
    pub fn at(&self, point: &[f64], coordinates: &[usize]) -> Sloped {
        let (model, n) = (self.model, self.model.inputs.len());
        let (mut k, mut slope) = (vec![0.0; n], vec![0.0; n]);
        model.inputs.squared_distances(point, 0, &self.inverse_squares, &self.heights, &mut slope);
        matern_with_slope(&mut slope, &mut k);
        for x in k.iter_mut().chain(&mut slope) {
            *x *= model.hyper.s2;
        }
        let solved: Vec<f64> = (0..n).map(|i| dot(self.inverse.column(i), &k)).collect();
        let variance = (model.hyper.s2 - dot(&k, &solved)).max(1e-12 * model.hyper.s2);
        let for_mean: Vec<f64> = model.weights.iter().zip(&slope).map(|(a, s)| a * s).collect();
        let for_variance: Vec<f64> = solved.iter().zip(&slope).map(|(v, s)| -2.0 * v * s).collect();
        let slopes = |w: &[f64]| coordinates.iter().map(|j| self.slope(*j, point[*j], w)).collect();
        Sloped {
            prediction: Prediction { mean: dot(&k, &model.weights), variance },
            mean_slope: slopes(&for_mean),
            variance_slope: slopes(&for_variance),
        }
    }

    /// `2 / l_j^2 sum_i w_i (z - t_ij)`; `w` may be shorter than the history (pending points have no weight in the mean).
    fn slope(&self, j: usize, z: f64, w: &[f64]) -> f64 {
        let Column::Numeric(values) = &self.model.inputs.columns()[j] else { return 0.0 };
        let standing = |t: f64| if t.is_nan() { 0.5 } else { t };
        let total: f64 = w.iter().zip(values).map(|(w, t)| w * (z - standing(*t))).sum();
        2.0 * self.inverse_squares[j] * total
    }
}
