//! The Cholesky factor of a positive definite matrix, computed at once or row by row, and the solution of systems by it.

use super::direct::{SMALL, solve_panel, solve_rows_lower, subtract_squares};
use super::few::{FEW, Row, solve_lower_few, solve_upper_few};
use super::matrix::{Matrix, MatrixView};
use super::product::{Sign, Target, add_product_to};
use crate::numerics::ln;

/// Columns of an inverse computed together.
const BLOCK: usize = 64;
/// Columns of a factor computed between two checks for an interruption: a few tenths of a second with 10,000 rows.
/// Panels of this width are as fast as recursive halving.
const PANEL: usize = 128;

/// The matrix is not positive definite, as far as rounding can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPositiveDefinite {
    /// The first row whose pivot is not positive.
    pub row: usize,
}

/// The caller asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// The lower triangular `L` with `K = L L'`:
///
/// `l_ij = (k_ij - l_i0 l_j0 - ... - l_i,j-1 l_j,j-1) / l_jj`, and `l_jj` the square root of the same chain (Golub and
/// Van Loan 2013, section 4.2.5). Each element is one chain with a rising index, so [`Self::append`] gives the same
/// bits as [`Self::factor`].
#[derive(Clone, Debug)]
pub struct Cholesky {
    l: Matrix,
}

impl Cholesky {
    /// Factors `k`, of which only the lower triangle is read. Costs `n^3 / 3`.
    ///
    /// # Errors
    /// [`NotPositiveDefinite`] with the row where a pivot is not a positive number.
    pub fn factor(mut k: Matrix) -> Result<Self, NotPositiveDefinite> {
        let n = k.rows();
        factor_columns(&mut k, 0, n)?;
        Ok(Self::below_diagonal(k))
    }

    /// As [`Self::factor`], bit for bit, but calls `interrupted` before every panel of columns; for large matrices.
    ///
    /// # Errors
    /// [`Interrupted`]; the inner error is [`NotPositiveDefinite`] as for [`Self::factor`].
    pub fn factor_unless(
        mut k: Matrix,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Result<Self, NotPositiveDefinite>, Interrupted> {
        let n = k.rows();
        for start in (0..n).step_by(PANEL) {
            if interrupted() {
                return Err(Interrupted);
            }
            let end = n.min(start + PANEL);
            subtract_left(&mut k, 0, start, end);
            if let Err(error) = factor_columns(&mut k, start, end) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(Self::below_diagonal(k)))
    }

    /// The factor from a matrix that was factored in place, with zeros above the diagonal.
    fn below_diagonal(mut l: Matrix) -> Self {
        for j in 1..l.rows() {
            l.column_mut(j)[..j].fill(0.0);
        }
        Self { l }
    }

    /// Adds a row: `row[j] = k(n, j)` for `j = 0..=n`. Costs `n^2`; nothing changes on an error.
    ///
    /// # Errors
    /// [`NotPositiveDefinite`] if the new pivot is not a positive number.
    pub fn append(&mut self, row: &[f64]) -> Result<(), NotPositiveDefinite> {
        let n = self.len();
        let mut x: Vec<Row> = row[..n].iter().map(|k| [*k; FEW]).collect();
        solve_lower_few(&self.l, &mut x);
        let x: Vec<f64> = x.iter().map(|row| row[0]).collect();
        let mut pivot = row[n];
        subtract_squares(&x, &mut pivot);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(NotPositiveDefinite { row: n });
        }
        self.l.resize_square(n + 1);
        for (j, z) in x.iter().enumerate() {
            self.l.set(n, j, *z);
        }
        self.l.column_mut(n)[..n].fill(0.0);
        self.l.set(n, n, pivot.sqrt());
        Ok(())
    }

