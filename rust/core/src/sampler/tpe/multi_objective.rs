//! The split for several objectives.

use crate::history::View;
use crate::pareto::{dominance, greedy_subset};
use crate::sampler::ranking::{Class, Key};

/// Feasible trials by non-domination rank, recomputed when a trial finishes.
#[derive(Clone, Debug, Default)]
pub(super) struct MultiObjective {
    /// Rows of complete trials, in increasing order.
    complete: Vec<usize>,
    /// Keys of pruned trials, in order.
    pruned: Vec<Key>,
    good: Vec<usize>,
}

impl MultiObjective {
    /// Largest number of good trials. Describing a front takes more points than describing a minimum.
    pub(super) const MAX_GOOD: usize = 100;

    pub(super) fn good(&self) -> &[usize] {
        &self.good
    }

    /// Adds feasible trials, of which `n_good` are good.
    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize], n_good: usize) {
        if rows.is_empty() && self.good.len() == n_good.min(self.complete.len() + self.pruned.len()) {
            return;
        }
        for key in rows.iter().map(|row| Key::of(history, *row)) {
            if key.class == Class::Feasible { self.complete.push(key.row) } else { self.pruned.push(key) }
        }
        self.complete.sort_unstable();
        self.pruned.sort_unstable();
        self.good = best_by_rank(history, &self.complete, n_good);
        let missing = n_good - self.good.len();
        self.good.extend(self.pruned.iter().take(missing).map(|key| key.row));
    }
}

/// Complete fronts as long as they fit; of the next front, the subset with the largest hypervolume, chosen greedily.
fn best_by_rank(history: View<'_>, rows: &[usize], wanted: usize) -> Vec<usize> {
    let points: Vec<Vec<f64>> = rows.iter().map(|row| history.point_of_values(*row)).collect();
    let ranks = dominance::ranks(&points);
    let mut good = Vec::new();
    for rank in 0..rows.len() {
        let front: Vec<usize> = (0..rows.len()).filter(|i| ranks[*i] == rank).collect();
        if good.len() + front.len() > wanted {
            let members: Vec<Vec<f64>> = front.iter().map(|i| points[*i].clone()).collect();
            good.extend(greedy_subset(&members, wanted - good.len()).into_iter().map(|i| rows[front[i]]));
        } else {
            good.extend(front.into_iter().map(|i| rows[i]));
        }
        if good.len() >= wanted {
            break;
        }
    }
    good
}
