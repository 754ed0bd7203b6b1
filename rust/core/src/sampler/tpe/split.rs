//! The split into good trials and the rest.

use super::multi_objective::MultiObjective;
use super::single_objective::SingleObjective;
use crate::history::View;

/// The split of the finished trials into good ones and the rest, updated incrementally.
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

    /// Adds finished trials; each may be added only once.
    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize]) {
        match self {
            Self::Single(split) => split.extend(history, rows),
            Self::Multi(split) => split.extend(history, rows),
        }
    }

    /// Rows of the good trials, in increasing order.
    pub(super) fn good(&self) -> Vec<usize> {
        match self {
            Self::Single(split) => split.good(),
            Self::Multi(split) => split.good().to_vec(),
        }
    }

    /// The weights of the good trials, in the order of [`Self::good`].
    pub(super) fn weights(&self, history: View<'_>, good: &[usize]) -> Vec<f64> {
        match self {
            Self::Single(split) => split.weights(history, good),
            Self::Multi(_) => vec![1.0; good.len()],
        }
    }
}
