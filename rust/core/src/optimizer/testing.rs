//! Helpers for tests of the state machine.

use super::{Optimizer, Settings};
use crate::sampler::Sampler;
use crate::space::{Parameter, SearchSpace};

/// A random search with one objective.
#[allow(clippy::unwrap_used, reason = "a test may panic")]
pub(super) fn random_search(parameters: Vec<Parameter>) -> Optimizer {
    let space = SearchSpace::new(parameters, Vec::new()).unwrap();
    Optimizer::new(space, Settings::new(vec![false], Sampler::Random, 0)).unwrap()
}
