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

use std::ops::Range;

use super::block::Block;
use super::query::Query;
use super::{Mixture, Points};
use crate::numerics::{Pool, exp, ln, log_sum_exp, map_blocks};

/// Slots of a block: its sums at 24 points fill half the first-level cache.
pub(super) const BLOCK: usize = 128;

/// Blocks of a task: the unit of work of a thread.
const TASK: usize = 16;

/// Tasks between two looks at whether to go on: 65,536 kernels.
const WAVE: usize = 32;

impl Mixture {
    /// Log density at each point (log mass in the counted dimensions).
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        let query = Query::new(self, points);
        self.join(&query, &self.log_sums(&query, 0..self.n_tasks(), pool))
    }

    /// As [`Self::log_density`], the same bits; `None` once `interrupted`, polled between waves of work, says so.
    pub fn try_log_density(&self, points: &Points, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Option<Vec<f64>> {
        let query = Query::new(self, points);
        let mut sums = Vec::new();
        for first in (0..self.n_tasks()).step_by(WAVE) {
            if interrupted() {
                return None;
            }
            sums.extend(self.log_sums(&query, first..self.n_tasks().min(first + WAVE), pool));
        }
        Some(self.join(&query, &sums))
    }

    /// Share of the density that the prior kernel has at each point.
    pub fn prior_share(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        let query = Query::new(self, points);
        let density = self.join(&query, &self.log_sums(&query, 0..self.n_tasks(), pool));
        let total = ln(self.total_weight());
        let share = |i: usize| exp(query.priors[i] - total + query.counts[i] - density[i]);
        (0..points.count()).map(share).collect()
    }

    fn n_blocks(&self) -> usize {
        self.n_slots().div_ceil(BLOCK)
    }

    fn n_tasks(&self) -> usize {
        self.n_blocks().div_ceil(TASK)
    }

    /// For each task, and in it for each block and point: the log of the sum of weight times kernel.
    fn log_sums(&self, query: &Query<'_>, tasks: Range<usize>, pool: &Pool) -> Vec<Vec<f64>> {
        map_blocks(pool, tasks.len(), |task| {
            let first = (tasks.start + task) * TASK;
            let mut block = Block::new(query);
            let mut sums = Vec::with_capacity(TASK * query.points.count());
            (first..self.n_blocks().min(first + TASK)).for_each(|b| block.log_sums(b * BLOCK, &mut sums));
            sums
        })
    }

    fn join(&self, query: &Query<'_>, sums: &[Vec<f64>]) -> Vec<f64> {
        let total = ln(self.total_weight());
        let count = query.points.count();
        let mut parts = Vec::with_capacity(1 + self.n_blocks());
        let mut join = |i: usize| {
            parts.clear();
            parts.push(query.priors[i]);
            parts.extend(sums.iter().flat_map(|task| task.iter().skip(i).step_by(count)));
            log_sum_exp(&parts) - total + query.counts[i]
        };
        (0..count).map(&mut join).collect()
    }
}
