//! The bandwidths of the bad density, updated incrementally.

use super::bandwidth::scott_by_quartiles;
use crate::numerics::scott_shrinkage;

/// Number of bins of the unit interval; each is no wider than the smallest bandwidth. Follows from the smallest
/// bandwidth.
const BINS: usize = 34;

/// Number of numeric dimensions from which on the full [`SHARE`] of Scott's bandwidth is the floor; below, the share is
/// proportional to the number of dimensions.
///
/// In many dimensions, kernels as narrow as their gaps do not overlap. The bad density then consists of its prior
/// kernel alone and is uninformative. Kernels much wider than Scott's overlap everywhere, and the best ratio is found
/// at the boundary, far from all trials. The number of dimensions is a choice, not measured.
const MANY: f64 = 10.0;
/// The full share. (Half of it: `benches/results/archive/tpe.md`.)
const SHARE: f64 = 1.4;

/// The share of Scott's bandwidth that is the floor in a bad density over `n` numeric dimensions.
pub fn scott_share(n: usize) -> f64 {
    SHARE * (n as f64 / MANY).min(1.0)
}

/// The rule of Hyperopt, updated incrementally. The bandwidth of a value is the larger distance to its two neighbours
/// in the sorted column, where the ends 0 and 1 are the neighbours of the outermost values, clipped to between a floor
/// and 1.
///
/// The floor is the larger of `min` and a share of Scott's bandwidth. The latter changes with every value, and a
/// changed floor changes nearly all bandwidths, so it is rounded down to a power of two. (Powers of `2^(1/4)` gave the
/// same regret.)
///
/// No sorted column is needed. The interval is divided into bins no wider than `min`, so every gap inside a bin is
/// clipped to the floor, and only the smallest and the largest value of each bin can have a larger bandwidth. Equal
/// values are ordered by slot. Quartiles are computed from the counts of the bins, assuming a uniform distribution
/// within each. An insertion costs `O(1)`; a removal costs `O(1)` unless it removes an extreme.
#[derive(Clone, Debug)]
pub struct Gaps {
    min: f64,
    share: f64,
    floor: f64,
    bins: [Option<Extremes>; BINS],
    counts: [u32; BINS],
    /// The sum of the counts.
    n: u32,
}

/// The factor `n^(-1/5)` for `n` values, shared by the floors of all dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Shrinkage(f64);

impl Shrinkage {
    /// For `n` values.
    pub fn of(n: usize) -> Self {
        Self(scott_shrinkage(n.max(1)))
    }
}

#[derive(Clone, Copy, Debug)]
struct Extremes {
    smallest: Entry,
    largest: Entry,
}

/// A value and its slot.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Entry(f64, usize);

impl Gaps {
    /// Without values. `min` must be at least 1/34; `share` is the share of Scott's bandwidth in the floor.
    pub fn new(min: f64, share: f64) -> Self {
        debug_assert!(min * BINS as f64 >= 1.0);
        Self { min, share, floor: min, bins: [None; BINS], counts: [0; BINS], n: 0 }
    }

    /// Adds the value of a slot. Appends the slots whose bandwidth may have changed to `touched`, some more than once.
    pub fn insert(&mut self, value: f64, slot: usize, touched: &mut Vec<usize>) {
        let (bin, entry) = (bin_of(value), Entry(value, slot));
        self.counts[bin] += 1;
        self.n += 1;
        let old = self.bins[bin].unwrap_or(Extremes { smallest: entry, largest: entry });
        if entry > old.smallest && entry < old.largest {
            return touched.push(slot);
        }
        self.touch(bin, touched);
        let smallest = if entry < old.smallest { entry } else { old.smallest };
        let largest = if entry > old.largest { entry } else { old.largest };
        self.bins[bin] = Some(Extremes { smallest, largest });
        self.touch(bin, touched);
    }

