//! State derived from finished trials: the incumbent and the table of curves.

use super::Optimizer;
use crate::learning_curve::CurveTable;

impl Optimizer {
    /// Id of the best feasible complete trial of a single-objective search. Its value is finite; ties go to the lowest
    /// id. `None` if there is no such trial, and for several objectives. O(1): updated at each tell.
    pub fn best(&self) -> Option<u64> {
        self.incumbent
    }

    /// Updates the derived state after a trial has ended.
    pub(super) fn update_derived(&mut self, row: usize) {
        self.curves.update(&self.history, row as u64);
        self.update_incumbent(row);
    }

    fn update_incumbent(&mut self, row: usize) {
        if self.history.n_objectives() == 1 && self.history.is_eligible(row) && self.improves(row) {
            self.incumbent = Some(row as u64);
        }
    }

    /// Rebuilds the derived state from all trials, after a result was retracted or a snapshot loaded. O(n).
    pub(super) fn rebuild_derived(&mut self) {
        self.incumbent = None;
        for row in 0..self.history.len() {
            self.update_incumbent(row);
        }
        self.curves = CurveTable::of(&self.history, self.history.len());
    }

    /// Whether an eligible trial comes before the incumbent in the order (value, id).
    fn improves(&self, row: usize) -> bool {
        let values = self.history.values(0);
        self.incumbent.is_none_or(|best| {
            let best = best as usize;
            values[row] < values[best] || (values[row] == values[best] && row < best)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::Origin;
    use crate::optimizer::Tell;
    use crate::optimizer::testing::random_search;
    use crate::space::Configuration;

    #[test]
    fn the_best_is_the_first_of_equals_in_any_order_of_tells() {
        let values = [2.0, 1.0, 1.0];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut search = random_search(Vec::new());
            for _ in values {
                search.history.push(&search.encoding, &Configuration(Vec::new()), Origin::Random);
            }
            for trial in order {
                search.tell(trial as u64, Tell::value(values[trial])).unwrap();
            }
            assert_eq!(search.best(), Some(1), "{order:?}");
        }
    }
}
