//! Products of matrices, added to a block in place.

use super::matrix::View;
use super::micro::{COLS, ROWS, Tile, multiply_add};

/// Depth of a packed panel: `(ROWS + COLS) * DEPTH` numbers (48 KiB) stay in the caches while a tile is computed.
const DEPTH: usize = 256;
/// Columns of the right factor packed at a time.
const WIDTH: usize = 256;

/// `sum_i a_i b_i`, in order. It is no chain: each product is rounded before it is added.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Whether a product is added or subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `c + a b`.
    Plus,
    /// `c - a b`.
    Minus,
}

/// The block of a column-major slice that a product is added to.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// Starts at the block's first element.
    pub(super) data: &'a mut [f64],
    /// Distance of two columns.
    pub(super) stride: usize,
    /// Whether only the lower triangle is wanted: tiles that lie above the diagonal are then left alone.
    pub(super) lower: bool,
}

/// `c <- c +- a b` for a column-major `c` of `a.rows() x b.cols()`, every element one chain over `k` (see the room's head).
///
/// # Panics
/// If the shapes do not fit.
pub fn add_product(c: &mut [f64], stride: usize, sign: Sign, a: View<'_>, b: View<'_>) {
    add_product_to(&mut Target { data: c, stride, lower: false }, sign, a, b);
}

pub(super) fn add_product_to(c: &mut Target<'_>, sign: Sign, a: View<'_>, b: View<'_>) {
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

/// All tiles of a packed panel.
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

/// Groups of `N` rows of `a`, each stored `k` by `k`, padded with zeros.
fn pack<const N: usize>(
    into: &mut Vec<f64>,
    a: View<'_>,
    depth: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    sign: f64,
) {
    into.clear();
    for row in rows.clone().step_by(N) {
        let height = N.min(rows.end - row);
        for k in depth.clone() {
            match a.contiguous(row, row + height, k) {
                Some(column) => into.extend(column.iter().map(|x| sign * x)),
                None => into.extend((row..row + height).map(|i| sign * a.at(i, k))),
            }
            into.extend(std::iter::repeat_n(0.0, N - height));
        }
    }
}
