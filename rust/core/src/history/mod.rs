//! Every trial, in columns. The row of a trial is its id, so nothing here depends on the order of tells.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `columns` | the columns and how they are read |
//! | `write` | the only ways in which they change |
//! | `before` | the history as it stood when a trial was chosen |
//! | `folds` | the values of a trial fold by fold |
//! | `estimated` | the history with estimates in the place of stopped trials |
//! | `check` | what must hold of columns that come out of a file |
//! | `room` | how much memory rows take, and room for more |
//! | `seen` | which configurations were tried |
//! | `dominance` | the order of trials with several objectives |

mod before;
mod check;
mod columns;
pub mod dominance;
mod estimated;
mod folds;
mod outcome;
mod room;
mod seen;
mod trial;
mod write;

pub use columns::{Folds, History};
pub use outcome::{Measurement, Outcome};
pub use seen::Fingerprint;
pub use trial::{Ended, Origin, TrialState};
