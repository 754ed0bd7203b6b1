//! The model at given hyperparameters, and its predictions.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored as a whole or row by row, and its prior mean |
//! | `posterior` | mean and variance at new points |
//! | `gradient` | predictions with gradients at a few points |
//! | `sample` | joint draws at new points |
//! | `leave_one_out` | marginal likelihood and leave-one-out predictions |

mod gradient;
mod leave_one_out;
mod posterior;
mod process;
mod sample;

pub use gradient::PredictionWithGradient;
pub use posterior::Prediction;
pub use process::{GaussianProcess, GradientQuery, PriorMean};
