//! The search for the hyperparameters of the highest posterior density, for a given layout, data and start: the negative
//! log posterior with its gradient, and its minimization.
//!
//! ```text
//! f       = y'a / 2 + sum_i ln L_ii - ln p(theta)                       (Rasmussen and Williams 2006, equation 2.30)
//! df/dt   = tr(M dK/dt) / 2,    M = (K + N)^-1 - a a'                    (equation 5.9)
//! ```
//!
//! with `N = diag(v + known noise)`. The derivatives with respect to the variances do not need the covariance again:
//! `tr((K + N)^-1 K) = n - tr((K + N)^-1 N)` and `a' K a = a'y - a'N a`. For the lengthscale of parameter `j`, with
//! `W_ik = M_ik s2 dM/dr2` below the diagonal and the features `t` of `features` (the derivative with respect to the
//! height has the opposite sign and covers the activity feature only),
//!
//! ```text
//! df/d ln l_j = -2 sum_(i > k) W_ik (t_i - t_k)^2 = -2 (sum_i t_i^2 (R_i + C_i) - 2 sum_i t_i (W t)_i)
//! ```
//!
//! where `R` and `C` are the row and column sums of `W`. One matrix product `W T` serves all features. `t` is centred,
//! which keeps cancelling terms small. Shears need the derivatives with respect to every feature of every observation
//! (after shearing, `z` of `shear`), `df/dt_i = 2 (t_i (R_i + C_i) - (W t + W' t)_i)`, which takes one more product.
//! One evaluation costs `n^3` operations for factor and inverse and `3 n^2 d / 2` for distances and gradient.

use super::FitError;
use super::features::{Category, ScaledFeatures};
use super::hyperparameters::{Hyperparameters, Layout};
use super::kernel::matern_with_slope;
use super::observations::Observations;
use crate::numerics::linalg::{Cholesky, Matrix, Sign, add_product, dot};
use crate::numerics::{Minimum, Stop, minimize_in_box};

/// Number of columns of `W` in one matrix product. Changes rounding only.
const BLOCK: usize = 64;

/// Maximum number of iterations of a search from a cold start. (Half and twice: `benches/results/constants.md`.)
pub(super) const COLD_ITERATIONS: usize = 60;
/// Nats that a step gains, and nats per unit of `theta`, at which a search ends. A hundredth is small beside the
/// margins of one nat and more by which fits are compared. A choice, not measured.
const NEGLIGIBLE: f64 = 1e-2;

/// The function to be minimized.
pub(super) struct Objective<'a> {
    pub(super) data: Observations<'a>,
    pub(super) layout: &'a Layout,
}

/// Two matrices that are reused between evaluations.
#[derive(Debug)]
pub(super) struct Workspace {
    covariance: Matrix,
    /// `s2 dM/dr2`, then `W`; zero on and above the diagonal.
    slope: Matrix,
}

impl Workspace {
    pub(super) fn new(n: usize) -> Self {
        Self { covariance: Matrix::zeros(n, n), slope: Matrix::zeros(n, n) }
    }
}

/// Intermediate results shared by `f` and its gradient.
struct Factored {
    hyper: Hyperparameters,
    features: ScaledFeatures,
    factor: Cholesky,
    /// `a`.
    weights: Vec<f64>,
}

