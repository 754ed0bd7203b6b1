//! The split for several objectives.

use super::single_objective::n_good;
use crate::history::View;
use crate::pareto::{dominance, greedy_subset};
use crate::sampler::ranking::{Class, Key};

/// Largest number of good trials. Describing a front takes more points than describing a minimum.
const MAX_GOOD: usize = 100;

/// Trials by non-domination rank, recomputed when a trial finishes.
#[derive(Clone, Debug)]
pub(super) struct MultiObjective {
    gamma: f64,
    /// Rows of feasible complete trials, in increasing order.
    feasible: Vec<usize>,
    /// Keys of all other ranked trials, in order.
    others: Vec<Key>,
    good: Vec<usize>,
}

impl MultiObjective {
    pub(super) fn new(gamma: f64) -> Self {
        Self { gamma, feasible: Vec::new(), others: Vec::new(), good: Vec::new() }
    }

    pub(super) fn good(&self) -> &[usize] {
        &self.good
    }

    pub(super) fn extend(&mut self, history: View<'_>, rows: &[usize]) {
        if rows.is_empty() {
            return;
        }
        for key in rows.iter().filter_map(|row| Key::of(history, *row)) {
            if key.class == Class::Feasible { self.feasible.push(key.row) } else { self.others.push(key) }
        }
        self.feasible.sort_unstable();
        self.others.sort_unstable();
        let wanted = n_good(self.gamma, self.feasible.len() + self.others.len(), MAX_GOOD);
        self.good = best_by_rank(history, &self.feasible, wanted);
        let missing = wanted - self.good.len();
        self.good.extend(self.others.iter().take(missing).map(|key| key.row));
        self.good.sort_unstable();
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
