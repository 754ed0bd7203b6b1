//! The log density of a mixture.
//!
//! Kernels are taken in blocks of [`BLOCK`] slots, each block against all points: categories first, then continuous
//! dimensions [`CHUNK`] at a time, then cells. Every factor still to come is at most one, so a kernel that has fallen
//! too far below the prior kernel at every point is dropped, and the rest of its dimensions is never looked at. In
//! many dimensions nearly all kernels go early.
//!
//! What is dropped: kernels below `w_0 P_0(x) e^-36 / n` at all points. All of them together change the sum by less
//! than `e^-36 = 2.3e-16` of itself, that is by no more than its rounding (`dropping_kernels_changes_nothing`).
//!
//! Blocks are cut by slot and joined in order: the number of threads changes no bit.

use super::block::Block;
use super::query::Query;
use super::{Mixture, Points};
use crate::numerics::{Pool, exp, ln, log_sum_exp, map_blocks};

/// Slots of a block: its sums at 24 points fill half the first-level cache.
pub(super) const BLOCK: usize = 128;

/// Blocks of a task.
const TASK: usize = 16;

impl Mixture {
    /// Log density at each point (log mass in the counted dimensions).
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        self.evaluate(&Query::new(self, points), pool)
    }

    /// Share of the density that the prior kernel has at each point.
    pub fn prior_share(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        let query = Query::new(self, points);
        let density = self.evaluate(&query, pool);
        let total = ln(self.total_weight());
        let share = |i: usize| exp(query.priors[i] - total + query.counts[i] - density[i]);
        (0..points.count()).map(share).collect()
    }

    fn evaluate(&self, query: &Query<'_>, pool: &Pool) -> Vec<f64> {
        let n_blocks = self.n_slots().div_ceil(BLOCK);
        let sums = map_blocks(pool, n_blocks.div_ceil(TASK), |task| {
            let mut block = Block::new(query);
            let blocks = task * TASK..n_blocks.min((task + 1) * TASK);
            blocks.map(|b| block.log_sums(b * BLOCK)).collect::<Vec<_>>()
        });
        let total = ln(self.total_weight());
        let join = |(i, prior): (usize, &f64)| {
            let parts: Vec<f64> = std::iter::once(*prior).chain(sums.iter().flatten().map(|block| block[i])).collect();
            log_sum_exp(&parts) - total + query.counts[i]
        };
        query.priors.iter().enumerate().map(join).collect()
    }
}
