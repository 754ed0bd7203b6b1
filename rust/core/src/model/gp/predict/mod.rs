//! The model at given hyperparameters, and what it says.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `process` | the model, factored at once or row by row |
//! | `posterior` | mean and variance at new points |
//! | `gradient` | predictions with gradients at a few points |
//! | `sample` | joint draws at new points |
//! | `leave_one_out` | marginal likelihood and leave-one-out predictions |

mod gradient;
mod leave_one_out;
mod posterior;
mod process;
mod sample;

pub use gradient::{Place, Sloped};
pub use posterior::Prediction;
pub use process::GaussianProcess;
