//! The model at given hyperparameters, and its predictions.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored as a whole or row by row, and its prior mean |
//! | `posterior` | mean and variance at new points and of each observation, and the marginal likelihood |
//! | `gradient` | predictions with gradients at a few points |
//! | `sample` | joint draws at new points |

mod gradient;
mod posterior;
mod process;
mod sample;

pub use gradient::PredictionWithGradient;
pub use posterior::Prediction;
pub use process::{GaussianProcess, GradientQuery, PriorMean};
