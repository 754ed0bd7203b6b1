//! Gaussian-process regression over mixed and conditional inputs.
//!
//! Notation, kept throughout this room: `n` observations `(x_i, y_i)`, `y = f(x) + noise`; the kernel is Matern-5/2
//! over one distance that numbers, categories and conditional parameters share,
//!
//! ```text
//! k(x, x') = s2 M(r),    M(r) = (1 + sqrt5 r + 5/3 r^2) e^(-sqrt5 r),    r^2 = sum_j d_j(x, x')^2 / l_j^2
//! ```
//!
//! with one lengthscale `l_j` per parameter (Rasmussen and Williams 2006, section 4.2), and shears between numbers
//! where valleys lie askew (`shear`); `K = [k(x_i, x_k)]`, noise variance `v`, `L L' = K + diag(v + sem_i^2)`,
//! `a = (K + ..)^-1 y`. Hyperparameters are the maximum a posteriori (`fit`).
//!
//! | room or file | what it holds |
//! | --- | --- |
//! | `observations` | observations as columns, and the distance `d_j` of each kind of parameter |
//! | `shear` | numbers that are measured together |
//! | `hyperparameters` | their vector, bounds and prior |
//! | `features` | the observations scaled by the hyperparameters, and `r^2` between them |
//! | `kernel` | Matern-5/2 and the derivatives that fitting needs |
//! | `fit` | the maximum a posteriori |
//! | `alternatives` | other models, each where the evidence speaks for it |
//! | `predict` | the model at given hyperparameters, and what it says |
//! | `trend` | a prior mean that other models give |

mod alternatives;
mod error;
mod features;
mod fit;
#[cfg(test)]
mod golden;
mod hyperparameters;
mod kernel;
mod observations;
mod predict;
mod shear;
#[cfg(test)]
mod tests;
mod trend;

pub use alternatives::select_alternative;
pub use error::FitError;
pub use fit::{Fit, Start, maximum_a_posteriori};
pub use hyperparameters::{Form, Hyperparameters, Layout, Theta};
pub use observations::{Column, Inputs, Observations};
pub use predict::{GaussianProcess, GradientQuery, Prediction, PredictionWithGradient, PriorMean};
pub use shear::Shear;
pub use trend::{Part, Trend};
