//! What an optimizer is created with.

use serde::{Deserialize, Serialize};

use super::OptimizerError;
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
}

impl Settings {
    /// Whether these settings make sense for this space.
    pub(super) fn check(&self, space: &SearchSpace) -> Result<(), OptimizerError> {
        if self.maximize.is_empty() {
            return Err(OptimizerError::Argument("an optimizer needs at least one direction; none was given".into()));
        }
        self.sampler.check(space).map_err(OptimizerError::Argument)
    }
}
