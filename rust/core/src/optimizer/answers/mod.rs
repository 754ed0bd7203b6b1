//! Answers that follow from the facts of a search; the Pareto front is here.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `recommend` | the recommended trial when values are noisy |
//! | `comparison` | whether the best configuration is better than the second best |
//! | `shrinkage` | the best trial without a model |
//! | `predict` | predictions of the Gaussian process, and the expected gain of the next trials |
//! | `explain` | why a configuration was suggested |
//! | `importance` | the importance of parameters |

mod comparison;
mod explain;
mod importance;
mod predict;
mod recommend;
mod shrinkage;

pub use comparison::{Comparison, Method};
pub use explain::Explanation;

use super::Facts;

/// Maximum number of parameters for which an answer fits a model; with more, the fit takes too long.
const MAX_PARAMETERS: usize = 500;

impl Facts {
    /// Ids of the feasible complete trials that no other one dominates, in increasing order, including ties. For a
    /// single objective these are the trials with the best value. Computed at each call: O(n log n) for two objectives,
    /// O(n log n + n f) for more, with `f` trials on the front.
    pub fn pareto_front(&self) -> Vec<u64> {
        self.history.view().front().into_iter().map(|row| row as u64).collect()
    }
}
