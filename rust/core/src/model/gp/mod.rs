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
//! | file | what it holds |
//! | --- | --- |
//! | `inputs` | observations as columns, and the distance `d_j` of each kind of parameter |
//! | `shear` | numbers that are measured together |
//! | `features` | the same scaled by the hyperparameters, and `r^2` between them |
//! | `kernel` | Matern-5/2 and the derivatives that fitting needs |
//! | `theta` | the hyperparameters as one vector |
//! | `hyper` | what is where in it, bounds and prior |
//! | `objective` | the negative log posterior of the hyperparameters and its gradient |
//! | `fit` | its minimum |
//! | `null` | whether there is a signal to be fitted |
//! | `askew` | whether valleys lie askew |
//! | `sparse` | whether a few of many parameters explain the values |
//! | `smooth` | whether a smooth function under noise explains the values |
//! | `process` | the model at given hyperparameters, factored at once or row by row |
//! | `gradient` | predictions with gradients at a few points |
//! | `posterior` | mean and variance at new points |
//! | `sample` | joint draws at new points |
//! | `evidence` | marginal likelihood and leave-one-out predictions |
//! | `trend` | a prior mean that other models give |
//! | `warp` | half-rank warping of objective values |

mod askew;
mod evidence;
mod features;
mod fit;
#[cfg(test)]
mod golden;
mod gradient;
mod hyper;
mod inputs;
mod kernel;
mod null;
mod objective;
mod posterior;
mod process;
mod sample;
mod shear;
mod smooth;
mod sparse;
#[cfg(test)]
mod tests;
mod theta;
mod trend;
mod warp;

pub use fit::{Fit, Observations, Start, maximum_a_posteriori};
pub use gradient::{Place, Sloped};
pub use hyper::{Hyperparameters, Layout};
pub use inputs::{Column, Inputs};
pub use posterior::Prediction;
pub use process::{FitError, GaussianProcess};
pub use shear::Shear;
pub use theta::{Form, Theta};
pub use trend::{Part, Trend};
pub use warp::half_rank;
