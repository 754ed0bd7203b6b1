//! The density `g` of all trials that are not good.

use std::sync::Arc;

use super::gaps::{Gaps, Shrinkage, scott_share};
use super::{Dimension, Mixture, Points};
use crate::numerics::{Pool, work};

/// The density of all trials that are not good: many kernels of equal weight, updated kernel by kernel.
///
/// A trial is pushed once and may then enter and leave the density any number of times. The density always equals, bit
/// for bit, a new one with the same pushes and the same trials in it.
#[derive(Clone, Debug)]
pub struct Bad {
    mixture: Mixture,
    /// `None` for an unordered dimension.
    gaps: Vec<Option<Gaps>>,
    /// Working memory.
    touched: Vec<usize>,
}

impl Bad {
    /// A density without trials: the prior kernel alone, without the user's prior.
    pub fn new(dimensions: &[Dimension]) -> Self {
        let dimensions: Arc<[Dimension]> = dimensions.iter().map(Dimension::of_bad).collect();
        let share = scott_share(dimensions.iter().filter(|dimension| dimension.is_numeric()).count());
        let gaps = |d: &Dimension| d.is_numeric().then(|| Gaps::new(d.min_bandwidth(), share));
        let gaps: Vec<Option<Gaps>> = dimensions.iter().map(gaps).collect();
        let mut mixture = Mixture::new(dimensions, 1.0);
        for (j, gaps) in gaps.iter().enumerate() {
            mixture.tabulate(j, gaps.as_ref().map_or(0.0, Gaps::floor));
        }
        Self { mixture, gaps, touched: Vec::new() }
    }

    /// The mixture.
    pub fn mixture(&self) -> &Mixture {
        &self.mixture
    }

    /// Appends a trial (unit coordinates) that is not yet part of the density, and returns its slot.
    pub fn push(&mut self, point: &[f64]) -> usize {
        self.mixture.push(point)
    }

    /// Adds trials to the density and removes others. Trials that are already in, or out, are skipped. No slot may be
    /// in both lists.
    ///
    /// Costs `O(d)` for each trial, and `O(n)` for every dimension whose bandwidth floor changes.
    pub fn change(&mut self, enter: &[usize], leave: &[usize]) {
        let (enter, leave) = (self.with_part(enter, false), self.with_part(leave, true));
        for slot in &leave {
            self.mixture.dismiss(*slot);
        }
        for slot in &enter {
            self.mixture.admit(*slot, 1.0);
        }
        let shrinkage = Shrinkage::of(self.mixture.n_kernels());
        let mut changes = Vec::with_capacity(4 * self.gaps.len());
        for j in 0..self.gaps.len() {
            self.find_changes(j, &enter, &leave, shrinkage, &mut changes);
        }
        self.mixture.set_bandwidths(changes);
    }

    fn with_part(&self, slots: &[usize], part: bool) -> Vec<usize> {
        let mut slots: Vec<usize> = slots.iter().copied().filter(|s| self.mixture.takes_part(*s) == part).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    /// Appends slot, dimension `j` and bandwidth of every kernel whose bandwidth may have changed.
    fn find_changes(
        &mut self,
        j: usize,
        entered: &[usize],
        left: &[usize],
        shrinkage: Shrinkage,
        changes: &mut Vec<(usize, usize, f64)>,
    ) {
        let Some(gaps) = &mut self.gaps[j] else { return };
        let mixture = &mut self.mixture;
        self.touched.clear();
        // The search for new extremes may also return trials that are entering; they are inserted next.
        for slot in left {
            gaps.remove(mixture.mean(*slot, j), *slot, || mixture.means(j), &mut self.touched);
        }
        for slot in entered {
            gaps.insert(mixture.mean(*slot, j), *slot, &mut self.touched);
        }
        if gaps.update_floor(shrinkage) {
            mixture.tabulate(j, gaps.floor());
            self.touched.clear();
            self.touched.extend(mixture.means(j).map(|(_, slot)| slot));
        }
        work::count(1 + self.touched.len());
        self.touched.sort_unstable();
        self.touched.dedup();
        let present = self.touched.iter().filter(|slot| mixture.takes_part(**slot));
        changes.extend(present.map(|slot| (*slot, j, gaps.bandwidth(mixture.mean(*slot, j), *slot))));
    }

    /// Log density at each point.
    pub fn log_density(&self, points: &Points, pool: &Pool) -> Vec<f64> {
        self.mixture.log_density(points, pool)
    }
}
