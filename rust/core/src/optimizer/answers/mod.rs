//! Answers that follow from the facts of a search.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `noise` | the standard error of a trial |
//! | `front` | the Pareto front, by told and by estimated values |
//! | `averages` | the Pareto front of noisy results without a model |
//! | `recommend` | the recommended trial when values are noisy |
//! | `comparison` | whether the best configuration is better than the second best |
//! | `gain` | by how much the recommended configuration is better than the defaults |
//! | `shrinkage` | the best trial without a model |
//! | `predict` | predictions of the Gaussian process, and the expected gain of the next trials |
//! | `explain` | why a configuration was suggested |
//! | `importance` | the importance of parameters |

mod averages;
mod comparison;
mod explain;
mod front;
mod gain;
mod importance;
mod noise;
mod predict;
mod recommend;
mod shrinkage;

pub use comparison::{Comparison, LEVEL, Method};
pub use explain::Explanation;
pub use front::{Front, FrontMember};
pub use recommend::Recommended;
