//! Several objectives at once: what dominates what. Every objective is minimized.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dominance` | fronts, ranks and crowding distances |
//! | `hypervolume` | the points of a front that together dominate most |
//! | `boxes` | what a front leaves undominated, as disjoint boxes |

pub mod boxes;
pub mod dominance;
mod hypervolume;

pub use boxes::{Cell, box_decomposition};
pub use hypervolume::greedy_subset;
