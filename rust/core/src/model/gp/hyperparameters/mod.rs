//! The hyperparameters: as a vector, in their own scale, and their prior.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `theta` | the vector; lengthscales, heights, shears and variances |
//! | `layout` | positions in the vector, and bounds |
//! | `lengthscale_prior` | the density of a lengthscale |
//! | `prior` | the joint density |

mod layout;
mod lengthscale_prior;
mod prior;
mod theta;

pub use layout::Layout;
pub(super) use prior::{SIGNAL_RATE, negative_log_prior_of_noise};
pub use theta::{Form, Hyperparameters, Theta};
