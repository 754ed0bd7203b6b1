//! The Pareto front.

use super::Optimizer;
use crate::pareto::dominance;

impl Optimizer {
    /// Ids of the feasible complete trials that no other one dominates, in increasing order, including ties. For a
    /// single objective these are the trials with the best value. Computed at each call: O(n log n) for two objectives,
    /// O(n log n + n f) for more, with `f` trials on the front.
    pub fn pareto_front(&self) -> Vec<u64> {
        let rows: Vec<usize> = self.history.eligible().collect();
        let objectives = |row: &usize| (0..self.history.n_objectives()).map(|k| self.history.values(k)[*row]).collect();
        let points: Vec<Vec<f64>> = rows.iter().map(objectives).collect();
        dominance::front(&points).into_iter().map(|i| rows[i] as u64).collect()
    }
}
