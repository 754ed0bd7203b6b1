//! Small blocks that are solved directly, with one version per kernel.

use super::matrix::Matrix;
use crate::numerics::for_every_kernel;

/// Size of the largest block that is solved directly; larger ones are halved.
pub(super) const SMALL: usize = 8;

/// Number of rows of a panel that are solved together in registers.
const STRIP: usize = 8;

/// `SMALL` vectors of `STRIP` numbers, which fit into the registers.
type Strip = [[f64; STRIP]; SMALL];

/// A small lower triangular block, row by row.
type Block = [[f64; SMALL]; SMALL];

/// Forward substitution: `strip[j] <- (strip[j] - sum_{p < j} block[j][p] strip[p]) / block[j][j]`, `p` rising.
#[inline(always)]
fn forward(block: &Block, strip: &mut Strip, width: usize) {
    for j in 0..width {
        let mut x = strip[j];
        for p in 0..j {
            for i in 0..STRIP {
                x[i] = strip[p][i].mul_add(-block[j][p], x[i]);
            }
        }
        strip[j] = x.map(|value| value / block[j][j]);
    }
}

/// The block on the diagonal of `l` at `start`.
#[inline(always)]
fn diagonal(at: impl Fn(usize, usize) -> f64, width: usize) -> Block {
    let mut block = [[0.0; SMALL]; SMALL];
    for (j, row) in block.iter_mut().enumerate().take(width) {
        for (p, value) in row.iter_mut().enumerate().take(j + 1) {
            *value = at(j, p);
        }
    }
    block
}

for_every_kernel! {
    /// `panel <- panel * L^-T` for the rows below a factored diagonal block.
    ///
    /// `columns` starts at the first column of the panel, columns `stride` apart; the panel is the rows
    /// `rows.0..rows.1` and the `width <= SMALL` columns whose diagonal block starts at row `top`.
    pub(super) fn solve_panel(columns: &mut [f64], stride: usize, top: usize, width: usize, rows: (usize, usize)) {
        let block = diagonal(|j, p| columns[p * stride + top + j], width);
        for row in (rows.0..rows.1).step_by(STRIP) {
            let height = STRIP.min(rows.1 - row);
            let mut strip = [[0.0; STRIP]; SMALL];
            for (j, values) in strip.iter_mut().enumerate().take(width) {
                values[..height].copy_from_slice(&columns[j * stride + row..j * stride + row + height]);
            }
            forward(&block, &mut strip, width);
            for (j, values) in strip.iter().enumerate().take(width) {
                columns[j * stride + row..j * stride + row + height].copy_from_slice(&values[..height]);
            }
        }
    }
}

for_every_kernel! {
    /// Solves the rows `start..end` of `L X = B` for every column, after the contributions of earlier rows were
    /// subtracted.
    pub(super) fn solve_rows_lower(l: &Matrix, x: &mut Matrix, start: usize, end: usize) {
        let block = diagonal(|j, p| l.at(start + j, start + p), end - start);
        for column in (0..x.cols()).step_by(STRIP) {
            let columns = column..x.cols().min(column + STRIP);
            let mut strip = [[0.0; STRIP]; SMALL];
            for (i, c) in columns.clone().enumerate() {
                for (row, value) in strip.iter_mut().zip(&x.column(c)[start..end]) {
                    row[i] = *value;
                }
            }
            forward(&block, &mut strip, end - start);
            for (i, c) in columns.enumerate() {
                for (row, value) in strip.iter().zip(&mut x.column_mut(c)[start..end]) {
                    *value = row[i];
                }
            }
        }
    }
}

for_every_kernel! {
    /// `result <- result - sum x_i^2`, one chain.
    pub(super) fn subtract_squares(x: &[f64], result: &mut f64) {
        for z in x {
            *result = z.mul_add(-z, *result);
        }
    }
}
