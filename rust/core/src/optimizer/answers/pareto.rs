//! The Pareto front.

use crate::optimizer::Facts;
use crate::pareto::dominance;

impl Facts {
    /// Ids of the feasible complete trials that no other one dominates, in increasing order, including ties. For a
    /// single objective these are the trials with the best value. Computed at each call: O(n log n) for two objectives,
    /// O(n log n + n f) for more, with `f` trials on the front.
    pub fn pareto_front(&self) -> Vec<u64> {
        let rows: Vec<usize> = self.history.eligible().collect();
        let points: Vec<Vec<f64>> = rows.iter().map(|row| self.history.view().point_of_values(*row)).collect();
        dominance::front(&points).into_iter().map(|i| rows[i] as u64).collect()
    }
}
