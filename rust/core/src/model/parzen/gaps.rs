//! The bandwidths of the bad density, kept up to date.

use super::bandwidth::{scott_by_quartiles, shrinkage};

/// Bins of the interval; each is no wider than the narrowest kernel.
const BINS: usize = 34;

/// Dimensions from which on the bad density takes all of its least width from Scott's rule, and how much of it.
///
/// Kernels as narrow as their gaps do not touch in many dimensions: the bad density is its prior kernel then, and says
/// nothing. Kernels much wider than Scott's touch everywhere: the best ratio is then found at the rim, far from
/// everything. With 200 random trials of 10 parameters the prior kernel holds all of the density at the candidates by
/// gaps alone, and 47% with this rule; the regret of both is the same at 10 dimensions (7 functions, 50 to 200 trials),
/// and in 4 wide kernels lose.
const MANY: f64 = 10.0;
const SHARE: f64 = 1.4;

/// The share of Scott's width that a bad density over `n` numeric dimensions takes at least.
pub fn scott_share(n: usize) -> f64 {
    SHARE * (n as f64 / MANY).min(1.0)
}

/// The rule of Hyperopt, kept up to date: the bandwidth of a value is the larger distance to its two neighbours in
/// the sorted column (the ends 0 and 1 of the interval stand beside the outermost), held between a floor and 1.
///
/// The floor is the larger of `min` and a share of Scott's width. The latter is rounded down to a power of two: it
/// drifts with every value, and a floor that moves is a new bandwidth for nearly all kernels. (Powers of `2^(1/4)` gave
/// the same regret.)
///
/// Neighbours need no sorted column. The interval is cut into bins no wider than `min`, and a gap inside a bin is
/// therefore held at the floor whatever it is: only the smallest and the largest value of each bin can have a wider
/// bandwidth. Equal values are ordered by slot. The quartiles come from the counts of the bins, evenly filled. An
/// insertion costs `O(1)`, a removal `O(1)` unless it takes an extreme.
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

/// What the floors of all dimensions have in common: `n^(-1/5)` for `n` values.
#[derive(Clone, Copy, Debug)]
pub struct Shrinkage(f64);

impl Shrinkage {
    /// For `n` values.
    pub fn of(n: usize) -> Self {
        Self(shrinkage(n.max(1)))
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
    /// No values yet; `min` must be at least 1/34, `share` is that of Scott's width in the floor.
    pub fn new(min: f64, share: f64) -> Self {
        debug_assert!(min * BINS as f64 >= 1.0);
        Self { min, share, floor: min, bins: [None; BINS], counts: [0; BINS], n: 0 }
    }

    /// Adds the value of a slot; appends to `touched` the slots whose bandwidth may have changed, some more than once.
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

    /// Takes the value of a slot away; `rest` gives all values that stay, with their slots, in any order, and is
    /// called only if the value was an extreme of its bin. Appends to `touched` as [`Self::insert`] does, the slot
    /// itself too.
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

    /// Finds the floor after insertions and removals; says whether it moved, and all bandwidths with it. `shrinkage` is
    /// that of the number of values.
    pub fn update_floor(&mut self, shrinkage: Shrinkage) -> bool {
        let width = self.share * scott_by_quartiles(self.range_of_middle_half(), shrinkage.0);
        let old = std::mem::replace(&mut self.floor, power_of_two_below(width).clamp(self.min, 1.0));
        old != self.floor
    }

    /// The bandwidth of all values but the extremes of their bins.
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

    /// Distance of the quartiles of the values, by the counts of the bins.
    fn range_of_middle_half(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        (self.quantile(0.75) - self.quantile(0.25)) / BINS as f64
    }

    /// The quantile `q` of at least one value, in bins.
    fn quantile(&self, q: f64) -> f64 {
        let target = q * f64::from(self.n);
        let (mut bin, mut below) = (0, 0);
        // Whole numbers: a count of `target` values, rounded down, ends in the same bin.
        while below + self.counts[bin] <= target as u32 {
            below += self.counts[bin];
            bin += 1;
        }
        bin as f64 + (target - f64::from(below)) / f64::from(self.counts[bin])
    }

    /// The extremes of a bin and the values next to them.
    fn touch(&self, bin: usize, touched: &mut Vec<usize>) {
        let own = self.bins[bin];
        let around =
            [self.largest_before(bin), own.map(|b| b.smallest), own.map(|b| b.largest), self.smallest_after(bin)];
        touched.extend(around.into_iter().flatten().map(|entry| entry.1));
    }

    /// The largest value in the bins before one.
    fn largest_before(&self, bin: usize) -> Option<Entry> {
        self.bins[..bin].iter().rev().find_map(|b| b.map(|b| b.largest))
    }

    /// The smallest value in the bins after one.
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
