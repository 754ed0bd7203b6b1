//! What makes a candidate worth a trial.

pub mod density_ratio;
pub mod improvement;
