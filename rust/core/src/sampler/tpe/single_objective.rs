//! The split for a single objective.

use std::collections::BTreeSet;

use crate::history::View;
use crate::model::output_warp::HalfRank;
use crate::model::parzen::weights::improvement;
use crate::sampler::ranking::{Class, Key};

/// Feasible trials in two ordered sets of bounded size.
#[derive(Clone, Debug, Default)]
pub(super) struct SingleObjective {
    good: BTreeSet<Key>,
    /// The trials that follow.
    rest: BTreeSet<Key>,
    /// Whether there are others, which are worse than those.
    is_cut: bool,
}

impl SingleObjective {
    /// Largest number of good trials. More would only widen the density. As in Hyperopt (Bergstra et al. 2013).
    pub(super) const MAX_GOOD: usize = 25;
    /// Number of trials after the good ones that are kept. At most [`Self::MAX_GOOD`] of them become good as the search
    /// goes on, and [`Self::weights`] looks at the next `MAX_GOOD + 2`. Follows from [`Self::MAX_GOOD`].
    const KEPT: usize = 2 * Self::MAX_GOOD + 2;

    /// Adds feasible trials. The best `n_good` are good; this number must not fall.
    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize], n_good: usize) {
        for row in rows {
            self.good.insert(Key::of(history, *row));
            self.good.pop_last().into_iter().for_each(|worst| self.follow(worst));
        }
        while self.good.len() < n_good
            && let Some(next) = self.rest.pop_first()
        {
            self.good.insert(next);
        }
    }

    /// Adds a trial after the good ones.
    fn follow(&mut self, key: Key) {
        if self.is_cut && self.rest.last().is_some_and(|last| key > *last) {
            return;
        }
        self.rest.insert(key);
        if self.rest.len() > Self::KEPT {
            self.rest.pop_last();
            self.is_cut = true;
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
