//! The hyperparameters of the highest posterior density.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `objective` | the negative log posterior of the hyperparameters and its gradient |
//! | `optimize` | the search for its minimum |
//! | `noise_only` | whether the values contain a signal |
//! | `maximum_a_posteriori` | the fit, from a cold or a warm start |

mod maximum_a_posteriori;
mod noise_only;
mod objective;
mod optimize;

pub use maximum_a_posteriori::{Fit, Start, maximum_a_posteriori};
#[cfg(test)]
pub(super) use noise_only::{RESIDUAL_SIGNAL, negative_log_posterior};
pub(super) use objective::{Objective, Workspace};
pub(super) use optimize::{COLD_ITERATIONS, minimum};
