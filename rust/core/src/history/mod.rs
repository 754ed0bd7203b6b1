//! All trials, stored in columns. The row of a trial is its id, so nothing here depends on the order of tells.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `columns` | the columns, sparse ones for what few trials have, and their accessors |
//! | `write` | all changes of the columns, and the history of the trials before a given one |
//! | `reports` | reports: the values of every objective, and constraints |
//! | `pauses` | pausing and resuming trials |
//! | `folds` | the values of a trial by fold |
//! | `latest` | the latest trials that failed and that succeeded |
//! | `view` | the history as models see it, with estimates; what was spent, and the full cost of trials |
//! | `check` | checks of columns that were read from a file |
//! | `violation` | by how much trials break constraints |
//! | `left_out` | constraints that a complete trial left out |
//! | `memory` | memory of rows, and its reservation |
//! | `seen` | which configurations were tried |

mod check;
mod columns;
mod folds;
mod latest;
mod left_out;
mod memory;
mod pauses;
mod reports;
mod seen;
mod trial;
mod view;
mod violation;
mod write;

pub use columns::History;
pub use latest::LATEST;
pub use reports::reports_until;
pub use seen::Fingerprint;
pub use trial::{Ended, Measurement, Origin, Outcome, TrialState};
pub use view::{Estimate, Expected, Overlay, View};
