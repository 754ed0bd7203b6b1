//! Joint draws of the noise-free function.
//!
//! With `V = L^-1 k(X, x)` the posterior covariance of some points is `S = k(x, x) - V'V`; a draw is `mean + R z`, `R
//! R' = S`, `z` standard normal (Rasmussen and Williams 2006, appendix A.2). Where points coincide or are observed, `S`
//! is singular: then `1e-12 k(x, x)` is added to its diagonal, or ten times as much, until it can be factored.

use super::features::Features;
use super::hyper::Hyperparameters;
use super::process::{GaussianProcess, covariance};
use crate::numerics::Stream;
use crate::numerics::linalg::{Cholesky, Matrix, Sign, add_product};

/// Largest share of the function's variance that is added to the diagonal.
const MAX_JITTER: f64 = 1e-6;

impl GaussianProcess {
    /// `n` draws of the function at `points`; each point has one entry per parameter, NaN where inactive.
    pub fn sample(&self, points: &[Vec<f64>], n: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
        let means: Vec<f64> = points.iter().map(|point| self.mean(point)).collect();
        let root = self.root(points);
        let draw = |_| {
            let z: Vec<f64> = points.iter().map(|_| stream.normal()).collect();
            let row = |i: usize| means[i] + (0..=i).map(|j| root.at(i, j) * z[j]).sum::<f64>();
            (0..points.len()).map(row).collect()
        };
        (0..n).map(draw).collect()
    }

    /// `R` with `R R' = S`.
    fn root(&self, points: &[Vec<f64>]) -> Matrix {
        let m = points.len();
        let mut columns = Matrix::zeros(self.inputs.len(), m);
        for (j, point) in points.iter().enumerate() {
            columns.column_mut(j).copy_from_slice(&self.covariances(point));
        }
        self.factor.solve_lower(&mut columns);
        let hyper = Hyperparameters { noise: 0.0, ..self.hyper.clone() };
        let mut s = covariance(&Features::new(&self.inputs.like(points), &hyper), &hyper, &vec![0.0; m]);
        add_product(s.from_row_mut(0), m, Sign::Minus, columns.view().transposed(), columns.view());
        let mut jitter = 1e-12;
        while jitter <= MAX_JITTER {
            let mut raised = s.clone();
            for i in 0..m {
                raised.set(i, i, s.at(i, i) + jitter * self.hyper.variance());
            }
            if let Ok(factor) = Cholesky::factor(raised) {
                return factor.into_l();
            }
            jitter *= 10.0;
        }
        // What is left of the variance is below what rounding leaves of it: points keep their own and lose what they
        // share.
        Matrix::from_fn(m, m, |i, j| if i == j { s.at(i, i).max(0.0).sqrt() } else { 0.0 })
    }
}
