//! The shape of the search distribution: a covariance with its Cholesky factor or, in many dimensions, a diagonal
//! covariance.
//!
//! With `C = A A'`, a standard normal `z` is mapped to `A z`. The Cholesky factor replaces the symmetric root of the
//! original method. Both give the same distribution and the same lengths of whitened steps, and the factor costs
//! `d^3 / 3` operations (Krause, Arbones and Igel 2016).

use crate::numerics::linalg::{Cholesky, Matrix};

/// Number of parameters from which on the covariance is diagonal: learning a full one would take too many trials. (Half
/// and twice: `benches/results/constants.md`.)
const DIAGONAL_FROM: usize = 101;

/// A covariance that can be sampled from.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Full { covariance: Matrix, factor: Cholesky },
    Diagonal(Vec<f64>),
}

impl Shape {
    /// Whether the covariance of this many parameters is diagonal.
    pub(super) fn is_diagonal(n_parameters: usize) -> bool {
        n_parameters >= DIAGONAL_FROM
    }

    /// The identity.
    pub(super) fn round(n_parameters: usize) -> Self {
        let diagonal = Self::Diagonal(vec![1.0; n_parameters]);
        if Self::is_diagonal(n_parameters) {
            return diagonal;
        }
        let covariance = Matrix::from_fn(n_parameters, n_parameters, |i, j| f64::from(u8::from(i == j)));
        // Factoring an identity cannot fail; the fallback is an equal diagonal covariance.
        Cholesky::factor(covariance.clone()).map_or(diagonal, |factor| Self::Full { covariance, factor })
    }

    /// `A z`.
    pub(super) fn stretched(&self, z: &[f64]) -> Vec<f64> {
        match self {
            Self::Full { factor, .. } => {
                let mut y = vec![0.0; z.len()];
                for (j, z) in z.iter().enumerate() {
                    for (y, l) in y[j..].iter_mut().zip(&factor.l().column(j)[j..]) {
                        *y += l * z;
                    }
                }
                y
            }
            Self::Diagonal(variances) => z.iter().zip(variances).map(|(z, v)| z * v.sqrt()).collect(),
        }
    }

    /// `A^-1 y`.
    pub(super) fn whitened(&self, y: &[f64]) -> Vec<f64> {
        let mut column = Matrix::from_fn(y.len(), 1, |i, _| y[i]);
        self.whiten(&mut column);
        column.column(0).to_vec()
    }

    /// `A^-1 y` of every column, in place.
    pub(super) fn whiten(&self, columns: &mut Matrix) {
        match self {
            Self::Full { factor, .. } => factor.solve_lower(columns),
            Self::Diagonal(variances) => {
                for j in 0..columns.cols() {
                    columns.column_mut(j).iter_mut().zip(variances).for_each(|(y, v)| *y /= v.sqrt());
                }
            }
        }
    }

    /// The largest standard deviation of a coordinate.
    pub(super) fn widest(&self) -> f64 {
        let variance = match self {
            Self::Full { covariance, .. } => (0..covariance.rows()).map(|i| covariance.at(i, i)).fold(0.0, f64::max),
            Self::Diagonal(variances) => variances.iter().copied().fold(0.0, f64::max),
        };
        variance.sqrt()
    }

    /// `C <- keep C + sum w v v'` over `(w, v)`. Returns `false` and changes nothing if the result is not positive
    /// definite.
    pub(super) fn update(&mut self, keep: f64, terms: &[(f64, Vec<f64>)]) -> bool {
        let entry = |i: usize, j: usize, old: f64| terms.iter().fold(keep * old, |sum, (w, v)| sum + w * v[i] * v[j]);
        match self {
            Self::Full { covariance, factor } => {
                let d = covariance.rows();
                let new = Matrix::from_fn(d, d, |i, j| if i < j { 0.0 } else { entry(i, j, covariance.at(i, j)) });
                let Ok(new_factor) = Cholesky::factor(new.clone()) else { return false };
                (*covariance, *factor) = (new, new_factor);
            }
            Self::Diagonal(variances) => {
                let new: Vec<f64> = variances.iter().enumerate().map(|(i, v)| entry(i, i, *v)).collect();
                if !new.iter().all(|v| *v > 0.0 && v.is_finite()) {
                    return false;
                }
                *variances = new;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitening_inverts_stretching_and_updates_add_the_terms() {
        let mut shape = Shape::round(3);
        assert!(shape.update(0.5, &[(0.5, vec![1.0, 2.0, 0.0]), (0.25, vec![0.0, 1.0, -1.0])]));
        let z = [0.3, -1.0, 2.0];
        let back = shape.whitened(&shape.stretched(&z));
        assert!(back.iter().zip(z).all(|(a, b)| (a - b).abs() < 1e-12));
        let Shape::Full { covariance, .. } = &shape else { unreachable!("three parameters have a full covariance") };
        assert!((covariance.at(1, 0) - 1.0).abs() < 1e-15 && (covariance.at(1, 1) - 2.75).abs() < 1e-15);
        assert!((shape.widest() - 2.75_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn an_update_that_is_not_positive_definite_changes_nothing() {
        for d in [2, 200] {
            let mut shape = Shape::round(d);
            assert!(!shape.update(1.0, &[(-2.0, vec![1.0; d])]));
            assert_eq!(shape.stretched(&vec![1.0; d]), vec![1.0; d]);
        }
    }
}
