//! Answers that follow from the facts of a search.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `front` | the Pareto front, by told and by estimated values |
//! | `recommend` | the recommended trial when values are noisy |
//! | `comparison` | whether the best configuration is better than the second best |
//! | `shrinkage` | the best trial without a model |
//! | `predict` | predictions of the Gaussian process, and the expected gain of the next trials |
//! | `explain` | why a configuration was suggested |
//! | `importance` | the importance of parameters |

mod comparison;
mod explain;
mod front;
mod importance;
mod predict;
mod recommend;
mod shrinkage;

pub use comparison::{Comparison, Method};
pub use explain::Explanation;
pub use front::FrontMember;

use super::{Facts, OptimizerError};
use crate::sampler::MAX_GP_PARAMETERS;

/// Number of eligible trials from which on an answer uses a model. (Measured: `benches/results/mechanisms.md`.)
const ENOUGH: usize = 16;

impl Facts {
    /// Whether answers about finished trials use a model: there are enough of them, and parameters that it can describe.
    fn has_enough_for_a_model(&self) -> bool {
        self.history.eligible().nth(ENOUGH - 1).is_some()
            && (1..=MAX_GP_PARAMETERS).contains(&self.space.parameters().len())
    }

    fn check_objective(&self, objective: usize) -> Result<(), OptimizerError> {
        let last = self.history.n_objectives() - 1;
        if objective <= last {
            return Ok(());
        }
        Err(OptimizerError::Argument(format!("objective must be from 0 to {last}, got {objective}")))
    }
}
