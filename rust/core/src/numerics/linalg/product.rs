//! Products of matrices, added to a block in place.

use super::matrix::MatrixView;
use super::micro::{COLS, ROWS, Tile, multiply_add};
use crate::numerics::for_every_kernel;

/// Depth of a packed panel: `(ROWS + COLS) * DEPTH` numbers (48 KiB) stay in the caches while a tile is computed.
const DEPTH: usize = 256;
/// Columns of the right factor packed at a time.
const WIDTH: usize = 256;

/// Number of partial sums of [`dot`], fixed so that every kernel adds in the same order.
const LANES: usize = 16;

for_every_kernel! {
    /// `sum_i a_i b_i`: one chain per lane of 16, joined in halves.
    pub fn dot(a: &[f64], b: &[f64]) -> f64 {
        let n = a.len().min(b.len());
        let ((a, a_rest), (b, b_rest)) = (a[..n].as_chunks::<LANES>(), b[..n].as_chunks::<LANES>());
        let mut sums = [0.0; LANES];
        for (a, b) in a.iter().zip(b) {
            for lane in 0..LANES {
                sums[lane] = a[lane].mul_add(b[lane], sums[lane]);
            }
        }
        for (sum, (a, b)) in sums.iter_mut().zip(a_rest.iter().zip(b_rest)) {
            *sum = a.mul_add(*b, *sum);
        }
        let mut width = LANES / 2;
        while width > 0 {
            for lane in 0..width {
                sums[lane] += sums[lane + width];
            }
            width /= 2;
        }
        sums[0]
    }
}

/// Whether a product is added or subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `c + a b`.
    Plus,
    /// `c - a b`.
    Minus,
}

/// The block of a column-major slice to which a product is added.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// Starts at the block's first element.
    pub(super) data: &'a mut [f64],
    /// Distance between two columns.
    pub(super) stride: usize,
    /// Whether only the lower triangle is computed; tiles above the diagonal are then skipped.
    pub(super) lower: bool,
}

/// `c <- c +- a b` for a column-major `c` of `a.rows() x b.cols()`, every element one chain over `k` (see [`super`]).
///
/// # Panics
/// If the shapes do not match.
pub fn add_product(c: &mut [f64], stride: usize, sign: Sign, a: MatrixView<'_>, b: MatrixView<'_>) {
    add_product_to(&mut Target { data: c, stride, lower: false }, sign, a, b);
}

pub(super) fn add_product_to(c: &mut Target<'_>, sign: Sign, a: MatrixView<'_>, b: MatrixView<'_>) {
    assert_eq!(a.cols(), b.rows(), "inner sizes differ");
    if a.rows() == 0 || b.cols() == 0 {
        return;
    }
    assert!(c.stride >= a.rows() && c.data.len() >= (b.cols() - 1) * c.stride + a.rows(), "the target is too small");
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for from in (0..a.cols()).step_by(DEPTH) {
        let depth = from..a.cols().min(from + DEPTH);
        pack::<ROWS>(&mut left, a, depth.clone(), 0..a.rows(), 1.0);
        for column in (0..b.cols()).step_by(WIDTH) {
            let columns = column..b.cols().min(column + WIDTH);
            let sign = if sign == Sign::Plus { 1.0 } else { -1.0 };
            pack::<COLS>(&mut right, b.transposed(), depth.clone(), columns.clone(), sign);
            tiles(c, &left, &right, depth.len(), a.rows(), columns);
        }
    }
}

/// Computes all tiles of a packed panel.
fn tiles(c: &mut Target<'_>, left: &[f64], right: &[f64], depth: usize, rows: usize, columns: std::ops::Range<usize>) {
    for (j, right) in right.chunks_exact(COLS * depth).enumerate() {
        let column = columns.start + j * COLS;
        let width = COLS.min(columns.end - column);
        for (i, left) in left.chunks_exact(ROWS * depth).enumerate() {
            let (row, height) = (i * ROWS, ROWS.min(rows - i * ROWS));
            if c.lower && row + height <= column {
                continue;
            }
            let mut tile: Tile = [[0.0; ROWS]; COLS];
            for (k, sums) in tile.iter_mut().enumerate().take(width) {
                let start = row + (column + k) * c.stride;
                sums[..height].copy_from_slice(&c.data[start..start + height]);
            }
            multiply_add(left, right, &mut tile);
            for (k, sums) in tile.iter().enumerate().take(width) {
                let start = row + (column + k) * c.stride;
                c.data[start..start + height].copy_from_slice(&sums[..height]);
            }
        }
    }
}

/// Packs groups of `N` rows of `a`, each stored by rising `k` and padded with zeros.
fn pack<const N: usize>(
    into: &mut Vec<f64>,
    a: MatrixView<'_>,
    depth: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    sign: f64,
) {
    into.clear();
    into.resize(rows.len().div_ceil(N) * N * depth.len(), 0.0);
    for (group, row) in into.chunks_exact_mut(N * depth.len()).zip(rows.clone().step_by(N)) {
        let end = rows.end.min(row + N);
        if a.is_transposed() {
            for i in row..end {
                let line = a.transposed().part(depth.clone(), i);
                for (packed, x) in group.chunks_exact_mut(N).zip(line) {
                    packed[i - row] = sign * x;
                }
            }
        } else {
            for (packed, k) in group.chunks_exact_mut(N).zip(depth.clone()) {
                for (packed, x) in packed.iter_mut().zip(a.part(row..end, k)) {
                    *packed = sign * x;
                }
            }
        }
    }
}