    /// Removes the rows from `n` on.
    pub fn truncate(&mut self, n: usize) {
        if n < self.len() {
            self.l.resize_square(n);
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.l.rows()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Consumes self and returns the factor.
    pub fn into_l(self) -> Matrix {
        self.l
    }
    /// The factor.
    pub fn l(&self) -> &Matrix {
        &self.l
    }
    /// `ln det K`.
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.len()).map(|i| ln(self.l.at(i, i))).sum::<f64>()
    }
    /// `L^-1 B`, in place.
    pub fn solve_lower(&self, b: &mut Matrix) {
        solve_lower(&self.l, b, 0, self.len());
    }
    /// `L^-1 B` of the leading `x.len()` rows, in place: bit-equal to [`Self::solve_lower`].
    pub fn solve_lower_few(&self, x: &mut [Row]) {
        solve_lower_few(&self.l, x);
    }
    /// `L^-T B` of the leading `x.len()` rows, in place.
    pub fn solve_upper_few(&self, x: &mut [Row]) {
        solve_upper_few(&self.l, x);
    }
    /// `K^-1 b` of the leading `b.len()` rows.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<Row> = b.iter().map(|b| [*b; FEW]).collect();
        solve_lower_few(&self.l, &mut x);
        solve_upper_few(&self.l, &mut x);
        x.iter().map(|row| row[0]).collect()
    }
    /// The lower triangle of `K^-1`; the elements above the diagonal are meaningless. Costs `2 n^3 / 3`; `interrupted`
    /// is called before every block of columns.
    ///
    /// # Errors
    /// [`Interrupted`].
    pub fn inverse_lower(&self, interrupted: &dyn Fn() -> bool) -> Result<Matrix, Interrupted> {
        let n = self.len();
        let inverse_factor = self.inverse_factor(interrupted)?;
        let mut inverse = Matrix::zeros(n, n);
        for start in (0..n).step_by(BLOCK) {
            if interrupted() {
                return Err(Interrupted);
            }
            let width = BLOCK.min(n - start);
            // Row `k` of L^-1 is zero beyond column `k`: rows `k >= start` of both factors suffice for the columns from
            // `start` on.
            let a = inverse_factor.block(start, start, n - start, width).transposed();
            let b = inverse_factor.block(start, 0, n - start, start + width);
            let mut target = Target { data: &mut inverse.data_mut()[start..], stride: n, lower: false };
            add_product_to(&mut target, Sign::Plus, a, b);
        }
        Ok(inverse)
    }

    /// `L^-1`, lower triangular. Costs `n^3 / 3`.
    fn inverse_factor(&self, interrupted: &dyn Fn() -> bool) -> Result<Matrix, Interrupted> {
        let n = self.len();
        let mut whole = Matrix::zeros(n, n);
        for start in (0..n).step_by(BLOCK) {
            if interrupted() {
                return Err(Interrupted);
            }
            let end = n.min(start + BLOCK);
            let mut columns = Matrix::from_fn(n, end - start, |i, j| f64::from(u8::from(i == start + j)));
            solve_lower(&self.l, &mut columns, start, n);
            for j in start..end {
                whole.column_mut(j).copy_from_slice(columns.column(j - start));
            }
        }
        Ok(whole)
    }
}

/// Factors the columns `start..end` from the diagonal down, after the contributions of earlier columns were subtracted.
fn factor_columns(k: &mut Matrix, start: usize, end: usize) -> Result<(), NotPositiveDefinite> {
    if end - start <= SMALL {
        return factor_small(k, start, end);
    }
    let middle = halve(start, end);
    factor_columns(k, start, middle)?;
    subtract_left(k, start, middle, end);
    factor_columns(k, middle, end)
}

/// Subtracts the contributions of the factored columns `start..middle` from the columns `middle..end`, from the
/// diagonal down.
fn subtract_left(k: &mut Matrix, start: usize, middle: usize, end: usize) {
    if start == middle {
        return;
    }
    let (n, stride) = (k.rows(), k.stride());
    let (left_columns, rest) = k.data_mut().split_at_mut(middle * stride);
    let left = MatrixView::strided(&left_columns[start * stride..], n, middle - start, stride);
    let mut target = Target { data: &mut rest[middle..], stride, lower: true };
    let below = left.block(middle, 0, n - middle, middle - start);
    let diagonal_rows = left.block(middle, 0, end - middle, middle - start);
    add_product_to(&mut target, Sign::Minus, below, diagonal_rows.transposed());
}

/// As [`factor_columns`], for at most [`SMALL`] columns: the diagonal block by its definition, then the panel below it.
fn factor_small(k: &mut Matrix, start: usize, end: usize) -> Result<(), NotPositiveDefinite> {
    for j in start..end {
        let row: Vec<f64> = (start..j).map(|p| k.at(j, p)).collect();
        let mut pivot = k.at(j, j);
        subtract_squares(&row, &mut pivot);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(NotPositiveDefinite { row: j });
        }
        k.set(j, j, pivot.sqrt());
        for i in j + 1..end {
            let rest = row.iter().enumerate().fold(k.at(i, j), |sum, (p, l)| (-l).mul_add(k.at(i, start + p), sum));
            k.set(i, j, rest / k.at(j, j));
        }
    }
    let (n, stride) = (k.rows(), k.stride());
    solve_panel(&mut k.data_mut()[start * stride..], stride, start, end - start, (end, n));
    Ok(())
}

/// Solves the rows `start..end` of `L X = B` in place, after the contributions of earlier rows were subtracted.
///
/// Element `(i, j)` becomes `(b_ij - l_i0 x_0j - l_i1 x_1j - ...) / l_ii`, one chain with a rising index.
fn solve_lower(l: &Matrix, x: &mut Matrix, start: usize, end: usize) {
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
fn halve(start: usize, end: usize) -> usize {
    start + ((end - start) / 2).next_multiple_of(SMALL)
}

fn rows(x: &Matrix, from: usize, to: usize) -> Matrix {
    let mut copy = Matrix::zeros(to - from, x.cols());
    for j in 0..x.cols() {
        copy.column_mut(j).copy_from_slice(&x.column(j)[from..to]);
    }
    copy
}
