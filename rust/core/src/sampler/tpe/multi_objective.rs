//! The split for several objectives.

use crate::history::View;
use crate::pareto::{Fronts, greedy_subset};
use crate::sampler::ranking::{Class, Key};

/// Feasible trials by non-domination rank.
#[derive(Clone, Debug, Default)]
pub(super) struct MultiObjective {
    /// Rows of complete trials in the order in which they were added, and their values.
    complete: Vec<usize>,
    points: Vec<Vec<f64>>,
    /// Indices of these trials.
    fronts: Fronts,
    /// Keys of pruned trials, in order.
    pruned: Vec<Key>,
    good: Vec<usize>,
    division: Division,
}

/// The last division of a front of which some members are good. It is kept because most trials do not change it.
#[derive(Clone, Debug, Default)]
struct Division {
    front: Vec<usize>,
    /// In the order in which they were chosen.
    good: Vec<usize>,
}

impl Division {
    /// The subset of `wanted` members with the largest hypervolume, chosen greedily.
    fn good(&mut self, points: &[Vec<f64>], front: Vec<usize>, wanted: usize) -> &[usize] {
        if self.front != front || self.good.len() != wanted {
            let members: Vec<Vec<f64>> = front.iter().map(|i| points[*i].clone()).collect();
            self.good = greedy_subset(&members, wanted).into_iter().map(|k| front[k]).collect();
            self.front = front;
        }
        &self.good
    }
}

impl MultiObjective {
    /// Largest number of good trials. Describing a front takes more points than describing a minimum. (Half and twice:
    /// `benches/results/constants.md`.)
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
        self.points.extend(self.complete[self.points.len()..].iter().map(|row| history.point_of_values(*row)));
        self.fronts.extend(&self.points);
        self.pruned.sort_unstable();
        self.good = self.best_by_rank(n_good);
        let missing = n_good - self.good.len();
        self.good.extend(self.pruned.iter().take(missing).map(|key| key.row));
    }

    /// Complete fronts as long as they fit, and a part of the next one.
    fn best_by_rank(&mut self, wanted: usize) -> Vec<usize> {
        let mut good = Vec::with_capacity(wanted);
        for front in self.fronts.members() {
            let missing = wanted - good.len();
            if missing == 0 {
                break;
            }
            let mut front = front.clone();
            // The order in which trials were added must not matter.
            front.sort_unstable_by_key(|i| self.complete[*i]);
            if front.len() > missing {
                good.extend(self.division.good(&self.points, front, missing));
            } else {
                good.extend(front);
            }
        }
        good.into_iter().map(|i: usize| self.complete[i]).collect()
    }
}
