//! Surrogate models, usable from Rust without an optimizer.

pub mod gp;
pub mod parzen;
