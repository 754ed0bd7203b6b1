//! What an optimizer is created with.

use serde::{Deserialize, Serialize};

use super::OptimizerError;
use super::cost::check_budget;
use crate::pruner::{PercentileSettings, Pruner};
use crate::sampler::Sampler;
use crate::space::SearchSpace;

/// What an optimizer is created with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// One entry per objective; whether it is maximized (messages and export only: the core minimizes).
    pub maximize: Vec<bool>,
    /// The sampler.
    pub sampler: Sampler,
    /// The seed.
    pub seed: u64,
    /// Whether a configuration already seen is never suggested again while the objective is not noisy.
    pub deduplicate: bool,
    /// What stops trials early. It came with format 4 of the snapshot, which stores it at its end.
    #[serde(skip, default = "before_pruners")]
    pub pruner: Pruner,
    /// Whether trials may be stopped for now and go on later. A snapshot holds it among its additions.
    #[serde(skip)]
    pub pausing: bool,
    /// What the search may spend, in the unit of the costs that are told. It came with format 5 (see `Additions`).
    #[serde(skip)]
    pub budget: Option<f64>,
}

impl Settings {
    /// Settings with the defaults of what is not given.
    pub fn new(maximize: Vec<bool>, sampler: Sampler, seed: u64) -> Self {
        Self { maximize, sampler, seed, deduplicate: true, pruner: Pruner::Auto, pausing: false, budget: None }
    }

    /// Whether these settings make sense for this space.
    pub(super) fn check(&self, space: &SearchSpace) -> Result<(), OptimizerError> {
        if self.maximize.is_empty() {
            return Err(OptimizerError::Argument("an optimizer needs at least one direction; none was given".into()));
        }
        check_budget(self.budget)?;
        self.pruner.check(self.maximize.len()).map_err(OptimizerError::Argument)?;
        self.sampler.check(space).map_err(OptimizerError::Argument)
    }
}

/// The one rule that searches had before pruners could be chosen: the median, from five complete trials on.
fn before_pruners() -> Pruner {
    let settings =
        PercentileSettings { percentile: 50.0, n_startup: 5, n_warmup_steps: 0, interval_steps: 1, n_min_trials: 5 };
    Pruner::Percentile(settings)
}
