//! The hyperparameters: as a vector, in their own scale, and what is expected of them before anything is observed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `theta` | the vector |
//! | `scales` | lengthscales, heights, shears and variances |
//! | `layout` | what is where in the vector, and its bounds |
//! | `lengthscale_prior` | the density of a lengthscale |
//! | `prior` | the density of all |

mod layout;
mod lengthscale_prior;
mod prior;
mod scales;
mod theta;

pub use layout::Layout;
pub(super) use prior::negative_log_prior_of_noise;
pub use scales::Hyperparameters;
pub use theta::{Form, Theta};
