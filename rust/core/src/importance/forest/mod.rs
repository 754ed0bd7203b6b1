//! Random forests for conditional spaces: a tree splits a parameter only in nodes all of whose configurations have it.
//!
//! Breiman, "Random Forests", Machine Learning 45, 2001: every tree is grown to the end on a bootstrap sample, by the
//! splits that lower the sum of squares most.
//!
//! The rule for conditional parameters makes two things exact. Nobody has to invent a value for what does not exist; and
//! since a node constrains a parameter only where it exists, a configuration drawn uniformly (parents first, each active
//! parameter uniform on its unit axis) falls into a node with a probability that is the plain product of the lengths of
//! what the node leaves of each axis. No product over axes would hold if the existence of a parameter could be split on
//! beside the parent that decides it.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `column` | the coordinates of one parameter, and parts of its axis |
//! | `data` | the trials that a forest is grown on |
//! | `split` | the best split of one parameter in a node |
//! | `grow` | one tree |
//! | `tree` | what a tree is, and what it predicts |

mod column;
mod data;
mod grow;
mod split;
mod tree;

pub(super) use column::{Column, Part};
pub(super) use data::Data;
pub(super) use tree::{Node, Rule, Tree};

use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, Purpose, Stream, map_blocks};

/// Trees of a forest.
const TREES: usize = 64;
/// Trees that are grown between two looks at whether to stop.
const BATCH: usize = 8;

/// `f` of every tree, in order; tree `t` is grown on the bootstrap sample of stream `t`, so the threads change nothing.
pub(super) fn for_each_tree<T: Send>(
    data: &Data,
    seed: u64,
    pool: &Pool,
    interrupted: &dyn Fn() -> bool,
    f: impl Fn(Tree) -> T + Sync + Send,
) -> Result<Vec<T>, Interrupted> {
    let mut results = Vec::with_capacity(TREES);
    for first in (0..TREES).step_by(BATCH) {
        if interrupted() {
            return Err(Interrupted);
        }
        results.extend(map_blocks(pool, BATCH, |k| f(grow::tree(data, &bootstrap(data.len(), seed, first + k)))));
    }
    Ok(results)
}

/// How often each of `n` rows is drawn in `n` draws with replacement.
fn bootstrap(n: usize, seed: u64, tree: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed, tree as u64, Purpose::Forest, 0);
    let mut weights = vec![0.0; n];
    (0..n).for_each(|_| weights[stream.below_or_equal(n as u64 - 1) as usize] += 1.0);
    weights
}
