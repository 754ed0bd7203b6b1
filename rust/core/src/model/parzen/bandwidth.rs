//! How wide the kernels are.
//!
//! The good density takes one width for each dimension by Scott's rule, robust against a second mode; the bad one
//! takes the larger gap to a neighbour (the rule of Hyperopt), so that it stays high where trials are dense and admits
//! its ignorance where they are sparse. A wide bad density would reward distance from everything, that is the rim.

use crate::numerics::ln;

/// Bins of a [`Gaps`]; each is no wider than the narrowest kernel.
const BINS: usize = 34;

/// Scott's rule, `1.059 min(sd, IQR / 1.34) n^(-1/5)`, held between `min` and 1. Sorts `values`.
///
/// The quartiles interpolate linearly between order statistics, the variance divides by `n - 1`. 0 or 1 values have
/// no spread: `min`.
pub fn scott(values: &mut [f64], min: f64) -> f64 {
    let n = values.len();
    if n < 2 {
        return min;
    }
    values.sort_unstable_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1) as f64;
    let spread = libm::sqrt(variance).min((quantile(values, 0.75) - quantile(values, 0.25)) / 1.34);
    (1.059 * spread * crate::numerics::exp(-0.2 * ln(n as f64))).clamp(min, 1.0)
}

/// Quantile of sorted values.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let index = position as usize;
    let upper = sorted[(index + 1).min(sorted.len() - 1)];
    sorted[index] + (position - index as f64) * (upper - sorted[index])
}

/// The rule of Hyperopt, kept up to date: the bandwidth of a value is the larger distance to its two neighbours in
/// the sorted column (the ends 0 and 1 of the interval stand beside the outermost), held between `min` and 1.
///
/// Neighbours need no sorted column. The interval is cut into bins no wider than `min`, and a gap inside a bin is
/// therefore held at `min` whatever it is: only the smallest and the largest value of each bin can have a wider
/// bandwidth. Equal values are ordered by slot. An insertion costs `O(1)`, a removal `O(1)` unless it takes an extreme.
#[derive(Clone, Debug)]
pub struct Gaps {
    min: f64,
    bins: [Option<Extremes>; BINS],
}

#[derive(Clone, Copy, Debug)]
struct Extremes {
    smallest: Entry,
    largest: Entry,
}

/// Slots and their bandwidths, some more than once.
pub type Changes = std::iter::Flatten<std::array::IntoIter<Option<(usize, f64)>, 9>>;

/// A value and its slot.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Entry(f64, usize);

impl Gaps {
    /// No values yet; `min` must be at least 1/34.
    pub fn new(min: f64) -> Self {
        debug_assert!(min * BINS as f64 >= 1.0);
        Self { min, bins: [None; BINS] }
    }

    /// Adds the value of a slot; gives slot and bandwidth of it and of whatever may have changed, some more than once.
    pub fn insert(&mut self, value: f64, slot: usize) -> Changes {
        let (bin, entry) = (bin_of(value), Entry(value, slot));
        let before = self.around(bin);
        let old = self.bins[bin].unwrap_or(Extremes { smallest: entry, largest: entry });
        let smallest = if entry < old.smallest { entry } else { old.smallest };
        let largest = if entry > old.largest { entry } else { old.largest };
        self.bins[bin] = Some(Extremes { smallest, largest });
        self.changes(bin, before, Some(entry))
    }

    /// Takes the value of a slot away; `rest` gives all values that stay, with their slots, in any order, and is
    /// called only if the value was an extreme of its bin. Gives what may have changed.
    pub fn remove<I: Iterator<Item = (f64, usize)>>(
        &mut self,
        value: f64,
        slot: usize,
        rest: impl FnOnce() -> I,
    ) -> Changes {
        let (bin, entry) = (bin_of(value), Entry(value, slot));
        let before = self.around(bin);
        if self.bins[bin].is_some_and(|b| b.smallest == entry || b.largest == entry) {
            self.bins[bin] = extremes(rest().filter(|(v, _)| bin_of(*v) == bin).map(|(v, s)| Entry(v, s)));
        }
        self.changes(bin, before.map(|e| e.filter(|e| *e != entry)), None)
    }

    /// The bandwidth of a value present.
    fn bandwidth(&self, Entry(value, slot): Entry) -> f64 {
        let bin = bin_of(value);
        let Some(own) = self.bins[bin] else { return self.min };
        let left = if own.smallest == Entry(value, slot) {
            value - self.bins[..bin].iter().rev().find_map(|b| b.map(|b| b.largest.0)).unwrap_or(0.0)
        } else {
            0.0
        };
        let right = if own.largest == Entry(value, slot) {
            self.bins[bin + 1..].iter().find_map(|b| b.map(|b| b.smallest.0)).unwrap_or(1.0) - value
        } else {
            0.0
        };
        left.max(right).clamp(self.min, 1.0)
    }

    /// The extremes of a bin, the nearest one to its left and the nearest one to its right.
    fn around(&self, bin: usize) -> [Option<Entry>; 4] {
        let own = self.bins[bin];
        [
            self.bins[..bin].iter().rev().find_map(|b| b.map(|b| b.largest)),
            own.map(|b| b.smallest),
            own.map(|b| b.largest),
            self.bins[bin + 1..].iter().find_map(|b| b.map(|b| b.smallest)),
        ]
    }

    /// The values around a bin before and after a change, and the one that came, with their bandwidths now.
    fn changes(&self, bin: usize, before: [Option<Entry>; 4], own: Option<Entry>) -> Changes {
        let [a, b, c, d] = before;
        let [e, f, g, h] = self.around(bin);
        let entries = [a, b, c, d, e, f, g, h, own];
        entries.map(|entry| entry.map(|entry| (entry.1, self.bandwidth(entry)))).into_iter().flatten()
    }
}

fn bin_of(value: f64) -> usize {
    ((value * BINS as f64) as usize).min(BINS - 1)
}

fn extremes(entries: impl Iterator<Item = Entry>) -> Option<Extremes> {
    entries.fold(None, |bin: Option<Extremes>, entry| {
        let Some(Extremes { smallest, largest }) = bin else {
            return Some(Extremes { smallest: entry, largest: entry });
        };
        Some(Extremes {
            smallest: if entry < smallest { entry } else { smallest },
            largest: if entry > largest { entry } else { largest },
        })
    })
}
