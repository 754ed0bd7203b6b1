//! Answers that follow from the facts of a search.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `recommend` | the recommended trial when values are noisy |
//! | `comparison` | whether the best configuration is better than the second best |
//! | `shrinkage` | the best trial without a model |
//! | `pareto` | the Pareto front |
//! | `predict` | predictions of the Gaussian process |
//! | `expected_gain` | the expected gain of the next trials |
//! | `explain` | why a configuration was suggested |
//! | `importance` | the importance of parameters |

mod comparison;
mod expected_gain;
mod explain;
mod importance;
mod pareto;
mod predict;
mod recommend;
mod shrinkage;

pub use comparison::{Comparison, Method};
pub use explain::Explanation;

/// Maximum number of parameters for which an answer fits a model; with more, the fit takes too long.
const MAX_PARAMETERS: usize = 500;
