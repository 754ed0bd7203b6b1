//! Gaussian-process regression over mixed and conditional inputs.
//!
//! Notation of all files of this room: there are `n` observations `(x_i, y_i)` with `y = f(x) + noise`. The kernel is
//! Matern-5/2 of a single distance over numbers, categories and conditional parameters,
//!
//! ```text
//! k(x, x') = s2 M(r),    M(r) = (1 + sqrt5 r + 5/3 r^2) e^(-sqrt5 r),    r^2 = sum_j d_j(x, x')^2 / l_j^2
//! ```
//!
//! with one lengthscale `l_j` per parameter (Rasmussen and Williams 2006, section 4.2), and shears between numbers
//! where valleys run diagonally to the axes (`shear`). `K = [k(x_i, x_k)]` is the covariance matrix, `v` the noise
//! variance, `L L' = K + diag(v + sem_i^2)` and `a = (K + diag(v + sem_i^2))^-1 y`. Hyperparameters are fitted by
//! maximum a posteriori (`fit`).
//!
//! | room or file | what it holds |
//! | --- | --- |
//! | `observations` | observations as columns, and the distance `d_j` of each kind of parameter |
//! | `shear` | linear combinations of numbers in the distance |
//! | `hyperparameters` | their vector, bounds and prior |
//! | `features` | the observations scaled by the hyperparameters, and `r^2` between them |
//! | `kernel` | Matern-5/2 and the derivatives that fitting needs |
//! | `fit` | the search for the maximum a posteriori |
//! | `selection` | the candidates for a model of the values, and their comparison |
//! | `predict` | the model at given hyperparameters, and its predictions |
//! | `draws` | models at hyperparameters drawn from their posterior distribution |
//! | `trend` | a prior mean taken from other models |

mod draws;
mod features;
mod fit;
#[cfg(test)]
mod golden;
mod hyperparameters;
mod kernel;
mod observations;
mod predict;
mod selection;
mod shear;
#[cfg(test)]
mod tests;
mod trend;

pub use hyperparameters::{Form, Hyperparameters, Layout, Theta};
pub use observations::{Column, Inputs, Observations};
pub use predict::{GaussianProcess, GradientQuery, Prediction, PredictionWithGradient, PriorMean};
pub use selection::{Assumptions, Selection, Start, select};
pub use shear::Shear;
pub use trend::{Part, Trend};

use crate::numerics::linalg::{Interrupted, NotPositiveDefinite};

/// The reason why no model could be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitError {
    /// The covariance is not positive definite, even with the largest noise that may be added.
    NotPositiveDefinite,
    /// The caller interrupted the fit.
    Interrupted,
}

impl From<NotPositiveDefinite> for FitError {
    fn from(_: NotPositiveDefinite) -> Self {
        Self::NotPositiveDefinite
    }
}

impl From<Interrupted> for FitError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// Turns a covariance that could not be factored into `None`: this ends one search, but not the fit.
///
/// # Errors
/// Returns [`FitError::Interrupted`] if interrupted.
fn if_factored<T>(result: Result<T, FitError>) -> Result<Option<T>, FitError> {
    match result {
        Err(FitError::NotPositiveDefinite) => Ok(None),
        result => result.map(Some),
    }
}
