//! The settings of an optimizer.

use serde::{Deserialize, Serialize};

use super::OptimizerError;
use crate::pruner::Pruner;
use crate::sampler::Sampler;
use crate::space::SearchSpace;

/// The settings with which an optimizer is created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// For each objective, whether it is maximized (used only in messages and exports: the core minimizes).
    pub maximize: Vec<bool>,
    /// The sampler.
    pub sampler: Sampler,
    /// The seed.
    pub seed: u64,
    /// Whether a configuration is never suggested twice while the objective is not noisy.
    pub deduplicate: bool,
    /// The pruner.
    pub pruner: Pruner,
    /// Whether trials may be paused and resumed.
    pub pausing: bool,
    /// The budget of the search, in units of the costs.
    pub budget: Option<f64>,
}

impl Settings {
    /// Settings with default values for all other fields.
    pub fn new(maximize: Vec<bool>, sampler: Sampler, seed: u64) -> Self {
        Self { maximize, sampler, seed, deduplicate: true, pruner: Pruner::Auto, pausing: false, budget: None }
    }

    /// Checks these settings for this space.
    pub(super) fn check(&self, space: &SearchSpace) -> Result<(), OptimizerError> {
        if self.maximize.is_empty() {
            return Err(OptimizerError::Argument("an optimizer needs at least one direction; none was given".into()));
        }
        check_budget(self.budget)?;
        self.pruner.check(self.maximize.len()).map_err(OptimizerError::Argument)?;
        self.sampler.check(space).map_err(OptimizerError::Argument)
    }
}

/// Checks that a budget is positive and finite.
pub(super) fn check_budget(budget: Option<f64>) -> Result<(), OptimizerError> {
    match budget {
        Some(budget) if !(budget > 0.0 && budget.is_finite()) => {
            let shown = format!("{budget:?}").to_lowercase();
            Err(OptimizerError::Argument(format!("budget must be a positive, finite cost, got {shown}")))
        }
        _ => Ok(()),
    }
}
