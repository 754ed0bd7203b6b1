//! Pareto dominance and hypervolume. Every objective is minimized.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dominance` | dominance, the front and crowding distances |
//! | `fronts` | all fronts of a growing set, and ranks |
//! | `canonical` | the objectives in an order of their own |
//! | `hypervolume` | hypervolumes of two and three objectives, and along directions |
//! | `subset` | subsets of a front with a large hypervolume |
//! | `shares` | how often uncertain points are on the front |
//! | `boxes` | the box decomposition of the non-dominated region |

pub mod boxes;
mod canonical;
pub mod dominance;
mod fronts;
mod hypervolume;
#[cfg(test)]
mod oracle;
pub mod shares;
mod subset;

pub use boxes::{Cell, box_decomposition};
pub use canonical::sorted_objectives;
pub use fronts::{Fronts, ranks};
pub use hypervolume::{Direction, ln_volume_of_ball_part};
pub use subset::greedy_subset;
