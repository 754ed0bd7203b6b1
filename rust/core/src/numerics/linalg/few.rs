//! Triangular systems with a few right-hand sides, stored side by side.
//!
//! With few right-hand sides, reading `L` dominates the time, and packing it for a product would read it twice. Here
//! every number of `L` is loaded once and multiplied by a register that holds the same row of all right-hand sides.

use super::direct::SMALL;
use super::matrix::Matrix;
use crate::numerics::for_every_kernel;

/// Right-hand sides that are solved together.
pub const FEW: usize = 8;

/// One row of [`FEW`] right-hand sides.
pub type Row = [f64; FEW];

for_every_kernel! {
    /// Solves `L X = B` in place for the leading `x.len()` rows of `L`.
    ///
    /// Element `i` of a right-hand side becomes `(b_i - l_i0 x_0 - l_i1 x_1 - ...) / l_ii`, one chain with a rising
    /// index. The bits are those of a solution with many right-hand sides.
    pub(super) fn solve_lower_few(l: &Matrix, x: &mut [Row]) {
        let n = x.len();
        for start in (0..n).step_by(SMALL) {
            let end = n.min(start + SMALL);
            for j in start..end {
                let mut sum = x[j];
                for (p, row) in x[start..j].iter().enumerate() {
                    subtract(&mut sum, l.at(j, start + p), row);
                }
                x[j] = divided(sum, l.at(j, j));
            }
            if end < n {
                let (solved, rest) = x.split_at_mut(end);
                eliminate(&below(l, start, end, n), &solved[start..], rest);
            }
        }
    }
}

for_every_kernel! {
    /// Solves `L' X = B` in place for the leading `x.len()` rows of `L`.
    ///
    /// Blocks of [`SMALL`] rows are solved from the last to the first; each row subtracts the products with all later
    /// blocks in rising order, then those within its block in falling order.
    pub(super) fn solve_upper_few(l: &Matrix, x: &mut [Row]) {
        let n = x.len();
        for start in (0..n).step_by(SMALL).rev() {
            let end = n.min(start + SMALL);
            let (head, rest) = x.split_at_mut(end);
            let block = &mut head[start..];
            if end < n {
                gather(&below(l, start, end, n), rest, block);
            }
            for j in (0..block.len()).rev() {
                let mut sum = block[j];
                for p in (j + 1..block.len()).rev() {
                    subtract(&mut sum, l.at(start + p, start + j), &block[p]);
                }
                block[j] = divided(sum, l.at(start + j, start + j));
            }
        }
    }
}

/// Number of columns that are summed together.
pub const SUMMED: usize = 8;

for_every_kernel! {
    /// `sum_i columns[p]_i rows_i` for each `p`, `i` rising: weighted sums of the columns under [`FEW`] sets of
    /// weights.
    pub fn weighted_sums(columns: [&[f64]; SUMMED], rows: &[Row]) -> [Row; SUMMED] {
        let columns = columns.map(|column| &column[..rows.len()]);
        let mut sums = [[0.0; FEW]; SUMMED];
        for (i, row) in rows.iter().enumerate() {
            for p in 0..SUMMED {
                for (sum, x) in sums[p].iter_mut().zip(row) {
                    *sum = x.mul_add(columns[p][i], *sum);
                }
            }
        }
        sums
    }
}

/// The part of a full block of columns that lies below it, up to row `n`.
#[inline(always)]
fn below(l: &Matrix, start: usize, end: usize, n: usize) -> [&[f64]; SMALL] {
    std::array::from_fn(|p| &l.column(start + p)[end..n])
}

/// `rest_i <- rest_i - sum_p columns[p]_i solved_p`, `p` rising.
#[inline(always)]
fn eliminate(columns: &[&[f64]; SMALL], solved: &[Row], rest: &mut [Row]) {
    // Copies and equal lengths let the compiler keep a row in its register.
    let columns = columns.map(|column| &column[..rest.len()]);
    let solved: [Row; SMALL] = std::array::from_fn(|p| solved[p]);
    for (i, row) in rest.iter_mut().enumerate() {
        let mut sum = *row;
        for p in 0..SMALL {
            subtract(&mut sum, columns[p][i], &solved[p]);
        }
        *row = sum;
    }
}

/// `block_p <- block_p - sum_i columns[p]_i rest_i`, `i` rising.
#[inline(always)]
fn gather(columns: &[&[f64]; SMALL], rest: &[Row], block: &mut [Row]) {
    let mut sums: [Row; SMALL] = std::array::from_fn(|p| block[p]);
    for (i, row) in rest.iter().enumerate() {
        for p in 0..SMALL {
            subtract(&mut sums[p], columns[p][i], row);
        }
    }
    block.copy_from_slice(&sums);
}

/// `sum <- sum - factor row`.
#[inline(always)]
fn subtract(sum: &mut Row, factor: f64, row: &Row) {
    for (sum, x) in sum.iter_mut().zip(row) {
        *sum = x.mul_add(-factor, *sum);
    }
}

#[inline(always)]
fn divided(mut row: Row, by: f64) -> Row {
    for x in &mut row {
        *x /= by;
    }
    row
}
