//! The model at given hyperparameters, and its predictions.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored as a whole or row by row |
//! | `prior_mean` | a prior mean of the function |
//! | `posterior` | mean and variance at new points |
//! | `gradient_query` | a point at which a gradient is computed |
//! | `gradient` | predictions with gradients at a few points |
//! | `sample` | joint draws at new points |
//! | `leave_one_out` | marginal likelihood and leave-one-out predictions |

mod gradient;
mod gradient_query;
mod leave_one_out;
mod posterior;
mod prior_mean;
mod process;
mod sample;

pub use gradient::PredictionWithGradient;
pub use gradient_query::GradientQuery;
pub use posterior::Prediction;
pub use prior_mean::PriorMean;
pub use process::GaussianProcess;
