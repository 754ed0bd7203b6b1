//! Estimates of the final value of a trial from its reports.
//!
//! Let `y_k` be the value of a trial at checkpoint `k`; the last one is its final value. From one checkpoint to the
//! next, a straight line with noise is fitted to the trials known at both,
//!
//! ```text
//! y_{k+1} = a_k + b_k y_k + e_k,    e_k of variance v_k,
//! ```
//!
//! and the value of a trial at checkpoint `k` is projected along the lines to the end: mean `m <- a + b m`, variance
//! `s^2 <- b^2 s^2 + v`. Trials that were stopped at the next checkpoint thus still inform the line from this one, and
//! few need to run to the end. A line fitted to the trials that continued also holds for those that did not, as long as
//! the decision to stop depended only on `y_k`.
//!
//! The noise of two transitions is not independent: a trial that learns slowly does so at every step. The variance at
//! checkpoint `k` is therefore multiplied by the mean square of `(end - m) / s` over the complete trials, or by 1 if
//! that is larger.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `line` | the line from one checkpoint to the next |
//! | `estimate` | trials for which models use an estimate instead of the stored result |
//! | `folds` | estimates from folds |
//! | `table` | the steps at which curves are compared, and the reported values of all trials there |
//! | `curves` | the lines between all checkpoints, and the estimates from them |

mod curves;
mod estimate;
mod folds;
mod line;
mod table;

pub use curves::Curves;
pub use estimate::Basis;
pub use folds::{FoldEnd, FoldLayout};
pub use table::{CurveTable, grid_step_reached};
