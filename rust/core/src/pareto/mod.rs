//! Pareto dominance and hypervolume. Every objective is minimized.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dominance` | dominance, the front, also of uncertain points, and crowding distances |
//! | `fronts` | all fronts of a growing set, and ranks |
//! | `hypervolume` | hypervolumes of two and three objectives, and along directions |
//! | `subset` | subsets of a front with a large hypervolume |
//! | `boxes` | the box decomposition of the non-dominated region |

pub mod boxes;
pub mod dominance;
mod fronts;
mod hypervolume;
#[cfg(test)]
mod oracle;
mod subset;

pub use boxes::{Cell, above, box_decomposition};
pub use dominance::sorted_objectives;
pub use fronts::{Fronts, ranks};
pub use hypervolume::{Direction, ln_volume_of_ball_part};
pub use subset::greedy_subset;
