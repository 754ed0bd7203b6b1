//! What a trial would have ended with, judged from the values it reported.
//!
//! Let `y_k` be the value of a trial at checkpoint `k`, the last one being what was told of it. From one checkpoint to
//! the next a straight line with noise is fitted to the trials known at both,
//!
//! ```text
//! y_{k+1} = a_k + b_k y_k + e_k,    e_k of variance v_k,
//! ```
//!
//! and a trial that stands at checkpoint `k` is carried along the lines to the end: mean `m <- a + b m`, variance
//! `s^2 <- b^2 s^2 + v`. So trials that were stopped at the next checkpoint still tell how this one reads, and few need
//! to run to the end. A line through the trials that went on holds for those that did not, as long as what decided
//! was `y_k` itself.
//!
//! The noise of two transitions is not independent: what learns slowly does so at every step. So the variance at
//! checkpoint `k` is multiplied by the mean square of `(end - m) / s` over the complete trials, where it is above 1.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `checkpoints` | the steps at which curves are compared |
//! | `transition` | the line from one of them to the next |
//! | `expected` | what is expected of the end |
//! | `estimate` | the trials whose end a model takes otherwise than it was told |
//! | `folds` | the folds of all trials, and the estimates that they give |
//! | `table` | what every trial reported, read at the checkpoints |
//! | `curves` | the lines through all curves, and the estimates that they give |

mod checkpoints;
mod curves;
mod estimate;
mod expected;
mod folds;
mod table;
mod transition;

pub use checkpoints::checkpoint_reached;
pub use curves::Curves;
pub use estimate::{Estimate, estimates};
pub use expected::Expected;
pub use folds::{FoldEnd, FoldLayout};
pub use table::CurveTable;