    /// Removes the value of a slot. `rest` returns all remaining values with their slots, in any order; it is called
    /// only if the value was an extreme of its bin. Appends to `touched` as [`Self::insert`] does, including the slot
    /// itself.
    pub fn remove<I: Iterator<Item = (f64, usize)>>(
        &mut self,
        value: f64,
        slot: usize,
        rest: impl FnOnce() -> I,
        touched: &mut Vec<usize>,
    ) {
        let (bin, entry) = (bin_of(value), Entry(value, slot));
        self.counts[bin] -= 1;
        self.n -= 1;
        if self.bins[bin].is_some_and(|b| b.smallest == entry || b.largest == entry) {
            self.touch(bin, touched);
            self.bins[bin] = extremes(rest().filter(|(v, _)| bin_of(*v) == bin).map(|(v, s)| Entry(v, s)));
            self.touch(bin, touched);
        }
    }

    /// Updates the floor after insertions and removals. Returns whether it changed, and with it all bandwidths.
    /// `shrinkage` must be that of the number of values.
    pub fn update_floor(&mut self, shrinkage: Shrinkage) -> bool {
        let width = self.share * scott_by_quartiles(self.range_of_middle_half(), shrinkage.0);
        let old = std::mem::replace(&mut self.floor, power_of_two_below(width).clamp(self.min, 1.0));
        old != self.floor
    }

    /// The bandwidth of all values except the extremes of bins.
    pub fn floor(&self) -> f64 {
        self.floor
    }

    /// The bandwidth of a value present in a slot.
    pub fn bandwidth(&self, value: f64, slot: usize) -> f64 {
        let (bin, entry) = (bin_of(value), Entry(value, slot));
        let Some(own) = self.bins[bin] else { return self.floor };
        let left = if own.smallest == entry { value - self.largest_before(bin).map_or(0.0, |e| e.0) } else { 0.0 };
        let right = if own.largest == entry { self.smallest_after(bin).map_or(1.0, |e| e.0) - value } else { 0.0 };
        left.max(right).clamp(self.floor, 1.0)
    }

    /// Interquartile range of the values, computed from the counts of the bins.
    fn range_of_middle_half(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        (self.quantile(0.75) - self.quantile(0.25)) / BINS as f64
    }

    /// The quantile `q` in units of bins; there must be at least one value.
    fn quantile(&self, q: f64) -> f64 {
        let target = q * f64::from(self.n);
        let (mut bin, mut below) = (0, 0);
        // Rounding `target` down does not change the bin, because counts are integers.
        while below + self.counts[bin] <= target as u32 {
            below += self.counts[bin];
            bin += 1;
        }
        bin as f64 + (target - f64::from(below)) / f64::from(self.counts[bin])
    }

    /// Appends the slots of the extremes of a bin and of their neighbours in other bins.
    fn touch(&self, bin: usize, touched: &mut Vec<usize>) {
        let own = self.bins[bin];
        let around =
            [self.largest_before(bin), own.map(|b| b.smallest), own.map(|b| b.largest), self.smallest_after(bin)];
        touched.extend(around.into_iter().flatten().map(|entry| entry.1));
    }

    /// The largest value in the bins before `bin`.
    fn largest_before(&self, bin: usize) -> Option<Entry> {
        self.bins[..bin].iter().rev().find_map(|b| b.map(|b| b.largest))
    }

    /// The smallest value in the bins after `bin`.
    fn smallest_after(&self, bin: usize) -> Option<Entry> {
        self.bins[bin + 1..].iter().find_map(|b| b.map(|b| b.smallest))
    }
}

/// The largest power of two up to a normal number `x >= 0`; 0 for 0.
fn power_of_two_below(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & f64::INFINITY.to_bits())
}

fn bin_of(value: f64) -> usize {
    ((value * BINS as f64) as usize).min(BINS - 1)
}

fn extremes(mut entries: impl Iterator<Item = Entry>) -> Option<Extremes> {
    let first = entries.next()?;
    let mut bin = Extremes { smallest: first, largest: first };
    for entry in entries {
        if entry < bin.smallest {
            bin.smallest = entry;
        }
        if entry > bin.largest {
            bin.largest = entry;
        }
    }
    Some(bin)
}
