//! Surrogate models, usable from Rust without an optimizer.

mod choices;
mod cost;
pub mod gp;
mod half_rank;
pub mod parzen;

pub use choices::is_mostly_unordered;
pub use cost::LogCost;
pub use half_rank::HalfRank;
