//! Acquisition functions: the value of evaluating a candidate.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `density_ratio` | TPE's ratio of densities |
//! | `improvement` | expectation and probability of an improvement in log space; the latter also for constraints |
//! | `expected_hypervolume` | expected hypervolume improvement in log space |
//! | `directional_hypervolume` | the same along directions, for five or more objectives |

pub mod density_ratio;
pub mod directional_hypervolume;
pub mod expected_hypervolume;
pub mod improvement;

pub use improvement::{AcquisitionValue, Normal};
