//! The contribution of one block of kernels at all points.

use super::column::{Continuous, KernelCells, KernelColumn};
use super::query::{Level, Query};
use super::squares::{self, LANES, Sums, double, single};
use crate::numerics::{log_sum_exp, log_sum_exp_single, work};

/// Number of slots of a block; the sums of a block at 24 points fill half the first-level cache. Changes rounding only.
pub(super) const BLOCK: usize = 128;

/// Largest number of continuous dimensions processed before negligible kernels are dropped again. Changes rounding
/// only.
const CHUNK: usize = 12;

/// The working memory of a block. Row `i`, of length `stride`, belongs to point `i`.
pub(super) struct Block<'a> {
    query: &'a Query<'a>,
    /// Number of slots of a block (or of all slots, if fewer) plus one for the prior kernel, rounded up to whole lanes.
    stride: usize,
    acc: Vec<f64>,
    /// Slots of the kernels that have not been dropped, relative to the first slot of the block.
    live: Vec<usize>,
    /// Positions in `live` of the kernels that are kept.
    kept: Vec<usize>,
    /// For each live kernel, the largest amount by which it exceeds the floor at any point.
    margins: Vec<f64>,
    /// Rates and means, or scaled means, of the live kernels of a chunk.
    means: Packed<f64>,
    scaled: Packed<f32>,
    /// Log masses of one cell.
    terms: Vec<f64>,
}

impl<'a> Block<'a> {
    pub(super) fn new(query: &'a Query<'a>) -> Self {
        let stride = query.mixture.n_slots().min(BLOCK).next_multiple_of(LANES) + LANES;
        Self {
            query,
            stride,
            acc: Vec::with_capacity(query.points.count() * stride),
            live: Vec::with_capacity(BLOCK),
            kept: Vec::with_capacity(BLOCK),
            margins: vec![0.0; stride],
            means: Packed::default(),
            scaled: Packed::default(),
            terms: Vec::with_capacity(BLOCK),
        }
    }

    /// Appends, for each point, the log of the weighted sum of the kernels of the block that starts at slot `start`,
    /// including the prior kernel if `with_prior`.
    pub(super) fn log_sums(&mut self, start: usize, with_prior: bool, sums: &mut Vec<f64>) {
        let query = self.query;
        self.begin(start);
        self.add_all_matches(start);
        let n_chunks = query.continuous.len().div_ceil(CHUNK).max(1);
        for chunk in query.continuous.chunks(query.continuous.len().div_ceil(n_chunks).max(1)) {
            self.subtract_squares(start, chunk);
            self.drop_negligible();
        }
        for (column, levels) in query.mixture.columns.iter().zip(&query.levels) {
            if let KernelColumn::Cells(cells) = column {
                self.add_masses(start, cells, levels);
                self.find_margins();
                self.drop_negligible();
            }
        }
        let live = self.live.len();
        let log_sum_exp = if query.rounded.is_some() { log_sum_exp_single } else { log_sum_exp };
        for (row, prior) in self.acc.chunks_exact_mut(self.stride).zip(&query.priors) {
            work::count(live + 1);
            row[live] = *prior;
            sums.push(log_sum_exp(&row[..live + usize::from(with_prior)]));
        }
    }

    fn begin(&mut self, start: usize) {
        let mixture = self.query.mixture;
        self.live.clear();
        self.live.extend(0..BLOCK.min(mixture.n_slots() - start));
        self.acc.clear();
        self.acc.extend(self.live.iter().map(|slot| mixture.log_factor(start + slot) + self.query.mismatch));
        self.acc.resize(self.stride, 0.0);
        work::count(self.stride * self.query.points.count());
        for _ in 1..self.query.points.count() {
            self.acc.extend_from_within(..self.stride);
        }
    }

    /// Adds all categories before any kernel is dropped: sums start at the value without any match, and every match
    /// raises them.
    fn add_all_matches(&mut self, start: usize) {
        let (query, mut has_categories) = (self.query, false);
        for (j, (column, levels)) in query.mixture.columns.iter().zip(&query.levels).enumerate() {
            if let KernelColumn::Categories { levels: own } = column {
                self.add_matches(&own[start..], levels, query.matching[j]);
                has_categories = true;
            }
        }
        if has_categories {
            self.find_margins();
            self.drop_negligible();
        }
    }

    fn add_matches(&mut self, own: &[u32], levels: &[Level], matching: f64) {
        let live = self.live.len();
        work::count(live * levels.len());
        for (row, point) in self.acc.chunks_exact_mut(self.stride).zip(levels) {
            for (sum, level) in row[..live].iter_mut().zip(own) {
                *sum += if u64::from(*level) == point.index { matching } else { 0.0 };
            }
        }
    }

