//! Triangular systems with many right-hand sides, by halving.

use super::direct::{SMALL, solve_rows_lower};
use super::matrix::Matrix;
use super::product::{Sign, Target, add_product_to};

/// Solves the rows `start..end` of `L X = B` in place, after the contributions of earlier rows were subtracted.
///
/// Element `(i, j)` becomes `(b_ij - l_i0 x_0j - l_i1 x_1j - ...) / l_ii`, one chain with a rising index.
pub(super) fn solve_lower(l: &Matrix, x: &mut Matrix, start: usize, end: usize) {
    if end - start <= SMALL {
        return solve_rows_lower(l, x, start, end);
    }
    let middle = halve(start, end);
    solve_lower(l, x, start, middle);
    let solved = rows(x, start, middle);
    let (cols, stride) = (x.cols(), x.stride());
    if cols > 0 {
        let mut target = Target { data: &mut x.data_mut()[middle..], stride, lower: false };
        add_product_to(&mut target, Sign::Minus, l.block(middle, start, end - middle, middle - start), solved.view());
    }
    solve_lower(l, x, middle, end);
}

/// The middle of `start..end`, a multiple of [`SMALL`] from `start`.
pub(super) fn halve(start: usize, end: usize) -> usize {
    start + ((end - start) / 2).next_multiple_of(SMALL)
}

fn rows(x: &Matrix, from: usize, to: usize) -> Matrix {
    let mut copy = Matrix::zeros(to - from, x.cols());
    for j in 0..x.cols() {
        copy.column_mut(j).copy_from_slice(&x.column(j)[from..to]);
    }
    copy
}
