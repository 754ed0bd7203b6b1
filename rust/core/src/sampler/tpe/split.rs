//! Which trials are good.

use super::many::ManyObjectives;
use super::one::OneObjective;
use crate::history::History;

/// The split of the told trials into good ones and the rest, kept up to date.
#[derive(Clone, Debug)]
pub(super) enum Split {
    One(OneObjective),
    Many(ManyObjectives),
}

impl Split {
    pub(super) fn new(gamma: f64, n_objectives: usize) -> Self {
        if n_objectives == 1 { Self::One(OneObjective::new(gamma)) } else { Self::Many(ManyObjectives::new(gamma)) }
    }

    /// Takes in trials that were told; each once.
    pub(super) fn extend(&mut self, history: &History, rows: &[usize]) {
        match self {
            Self::One(split) => split.extend(history, rows),
            Self::Many(split) => split.extend(history, rows),
        }
    }

    /// Rows of the good trials, increasing.
    pub(super) fn good(&self) -> Vec<usize> {
        match self {
            Self::One(split) => split.good(),
            Self::Many(split) => split.good().to_vec(),
        }
    }

    /// How much each of the good trials, as [`Self::good`] has them, weighs.
    pub(super) fn weights(&self, history: &History, good: &[usize]) -> Vec<f64> {
        match self {
            Self::One(split) => split.weights(history, good),
            Self::Many(_) => vec![1.0; good.len()],
        }
    }
}
