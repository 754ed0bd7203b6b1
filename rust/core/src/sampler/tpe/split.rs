//! Which trials are good.

use super::multi_objective::MultiObjective;
use super::single_objective::SingleObjective;
use crate::history::History;

/// The split of the told trials into good ones and the rest, kept up to date.
#[derive(Clone, Debug)]
pub(super) enum Split {
    Single(SingleObjective),
    Multi(MultiObjective),
}

impl Split {
    pub(super) fn new(gamma: f64, n_objectives: usize) -> Self {
        if n_objectives == 1 {
            Self::Single(SingleObjective::new(gamma))
        } else {
            Self::Multi(MultiObjective::new(gamma))
        }
    }

    /// Takes in trials that were told; each once.
    pub(super) fn extend(&mut self, history: &History, rows: &[usize]) {
        match self {
            Self::Single(split) => split.extend(history, rows),
            Self::Multi(split) => split.extend(history, rows),
        }
    }

    /// Rows of the good trials, increasing.
    pub(super) fn good(&self) -> Vec<usize> {
        match self {
            Self::Single(split) => split.good(),
            Self::Multi(split) => split.good().to_vec(),
        }
    }

    /// How much each of the good trials, as [`Self::good`] has them, weighs.
    pub(super) fn weights(&self, history: &History, good: &[usize]) -> Vec<f64> {
        match self {
            Self::Single(split) => split.weights(history, good),
            Self::Multi(_) => vec![1.0; good.len()],
        }
    }
}
