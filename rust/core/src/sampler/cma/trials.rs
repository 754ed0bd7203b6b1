//! What the search knows of the history, kept from one ask to the next.

use crate::history::{Origin, View};
use crate::sampler::ranking::{Key, is_ranked};
use crate::sampler::rows::SeenRows;

/// The finished trials, as far as the search needs them. The history may grow but must not change otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Trials {
    /// The first row that this strategy proposed.
    first: Option<usize>,
    /// The best feasible trial before that row.
    start: Option<Key>,
    /// The best feasible trial.
    best: Option<Key>,
    /// The finished rows that this strategy proposed, in increasing order.
    proposed: Vec<usize>,
    known: SeenRows,
}

impl Trials {
    /// Processes all changes of the history since the last update, and returns how many rows at the beginning of
    /// [`Self::proposed`] are the same as before.
    pub(super) fn update(&mut self, history: View<'_>) -> usize {
        let mut n_same = self.proposed.len();
        let (mut new, finished) = self.known.update(history);
        let is_proposed = |row: usize| history.origins()[row] == Origin::CmaEs;
        self.first = self.first.or_else(|| new.find(|row| is_proposed(*row)));
        for row in finished {
            self.rank(history, row);
            if is_proposed(row) {
                n_same = n_same.min(self.insert(row));
            }
        }
        n_same
    }

    /// The best feasible trial before the first one that this strategy proposed.
    pub(super) fn start(&self) -> Option<usize> {
        self.start.map(|key| key.row)
    }

    /// The best feasible trial.
    pub(super) fn best(&self) -> Option<Key> {
        self.best
    }

    /// The finished rows that this strategy proposed, in increasing order.
    pub(super) fn proposed(&self) -> &[usize] {
        &self.proposed
    }

    fn rank(&mut self, history: View<'_>, row: usize) {
        if !is_ranked(history, row) || !history.is_feasible(row) {
            return;
        }
        let key = Key::of(history, row);
        let better = |old: Option<Key>| Some(old.map_or(key, |old| old.min(key)));
        self.best = better(self.best);
        if self.first.is_none_or(|first| row < first) {
            self.start = better(self.start);
        }
    }

    /// Inserts a row and returns its place.
    fn insert(&mut self, row: usize) -> usize {
        let place = self.proposed.partition_point(|other| *other < row);
        self.proposed.insert(place, row);
        place
    }
}
