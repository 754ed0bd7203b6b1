//! The density of all other trials, `g`.

use std::sync::Arc;

use super::gaps::{Gaps, Shrinkage, scott_share};
use super::{Dimension, Mixture, Points, work};
use crate::numerics::Pool;

/// The density of all trials that are not good: many kernels of equal weight, kept up to date kernel by kernel.
///
/// A trial is pushed once and may then enter and leave any number of times. Afterwards the density is what a new one
/// with the same pushes and the same trials in it would be, down to the last bit.
#[derive(Clone, Debug)]
pub struct Bad {
    mixture: Mixture,
    /// `None` for an unordered dimension.
    gaps: Vec<Option<Gaps>>,
    /// Working memory.
    touched: Vec<usize>,
}

impl Bad {
    /// No trial yet: the prior kernel alone, without any belief of the user's.
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

    /// Appends a trial (unit coordinates) that is not in yet; returns its slot.
    pub fn push(&mut self, point: &[f64]) -> usize {
        self.mixture.push(point)
    }

    /// Puts trials in and takes others out; those that are in, or out, already, stay so. No slot is in both lists.
    ///
    /// Costs `O(d)` for each of them; where a floor of the bandwidths moves, `O(n)` for that dimension.
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

    /// Appends slot, dimension `j` and bandwidth of the kernels whose bandwidth may have changed.
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
        // To look for new extremes among what entered, too, does no harm: it is inserted next.
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
