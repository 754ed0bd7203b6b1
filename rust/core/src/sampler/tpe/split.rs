//! The split into good trials and the rest.

use super::multi_objective::MultiObjective;
use super::single_objective::SingleObjective;
use crate::history::View;
use crate::sampler::ranking::{by_violation, is_ranked};

/// The split of the finished trials into good ones and the rest. It is updated incrementally, except for the order of
/// infeasible trials, because each of them changes the units of their violations. That order is needed only while few
/// trials are feasible.
#[derive(Clone, Debug)]
pub(super) struct Split {
    gamma: f64,
    feasible: Feasible,
    /// Rows of infeasible trials, in increasing order.
    infeasible: Vec<usize>,
    /// Number of trials in the split.
    n: usize,
}

/// The feasible trials, which come before infeasible ones.
#[derive(Clone, Debug)]
enum Feasible {
    Single(SingleObjective),
    Multi(MultiObjective),
}

impl Split {
    pub(super) fn new(gamma: f64, n_objectives: usize) -> Self {
        let feasible = match n_objectives {
            1 => Feasible::Single(SingleObjective::default()),
            _ => Feasible::Multi(MultiObjective::default()),
        };
        Self { gamma, feasible, infeasible: Vec::new(), n: 0 }
    }

    /// Adds finished trials; each may be added only once. Those without a rank are left out.
    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize]) {
        let ranked = rows.iter().copied().filter(|row| is_ranked(history, *row));
        let (feasible, infeasible): (Vec<usize>, Vec<usize>) = ranked.partition(|row| history.is_feasible(*row));
        self.n += feasible.len() + infeasible.len();
        if !infeasible.is_empty() {
            self.infeasible.extend(infeasible);
            self.infeasible.sort_unstable();
        }
        let n_good = self.n_good();
        match &mut self.feasible {
            Feasible::Single(split) => split.extend(history, &feasible, n_good),
            Feasible::Multi(split) => split.extend(history, &feasible, n_good),
        }
    }

    /// Number of trials in the split.
    pub(super) fn n_ranked(&self) -> usize {
        self.n
    }

    /// Number of good trials: the share `gamma` of all, rounded up, but not more than describe what is good.
    fn n_good(&self) -> usize {
        let most = match &self.feasible {
            Feasible::Single(_) => SingleObjective::MAX_GOOD,
            Feasible::Multi(_) => MultiObjective::MAX_GOOD,
        };
        ((self.gamma * self.n as f64).ceil() as usize).min(most)
    }

    /// Rows of the good trials, in increasing order.
    pub(super) fn good(&self, history: View<'_>) -> Vec<usize> {
        let mut good = match &self.feasible {
            Feasible::Single(split) => split.good(),
            Feasible::Multi(split) => split.good().to_vec(),
        };
        let n_missing = self.n_good() - good.len();
        if n_missing > 0 {
            good.extend(by_violation(history, &self.infeasible).into_iter().take(n_missing));
        }
        good.sort_unstable();
        good
    }

    /// The weights of the good trials, in the order of [`Self::good`].
    pub(super) fn weights(&self, history: View<'_>, good: &[usize]) -> Vec<f64> {
        match &self.feasible {
            Feasible::Single(split) => split.weights(history, good),
            Feasible::Multi(_) => vec![1.0; good.len()],
        }
    }
}
