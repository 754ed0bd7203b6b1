//! The split for a single objective.

use std::collections::BTreeSet;

use crate::history::View;
use crate::model::output_warp::HalfRank;
use crate::model::parzen::weights::improvement;
use crate::sampler::ranking::{Class, Key};

/// Largest number of good trials. More would only widen the density.
const MAX_GOOD: usize = 25;

/// Trials in two ordered sets; an update takes `O(log n)` per trial.
#[derive(Clone, Debug)]
pub(super) struct SingleObjective {
    gamma: f64,
    good: BTreeSet<Key>,
    rest: BTreeSet<Key>,
}

impl SingleObjective {
    pub(super) fn new(gamma: f64) -> Self {
        Self { gamma, good: BTreeSet::new(), rest: BTreeSet::new() }
    }

    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize]) {
        for key in rows.iter().filter_map(|row| Key::of(history, *row)) {
            self.good.insert(key);
            self.rest.extend(self.good.pop_last());
            if self.good.len() < n_good(self.gamma, self.good.len() + self.rest.len(), MAX_GOOD) {
                self.good.extend(self.rest.pop_first());
            }
        }
    }

    pub(super) fn good(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.good.iter().map(|key| key.row).collect();
        rows.sort_unstable();
        rows
    }

    /// Weights by the distance of each loss below the best loss that is not good. All weights are equal if good trials
    /// and the rest are not separated by loss.
    ///
    /// Losses above the median count by their rank, so bad trials have an influence only through their order. Because
    /// few trials are good, this matters for short histories only.
    pub(super) fn weights(&self, history: View<'_>, good: &[usize]) -> Vec<f64> {
        let loss = |row: usize| history.values(0)[row];
        let Some(threshold) = self.rest.first().filter(|key| key.class == Class::Feasible) else {
            return vec![1.0; good.len()];
        };
        let n =
            self.good.len() + self.rest.iter().take(self.good.len() + 2).filter(|k| k.class == Class::Feasible).count();
        let losses: Vec<f64> = good.iter().map(|row| loss(*row)).collect();
        if 2 * (good.len() + 1) <= n {
            return improvement(&losses, loss(threshold.row));
        }
        let feasible = self.good.iter().chain(&self.rest).filter(|key| key.class == Class::Feasible);
        let warp = HalfRank::new(&feasible.map(|key| loss(key.row)).collect::<Vec<_>>());
        improvement(&losses.iter().map(|y| warp.of(*y)).collect::<Vec<_>>(), warp.of(loss(threshold.row)))
    }
}

/// Number of good trials among `n` ranked ones: the share `gamma`, rounded up, but at most `cap`.
pub(super) fn n_good(gamma: f64, n: usize, cap: usize) -> usize {
    ((gamma * n as f64).ceil() as usize).min(cap)
}