    fn subtract_squares(&mut self, start: usize, chunk: &[(usize, &Continuous)]) {
        let (query, live) = (self.query, &self.live[..]);
        let (acc, margins) = (&mut self.acc[..], &mut self.margins[..]);
        let mut sums = Sums { acc, stride: self.stride, floors: &query.floors, margins };
        let count = query.points.count();
        work::count(live.len() * count * chunk.len());
        match &query.rounded {
            None => {
                let columns = chunk.iter().map(|(j, column)| squares::Factors {
                    rates: &column.rates[start..],
                    centres: &column.means[start..],
                    points: query.points.column(*j),
                });
                double::subtract_squares(&mut sums, &self.means.remaining(live, columns.collect()));
            }
            Some(points) => {
                let columns = chunk.iter().map(|(j, column)| squares::Factors {
                    rates: &column.rates[start..],
                    centres: &column.scaled[start..],
                    points: &points[j * count..][..count],
                });
                single::subtract_squares(&mut sums, &self.scaled.remaining(live, columns.collect()));
            }
        }
    }

    /// Adds the masses of levels. Those of a level are computed once, even if several points have it.
    fn add_masses(&mut self, start: usize, cells: &KernelCells, levels: &[Level]) {
        for (i, point) in levels.iter().enumerate().filter(|(i, point)| point.first == *i) {
            work::count(self.live.len());
            self.terms.clear();
            self.terms.extend(self.live.iter().map(|slot| cells.log_mass(start + slot, point.index, point.cell)));
            let rows = self.acc.chunks_exact_mut(self.stride).zip(levels).skip(i).filter(|(_, other)| other.first == i);
            for (row, _) in rows {
                work::count(self.terms.len());
                row.iter_mut().zip(&self.terms).for_each(|(sum, term)| *sum += term);
            }
        }
    }

    fn find_margins(&mut self) {
        let live = self.live.len();
        work::count(live * self.query.points.count());
        self.margins[..live].fill(f64::NEG_INFINITY);
        for (row, floor) in self.acc.chunks_exact(self.stride).zip(&self.query.floors) {
            for (margin, sum) in self.margins[..live].iter_mut().zip(row) {
                *margin = margin.max(sum - floor);
            }
        }
    }

    /// Drops negligible kernels if that saves work.
    ///
    /// Keeping a negligible kernel costs its lane in every pass over the points. Dropping some kernels costs gathering
    /// two numbers for each remaining kernel and dimension, which takes about as long as 20 lanes.
    /// Changes rounding only.
    fn drop_negligible(&mut self) {
        let (live, points) = (self.live.len(), self.query.points.count());
        let kept = self.margins[..live].iter().filter(|margin| **margin >= 0.0).count();
        let closed = self.live.last().is_some_and(|last| last + 1 > live);
        if (closed && 4 * kept > 3 * live) || (!closed && kept * (20 + points) > live * points) {
            return;
        }
        self.kept.clear();
        self.kept.extend((0..live).filter(|i| self.margins[*i] >= 0.0));
        for row in self.acc.chunks_exact_mut(self.stride) {
            self.kept.iter().enumerate().for_each(|(to, from)| row[to] = row[*from]);
        }
        self.kept.iter().enumerate().for_each(|(to, from)| self.live[to] = self.live[*from]);
        self.live.truncate(kept);
    }
}

/// Rates and centres of the kernels of a chunk, packed once some kernels have been dropped.
#[derive(Default)]
struct Packed<T> {
    rates: Vec<f32>,
    centres: Vec<T>,
}

impl<T: Copy + Default> Packed<T> {
    /// The columns of the live kernels in whole lanes. They are gathered unless the live kernels are exactly the first
    /// ones.
    fn remaining<'a>(
        &'a mut self,
        live: &[usize],
        whole: Vec<squares::Factors<'a, T>>,
    ) -> Vec<squares::Factors<'a, T>> {
        let padded = live.len().next_multiple_of(LANES);
        let dense = live.last().is_none_or(|last| last + 1 == live.len());
        if !dense {
            self.gather(live, &whole);
        }
        let place = |(c, column): (usize, squares::Factors<'a, T>)| {
            let (rates, centres, from) =
                if dense { (column.rates, column.centres, 0) } else { (&self.rates[..], &self.centres[..], c * BLOCK) };
            let (rates, centres) = (&rates[from..][..padded], &centres[from..][..padded]);
            squares::Factors { rates, centres, points: column.points }
        };
        whole.into_iter().enumerate().map(place).collect()
    }

    fn gather(&mut self, live: &[usize], whole: &[squares::Factors<'_, T>]) {
        self.rates.resize(CHUNK * BLOCK, 0.0);
        self.centres.resize(CHUNK * BLOCK, T::default());
        work::count(whole.len() * live.len());
        for (c, column) in whole.iter().enumerate() {
            let (rates, centres) = (&mut self.rates[c * BLOCK..], &mut self.centres[c * BLOCK..]);
            for (i, slot) in live.iter().enumerate() {
                rates[i] = column.rates[*slot];
                centres[i] = column.centres[*slot];
            }
        }
    }
}
