//! The log density of a mixture.
//!
//! Kernels are processed in blocks of [`BLOCK`] slots, each block at all points: first categories, then continuous
//! dimensions in chunks, then cells. Every remaining factor is at most one, so a kernel that has fallen far enough
//! below the prior kernel at every point is dropped, and its remaining dimensions are skipped. In many dimensions
//! nearly all kernels are dropped early.
//!
//! A kernel is dropped if it is below `w_0 P_0(x) e^-30 / n` at all points. All dropped kernels together change the
//! density by a relative error below `e^-30 = 9.4e-14`.
//!
//! Blocks are defined by slots and summed in order, so the result is independent of the number of threads, bit for bit.

use std::ops::Range;

use super::block::{BLOCK, Block};
use super::query::Query;
use super::{Mixture, Points, Precision};
use crate::numerics::{Pool, ln, log_sum_exp, map_blocks};

/// Number of blocks in a task, the unit of work of a thread. Changes no suggestion.
const TASK: usize = 16;

/// Number of tasks between two polls for an interruption: 65,536 kernels. Changes no suggestion.
const WAVE: usize = 32;

impl Mixture {
    /// Log density (log mass in counted dimensions) at each point, in double precision.
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        self.log_density_in(Precision::Double, points, pool)
    }

    /// Log density at each point, in the given precision.
    pub fn log_density_in(&self, precision: Precision, points: &Points, pool: &Pool) -> Vec<f64> {
        let query = Query::new(self, points, precision);
        self.join(&query, &self.log_sums(&query, 0..self.n_tasks(), pool))
    }

    /// Returns the same bits as [`Self::log_density_in`], or `None` once `interrupted`, which is polled regularly,
    /// returns `true`.
    pub fn try_log_density(
        &self,
        precision: Precision,
        points: &Points,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Option<Vec<f64>> {
        let query = Query::new(self, points, precision);
        let mut sums = Vec::new();
        for first in (0..self.n_tasks()).step_by(WAVE) {
            if interrupted() {
                return None;
            }
            sums.extend(self.log_sums(&query, first..self.n_tasks().min(first + WAVE), pool));
        }
        Some(self.join(&query, &sums))
    }

    /// A lower bound of the log density at each point, up to the error of single precision. It contains the prior
    /// kernel and, if there is more than one block, the kernels of the last slots. In a converging search these kernels
    /// contribute most of the density at the points of interest.
    pub fn log_floor(&self, points: &Points) -> Vec<f64> {
        let query = Query::new(self, points, Precision::Single);
        if self.n_slots() <= BLOCK {
            return self.join(&query, std::slice::from_ref(&query.priors));
        }
        let mut sums = Vec::with_capacity(points.count());
        Block::new(&query).log_sums(self.n_slots() - BLOCK, true, &mut sums);
        self.join(&query, &[sums])
    }

    /// Number of blocks; at least one, for the prior kernel.
    fn n_blocks(&self) -> usize {
        self.n_slots().div_ceil(BLOCK).max(1)
    }

    fn n_tasks(&self) -> usize {
        self.n_blocks().div_ceil(TASK)
    }

    /// For each task, the logs of the weighted kernel sums of each of its blocks at each point.
    fn log_sums(&self, query: &Query<'_>, tasks: Range<usize>, pool: &Pool) -> Vec<Vec<f64>> {
        map_blocks(pool, tasks.len(), |task| {
            let first = (tasks.start + task) * TASK;
            let mut block = Block::new(query);
            let mut sums = Vec::with_capacity(TASK * query.points.count());
            (first..self.n_blocks().min(first + TASK)).for_each(|b| block.log_sums(b * BLOCK, b == 0, &mut sums));
            sums
        })
    }

    fn join(&self, query: &Query<'_>, sums: &[Vec<f64>]) -> Vec<f64> {
        let total = ln(self.total_weight());
        let count = query.points.count();
        let mut parts = Vec::with_capacity(self.n_blocks());
        let mut join = |i: usize| {
            parts.clear();
            parts.extend(sums.iter().flat_map(|task| task.iter().skip(i).step_by(count)));
            let sum = if let [only] = parts[..] { only } else { log_sum_exp(&parts) };
            sum - total + query.counts[i]
        };
        (0..count).map(&mut join).collect()
    }
}
