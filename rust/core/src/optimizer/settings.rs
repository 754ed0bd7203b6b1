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
    /// Whether a configuration is never suggested twice while no noise was told.
    pub deduplicate: bool,
    /// The pruner.
    pub pruner: Pruner,
    /// Whether trials may be paused and resumed.
    pub pausing: bool,
    /// The budget of the search, in units of the costs.
    pub budget: Option<f64>,
    /// Largest modelled probability that a suggestion violates a black-box constraint or fails.
    pub max_violation_probability: Option<f64>,
    /// For each objective, the largest acceptable loss, or none; empty if there is none at all.
    pub thresholds: Vec<Option<f64>>,
}

impl Settings {
    /// Settings with default values for all other fields.
    pub fn new(maximize: Vec<bool>, sampler: Sampler, seed: u64) -> Self {
        let (pruner, budget, max_violation_probability) = (Pruner::Auto, None, None);
        let (deduplicate, pausing, thresholds) = (true, false, Vec::new());
        Self { maximize, sampler, seed, deduplicate, pruner, pausing, budget, max_violation_probability, thresholds }
    }

    /// Checks these settings for this space.
    pub(super) fn check(&self, space: &SearchSpace) -> Result<(), OptimizerError> {
        if self.maximize.is_empty() {
            return Err(OptimizerError::Argument("an optimizer needs at least one direction; none was given".into()));
        }
        check_budget(self.budget)?;
        self.check_max_violation_probability()?;
        self.check_thresholds()?;
        self.pruner.check(self.maximize.len()).map_err(OptimizerError::Argument)?;
        self.sampler.check(space).map_err(OptimizerError::Argument)
    }

    /// Checks that there is a finite threshold, or none, for each of several objectives.
    fn check_thresholds(&self) -> Result<(), OptimizerError> {
        let (n, m) = (self.thresholds.len(), self.maximize.len());
        if n == 0 || (n == m && m > 1 && self.thresholds.iter().flatten().all(|threshold| threshold.is_finite())) {
            return Ok(());
        }
        let message = format!(
            "thresholds must be finite numbers, one for each of several objectives; got {n} for {m} objectives"
        );
        Err(OptimizerError::Argument(message))
    }

    /// Checks that the limit is a probability, and that the sampler has a model of the constraints.
    fn check_max_violation_probability(&self) -> Result<(), OptimizerError> {
        let Some(limit) = self.max_violation_probability else { return Ok(()) };
        if !(limit > 0.0 && limit < 1.0) {
            let shown = format!("{limit:?}").to_lowercase();
            let message = format!("max_violation_probability must lie between 0 and 1, both excluded, got {shown}");
            return Err(OptimizerError::Argument(message));
        }
        if matches!(self.sampler, Sampler::Auto(_) | Sampler::Gp(_)) {
            return Ok(());
        }
        let message = "max_violation_probability needs a model of constraints and failures, which the sampler does not have; \
                       use 'auto' or 'gp'";
        Err(OptimizerError::Argument(message.to_owned()))
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
