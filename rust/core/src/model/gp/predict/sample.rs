//! Joint draws of the noise-free function.
//!
//! With `V = L^-1 k(X, x)`, the posterior covariance at some points is `S = k(x, x) - V'V`. A draw is `mean + R z` with
//! `R R' = S` and a standard normal `z` (Rasmussen and Williams 2006, appendix A.2). Where points coincide or are
//! observed, `S` is singular. Its diagonal is then raised by `1e-12 k(x, x)`, and by ten times as much after each
//! failed factorization.

use super::posterior::BLOCK;
use super::process::{GaussianProcess, write_covariances};
use crate::model::gp::FitError;
use crate::model::gp::features::ScaledFeatures;
use crate::numerics::Stream;
use crate::numerics::linalg::{Cholesky, Matrix, Sign, add_product, dot};

/// Largest share of the function's variance that is added to the diagonal. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_JITTER: f64 = 1e-6;

impl GaussianProcess {
    /// `n` draws of the function at `m` points; each point has one entry per parameter, NaN where inactive.
    ///
    /// Takes `m^3 / 3` operations and memory for `2 m^2` numbers, and `m^2 / 2` operations for each draw. `interrupted`
    /// is polled repeatedly.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted.
    pub fn sample(
        &self,
        points: &[Vec<f64>],
        n: usize,
        stream: &mut Stream,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let (means, covariance) = self.joint(points, interrupted)?;
        let root = self.root(&covariance, interrupted)?;
        let draw = |_| {
            if interrupted() {
                return Err(FitError::Interrupted);
            }
            let z: Vec<f64> = points.iter().map(|_| stream.normal()).collect();
            Ok(product(&root, &z).into_iter().zip(&means).map(|(off, mean)| mean + off).collect())
        };
        (0..n).map(draw).collect()
    }

    /// The posterior means, and the lower triangle of `S`.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted.
    pub fn joint(&self, points: &[Vec<f64>], interrupted: &dyn Fn() -> bool) -> Result<(Vec<f64>, Matrix), FitError> {
        let (m, n) = (points.len(), self.inputs.len());
        let (mut means, mut v) = (Vec::with_capacity(m), Matrix::zeros(n, m));
        for (b, block) in points.chunks(BLOCK).enumerate() {
            if interrupted() {
                return Err(FitError::Interrupted);
            }
            let mut columns = self.covariance_columns(block);
            let mean = |(j, at): (usize, &Vec<f64>)| dot(columns.column(j), &self.weights) + self.prior_mean(at);
            means.extend(block.iter().enumerate().map(mean));
            self.factor.solve_lower(&mut columns);
            for j in 0..block.len() {
                v.column_mut(b * BLOCK + j).copy_from_slice(columns.column(j));
            }
        }
        Ok((means, self.covariance_given(&v, points, interrupted)?))
    }

    /// `S`, lower triangle.
    fn covariance_given(
        &self,
        v: &Matrix,
        points: &[Vec<f64>],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Matrix, FitError> {
        let (m, n) = (v.cols(), v.rows());
        let features = ScaledFeatures::new(&self.inputs.like(points), &self.hyper);
        let mut s = Matrix::zeros(m, m);
        for start in (0..m).step_by(BLOCK) {
            if interrupted() {
                return Err(FitError::Interrupted);
            }
            let end = m.min(start + BLOCK);
            for i in start..end {
                write_covariances(&mut s, i, &features, &self.hyper);
            }
            let (below, beside) = (v.block(0, start, n, m - start), v.block(0, start, n, end - start));
            // From the diagonal of column `start` down.
            add_product(s.from_row_mut(start * (m + 1)), m, Sign::Minus, below.transposed(), beside);
        }
        Ok(s)
    }

    /// `R` with `R R' = S`, whose diagonal is raised tenfold from 1e-12 of the signal variance on until it can be
    /// factored. The first is a choice, not measured.
    fn root(&self, s: &Matrix, interrupted: &dyn Fn() -> bool) -> Result<Matrix, FitError> {
        let m = s.rows();
        let mut jitter = 1e-12;
        while jitter <= MAX_JITTER {
            let mut raised = s.clone();
            for i in 0..m {
                raised.set(i, i, s.at(i, i) + jitter * self.hyper.signal_variance);
            }
            if let Ok(factor) = Cholesky::factor_unless(raised, interrupted)? {
                return Ok(factor.into_l());
            }
            jitter *= 10.0;
        }
        // The remaining variance is below rounding errors. The variances are kept and the covariances are dropped.
        Ok(Matrix::from_fn(m, m, |i, j| if i == j { s.at(i, i).max(0.0).sqrt() } else { 0.0 }))
    }
}

/// `R z`, column by column: every element is one sum from the left.
fn product(root: &Matrix, z: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; z.len()];
    for (j, z) in z.iter().enumerate() {
        sums[j..].iter_mut().zip(&root.column(j)[j..]).for_each(|(sum, r)| *sum += r * z);
    }
    sums
}
