//! Surrogate models; they can be used from Rust without an optimizer.

mod choices;
mod cost;
pub mod gp;
pub mod output_warp;
pub mod parzen;
pub mod points;

pub use choices::is_mostly_unordered;
pub use cost::{CostPenalty, LogCost};
