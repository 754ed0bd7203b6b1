//! Every trial, in columns. The row of a trial is its id, so nothing here depends on the order of tells.

mod columns;
mod outcome;

pub use columns::{History, Origin, TrialState};
pub use outcome::{Measurement, Outcome};
