//! Surrogate models, usable from Rust without an optimizer.

pub mod gp;
mod half_rank;
pub mod parzen;

pub use half_rank::HalfRank;
