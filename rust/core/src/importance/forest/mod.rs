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
//! | `grow` | grows one tree |
//! | `tree` | the structure of a tree and its predictions |

mod axis;
mod data;
mod grow;
mod split;
mod tree;

pub(super) use axis::{AxisPart, SplitAxis};
pub(super) use data::Data;
pub(super) use tree::{Node, SplitRule, Tree};

use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, Purpose, Stream, map_blocks};

/// Number of trees in a forest. As in Optuna (Akiba et al. 2019).
const TREES: usize = 64;
/// Number of trees grown between two checks for an interruption. Changes no suggestion.
const BATCH: usize = 8;

/// `f` of every tree, in order. Tree `t` is grown on the bootstrap sample of stream `t`, so the result does not depend
/// on the threads.
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

/// The number of times each of `n` rows is drawn in `n` draws with replacement.
fn bootstrap(n: usize, seed: u64, tree: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed, tree as u64, Purpose::Forest, 0);
    let mut weights = vec![0.0; n];
    (0..n).for_each(|_| weights[stream.below_or_equal(n as u64 - 1) as usize] += 1.0);
    weights
}
