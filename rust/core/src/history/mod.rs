//! Every trial, in columns. The row of a trial is its id, so nothing here depends on the order of tells.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `columns` | the columns and how they are read |
//! | `curve` | where a step stands among the reports of a trial |
//! | `write` | the only ways in which they change |
//! | `reported` | what reports say beside the first objective |
//! | `reports` | what trials reported: every objective, and constraints |
//! | `pauses` | trials that were stopped for now |
//! | `pausing` | how they stop, and go on |
//! | `prefix` | the history as it stood when a trial was chosen |
//! | `folds` | the values of a trial fold by fold |
//! | `estimated` | the history with estimates in the place of stopped trials |
//! | `check` | what must hold of columns that come out of a file |
//! | `memory` | how much memory rows take, and room for more |
//! | `seen` | which configurations were tried |
//! | `spent` | what was spent, and what trials cost in full |

mod check;
mod columns;
mod curve;
mod estimated;
mod folds;
mod memory;
mod outcome;
mod pauses;
mod pausing;
mod prefix;
mod reported;
mod reports;
mod seen;
mod spent;
mod trial;
mod write;

pub use columns::{Folds, History};
pub use curve::reports_until;
pub use outcome::{Measurement, Outcome};
pub use pauses::Pauses;
pub use reported::Reported;
pub use seen::Fingerprint;
pub use trial::{Ended, Origin, TrialState};
