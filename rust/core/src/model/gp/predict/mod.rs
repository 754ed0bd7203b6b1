//! The model at given hyperparameters, and its predictions.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored as a whole or row by row |
//! | `prior_mean` | a prior mean of the function, and queries for gradients |
//! | `posterior` | mean and variance at new points |
//! | `gradient` | predictions with gradients at a few points |
//! | `sample` | joint draws at new points |
//! | `leave_one_out` | marginal likelihood and leave-one-out predictions |

mod gradient;
mod leave_one_out;
mod posterior;
mod prior_mean;
mod process;
mod sample;

pub use gradient::PredictionWithGradient;
pub use posterior::Prediction;
pub use prior_mean::{GradientQuery, PriorMean};
pub use process::GaussianProcess;