impl Objective<'_> {
    /// Returns `f` at `theta` and writes its gradient to `gradient`. `interrupted` is polled repeatedly.
    ///
    /// # Errors
    /// Returns a [`FitError`] if the covariance is not positive definite at this `theta`, or if the evaluation is
    /// interrupted.
    pub(super) fn evaluate(
        &self,
        work: &mut Workspace,
        theta: &[f64],
        gradient: &mut [f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<f64, FitError> {
        let Factored { hyper, features, factor, weights } = self.factored(work, theta, interrupted)?;
        gradient.fill(0.0);
        let prior = self.layout.log_prior(theta, gradient);
        let inverse = factor.inverse_lower(interrupted)?;
        self.add_variances(&hyper, &inverse, &weights, gradient);
        weigh(&mut work.slope, &inverse, &weights);
        self.add_numeric(&features, &work.slope, gradient);
        for category in features.categories() {
            self.add_category(&hyper, category, &work.slope, gradient);
        }
        let value = self.misfit(&factor, &weights) - prior;
        work.covariance = factor.into_l();
        Ok(value)
    }

    /// Returns `f` alone. This avoids the inverse and the matrix products, which take most of the time of an
    /// evaluation.
    ///
    /// # Errors
    /// As for [`Self::evaluate`].
    pub(super) fn value(
        &self,
        work: &mut Workspace,
        theta: &[f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<f64, FitError> {
        let Factored { factor, weights, .. } = self.factored(work, theta, interrupted)?;
        let value = self.misfit(&factor, &weights) - self.layout.log_prior(theta, &mut vec![0.0; theta.len()]);
        work.covariance = factor.into_l();
        Ok(value)
    }

    /// Factors the covariance. The factor takes over the matrix of the workspace.
    fn factored(
        &self,
        work: &mut Workspace,
        theta: &[f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Factored, FitError> {
        let hyper = self.layout.unpack(theta);
        let features = ScaledFeatures::new(self.data.inputs, &hyper);
        self.fill(&features, &hyper, work);
        let covariance = std::mem::replace(&mut work.covariance, Matrix::zeros(0, 0));
        let factor = Cholesky::factor_unless(covariance, interrupted)??;
        let weights = factor.solve(self.data.y);
        Ok(Factored { hyper, features, factor, weights })
    }

    /// `y'a / 2 + sum_i ln L_ii`.
    fn misfit(&self, factor: &Cholesky, weights: &[f64]) -> f64 {
        0.5 * dot(self.data.y, weights) + 0.5 * factor.log_determinant()
    }

    /// Writes the covariance with noise (lower triangle with diagonal) and the slopes (below the diagonal).
    fn fill(&self, features: &ScaledFeatures, hyper: &Hyperparameters, work: &mut Workspace) {
        if work.covariance.rows() == 0 {
            // An earlier factorization that failed or was interrupted consumed the matrix.
            work.covariance = Matrix::zeros(self.data.inputs.len(), self.data.inputs.len());
        }
        for (k, known) in self.data.known_noise.iter().enumerate() {
            let (values, slopes) = (&mut work.covariance.column_mut(k)[k..], &mut work.slope.column_mut(k)[k..]);
            features.squared_distances(&features.observation(k), k, slopes);
            matern_with_slope(slopes, values, hyper.signal_variance);
            values[0] += hyper.noise_variance + known;
            slopes[0] = 0.0;
        }
    }

    /// Adds the derivatives with respect to `ln s2` and `ln v`.
    fn add_variances(&self, hyper: &Hyperparameters, inverse: &Matrix, weights: &[f64], gradient: &mut [f64]) {
        let (signal, noise) = (self.layout.signal(), self.layout.signal() + 1);
        gradient[signal] += 0.5 * (self.data.y.len() as f64 - dot(self.data.y, weights));
        for (i, known) in self.data.known_noise.iter().enumerate() {
            let m = inverse.at(i, i) - weights[i] * weights[i];
            gradient[signal] -= 0.5 * m * (hyper.noise_variance + known);
            gradient[noise] += 0.5 * m * hyper.noise_variance;
        }
    }

    /// Adds the derivatives with respect to lengthscales and heights of numbers, and to shears.
    fn add_numeric(&self, features: &ScaledFeatures, w: &Matrix, gradient: &mut [f64]) {
        let (n, n_features) = (w.rows(), features.sources().len());
        let mut product = Matrix::zeros(n, n_features);
        for start in (0..n).step_by(BLOCK) {
            let end = n.min(start + BLOCK);
            let below = w.block(start, start, n - start, end - start);
            add_product(product.from_row_mut(start), n, Sign::Plus, below, features.numbers(start, end));
        }
        let sums = row_and_column_sums(w);
        for (f, source) in features.sources().iter().enumerate() {
            let t = features.column(f);
            let squares: Vec<f64> = t.iter().zip(&sums).map(|(t, sum)| t * sum).collect();
            let total = dot(t, &squares) - 2.0 * dot(t, product.column(f));
            gradient[source.parameter] -= 2.0 * total;
            if let Some(position) = self.layout.height(source.parameter).filter(|_| source.is_activity) {
                gradient[position] += 2.0 * total;
            }
        }
        if self.layout.n_sheared() > 0 {
            let slopes = slopes_by_features(features, w, product, &sums);
            self.add_shears(features, &slopes, gradient);
        }
    }

    /// Adds the derivatives with respect to shears, given those with respect to features.
    fn add_shears(&self, features: &ScaledFeatures, slopes: &Matrix, gradient: &mut [f64]) {
        for (added, (_, _, place)) in features.shears().iter().zip(self.layout.shears()) {
            let (of, by) = (features.sources()[added.of], features.sources()[added.by]);
            let values = self.data.inputs.columns()[by.parameter].values();
            let slopes = slopes.column(added.of).iter().zip(values);
            let total: f64 = slopes.map(|(slope, value)| slope * by.of(*value)).sum();
            gradient[place] += total * of.scale / by.scale;
        }
    }

    /// Adds the derivatives with respect to lengthscale and height of an unordered parameter.
    fn add_category(&self, hyper: &Hyperparameters, category: &Category, w: &Matrix, gradient: &mut [f64]) {
        let j = category.parameter;
        let relative = hyper.heights[j] / hyper.lengthscales[j];
        for k in 0..w.cols() {
            let (differences, one_active) = category.weighted_differences(k, &w.column(k)[k + 1..]);
            gradient[j] -= 2.0 * differences;
            if let Some(position) = self.layout.height(j) {
                gradient[position] += 2.0 * one_active * relative * relative;
            }
        }
    }
}

/// Turns slopes into `W` by multiplying them with `M = (K + N)^-1 - a a'` below the diagonal.
fn weigh(slope: &mut Matrix, inverse: &Matrix, weights: &[f64]) {
    for k in 0..slope.cols() {
        let m = inverse.column(k)[k + 1..].iter().zip(&weights[k + 1..]).map(|(x, a)| x - a * weights[k]);
        for (w, m) in slope.column_mut(k)[k + 1..].iter_mut().zip(m) {
            *w *= m;
        }
    }
}

/// `df/dt` for every observation and feature; `product` must be `W T`.
fn slopes_by_features(features: &ScaledFeatures, w: &Matrix, mut product: Matrix, sums: &[f64]) -> Matrix {
    let n = w.rows();
    for start in (0..n).step_by(BLOCK) {
        let end = n.min(start + BLOCK);
        let below = w.block(start, start, n - start, end - start).transposed();
        add_product(product.from_row_mut(start), n, Sign::Plus, below, features.numbers(start, n));
    }
    for f in 0..product.cols() {
        for ((slope, t), sum) in product.column_mut(f).iter_mut().zip(features.column(f)).zip(sums) {
            *slope = 2.0 * (t * sum - *slope);
        }
    }
    product
}

/// `R_i + C_i`.
fn row_and_column_sums(w: &Matrix) -> Vec<f64> {
    let mut sums = vec![0.0; w.rows()];
    for k in 0..w.cols() {
        let below = &w.column(k)[k + 1..];
        for (sum, w) in sums[k + 1..].iter_mut().zip(below) {
            *sum += w;
        }
        sums[k] += below.iter().sum::<f64>();
    }
    sums
}

/// Minimizes the objective, starting at `from`.
pub(super) fn minimum(
    objective: &Objective<'_>,
    work: &mut Workspace,
    from: &[f64],
    iterations: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Minimum, FitError> {
    let mut stopped = false;
    let evaluate = |theta: &[f64], gradient: &mut [f64]| {
        if stopped {
            return None;
        }
        let value = objective.evaluate(work, theta, gradient, interrupted);
        stopped = value == Err(FitError::Interrupted);
        value.ok()
    };
    let stop = Stop { iterations, gradient: NEGLIGIBLE, decrease: NEGLIGIBLE };
    let minimum = minimize_in_box(evaluate, from, &objective.layout.bounds(), stop);
    match minimum {
        _ if stopped => Err(FitError::Interrupted),
        Some(best) => Ok(best),
        None => Err(FitError::NotPositiveDefinite),
    }
}
