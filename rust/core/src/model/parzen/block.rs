//! One block of kernels against all points.

use super::column::{Cells, Column, Continuous};
use super::density::BLOCK;
use super::query::{Level, Query};
use super::squares::{self, LANES, Sums, subtract_squares};
use crate::numerics::log_sum_exp;

/// The most continuous dimensions between two looks at which kernels still matter.
const CHUNK: usize = 12;

/// The working memory of a block: row `i` of length `stride` belongs to point `i`.
pub(super) struct Block<'a> {
    query: &'a Query<'a>,
    /// The slots of a block, or all there are, and a place for the prior kernel, in whole lanes.
    stride: usize,
    acc: Vec<f64>,
    /// Slots, counted from the first of the block, of the kernels not yet dropped.
    live: Vec<usize>,
    /// Places in `live` of those that stay.
    kept: Vec<usize>,
    /// By how much each of them exceeds the floor, at most.
    margins: Vec<f64>,
    /// Numbers of the kernels of a chunk, packed once some are dropped.
    rates: Vec<f64>,
    scaled: Vec<f64>,
    /// Log masses of one cell.
    terms: Vec<f64>,
}

impl<'a> Block<'a> {
    pub(super) fn new(query: &'a Query<'a>) -> Self {
        let stride = query.mixture.n_slots().min(BLOCK).next_multiple_of(LANES) + LANES;
        Self {
            query,
            stride,
            acc: vec![0.0; query.points.count() * stride],
            live: Vec::with_capacity(BLOCK),
            kept: Vec::with_capacity(BLOCK),
            margins: vec![0.0; stride],
            rates: Vec::new(),
            scaled: Vec::new(),
            terms: Vec::with_capacity(BLOCK),
        }
    }

    /// Appends, for each point, the log of the sum of weight times kernel over the block of kernels from slot `start` on,
    /// and the prior kernel if `with_prior`.
    pub(super) fn log_sums(&mut self, start: usize, with_prior: bool, sums: &mut Vec<f64>) {
        let query = self.query;
        self.begin(start);
        for (column, levels) in query.mixture.columns.iter().zip(&query.levels) {
            if let Column::Categories { levels: own } = column {
                self.add_matches(&own[start..], levels);
                self.find_margins();
                self.drop_negligible();
            }
        }
        let continuous: Vec<(usize, &Continuous)> = query.continuous().collect();
        let n_chunks = continuous.len().div_ceil(CHUNK).max(1);
        for chunk in continuous.chunks(continuous.len().div_ceil(n_chunks).max(1)) {
            self.subtract_squares(start, chunk);
            self.drop_negligible();
        }
        for (column, levels) in query.mixture.columns.iter().zip(&query.levels) {
            if let Column::Cells(cells) = column {
                self.add_masses(start, cells, levels);
                self.find_margins();
                self.drop_negligible();
            }
        }
        let live = self.live.len();
        for (row, prior) in self.acc.chunks_exact_mut(self.stride).zip(&query.priors) {
            row[live] = *prior;
            sums.push(log_sum_exp(&row[..live + usize::from(with_prior)]));
        }
    }

    fn begin(&mut self, start: usize) {
        let mixture = self.query.mixture;
        self.live.clear();
        self.live.extend(0..BLOCK.min(mixture.n_slots() - start));
        let Some((first, rest)) = self.acc.split_at_mut_checked(self.stride) else { return };
        for slot in &self.live {
            first[*slot] = mixture.log_factor(start + slot) + self.query.mismatch;
        }
        rest.chunks_exact_mut(self.stride).for_each(|row| row.copy_from_slice(first));
    }

    fn add_matches(&mut self, own: &[u32], levels: &[Level]) {
        let (live, matching) = (self.live.len(), self.query.matching);
        for (row, point) in self.acc.chunks_exact_mut(self.stride).zip(levels) {
            for (sum, level) in row[..live].iter_mut().zip(own) {
                *sum += if u64::from(*level) == point.index { matching } else { 0.0 };
            }
        }
    }

    fn subtract_squares(&mut self, start: usize, chunk: &[(usize, &Continuous)]) {
        let padded = self.live.len().next_multiple_of(LANES);
        let dense = self.live.last().is_none_or(|last| last + 1 == self.live.len());
        if !dense {
            self.pack(start, chunk);
        }
        let columns = chunk.iter().enumerate().map(|(c, (j, column))| {
            let (rates, scaled, from) =
                if dense { (&column.rates, &column.scaled, start) } else { (&self.rates, &self.scaled, c * BLOCK) };
            squares::Column {
                rates: &rates[from..][..padded],
                scaled: &scaled[from..][..padded],
                points: self.query.points.column(*j),
            }
        });
        let columns: Vec<_> = columns.collect();
        let (acc, margins) = (&mut self.acc[..], &mut self.margins[..]);
        let mut sums = Sums { acc, stride: self.stride, floors: &self.query.floors, margins };
        subtract_squares(&mut sums, &columns);
    }

    /// Gathers the numbers of the kernels left.
    fn pack(&mut self, start: usize, chunk: &[(usize, &Continuous)]) {
        self.rates.resize(CHUNK * BLOCK, 0.0);
        self.scaled.resize(CHUNK * BLOCK, 0.0);
        for (c, (_, column)) in chunk.iter().enumerate() {
            let (rates, scaled) = (&mut self.rates[c * BLOCK..], &mut self.scaled[c * BLOCK..]);
            for (i, slot) in self.live.iter().enumerate() {
                rates[i] = column.rates[start + slot];
                scaled[i] = column.scaled[start + slot];
            }
        }
    }

    /// The masses of a level are computed once, however many points have it.
    fn add_masses(&mut self, start: usize, cells: &Cells, levels: &[Level]) {
        for (i, point) in levels.iter().enumerate().filter(|(i, point)| point.first == *i) {
            self.terms.clear();
            self.terms.extend(self.live.iter().map(|slot| cells.log_mass(start + slot, point.index, point.cell)));
            let rows = self.acc.chunks_exact_mut(self.stride).zip(levels).skip(i).filter(|(_, other)| other.first == i);
            for (row, _) in rows {
                row.iter_mut().zip(&self.terms).for_each(|(sum, term)| *sum += term);
            }
        }
    }

    fn find_margins(&mut self) {
        let live = self.live.len();
        self.margins[..live].fill(f64::NEG_INFINITY);
        for (row, floor) in self.acc.chunks_exact(self.stride).zip(&self.query.floors) {
            for (margin, sum) in self.margins[..live].iter_mut().zip(row) {
                *margin = margin.max(sum - floor);
            }
        }
    }

    /// Closes the ranks where that pays.
    ///
    /// To leave them open costs a pass of all lanes over the points; to close them, the gathering of two numbers for each
    /// kernel and dimension to come, worth about 20 lanes.
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
