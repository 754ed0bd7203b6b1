//! Random forests for conditional spaces: a tree splits a parameter only in nodes in which it is always active.
//!
//! Breiman, "Random Forests", Machine Learning 45, 2001: every tree is fully grown on a bootstrap sample, with the
//! splits that reduce the sum of squares most.
//!
//! The rule for conditional parameters has two consequences. Inactive parameters need no substitute value. And the
//! probability that a uniform draw falls into a node is the product of the lengths of the node's parts of all axes,
//! because a node restricts a parameter only where it is active. (A uniform draw takes parents first, and each active
//! parameter uniformly on its unit axis.) This product would not hold if trees could also split on whether a parameter
//! is active.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `axis` | the coordinates of one parameter and parts of its axis |
//! | `data` | the training data of a forest |
//! | `split` | the best split of one parameter in a node |
//! | `grow` | grows the trees of a forest |
//! | `tree` | the structure of a tree and its predictions |

mod axis;
mod data;
mod grow;
mod split;
mod tree;

pub(super) use axis::{AxisPart, SplitAxis};
pub(super) use data::Data;
pub(super) use grow::for_each_tree;
pub(super) use tree::{Node, SplitRule, Tree};
