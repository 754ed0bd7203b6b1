//! Surrogate models, usable from Rust without an optimizer.

pub mod parzen;
