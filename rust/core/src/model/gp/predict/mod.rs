//! The model at given hyperparameters, and what it says.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored at once or row by row |
//! | `prior_mean` | what is expected before anything was observed |
//! | `posterior` | mean and variance at new points |
//! | `gradient_query` | where a gradient is asked for |
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
