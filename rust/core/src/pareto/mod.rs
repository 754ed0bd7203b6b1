//! Pareto dominance and hypervolume. Every objective is minimized.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dominance` | fronts, ranks and crowding distances |
//! | `hypervolume` | subsets of a front with a large hypervolume |
//! | `boxes` | the box decomposition of the non-dominated region |

pub mod boxes;
pub mod dominance;
mod hypervolume;

pub use boxes::{Cell, box_decomposition};
pub use hypervolume::greedy_subset;
