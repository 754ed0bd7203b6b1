#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::cell::Cell;

use super::{Cholesky, FEW, Interrupted, Matrix, MatrixView, Row, Sign, add_product, dot, weighted_sums};
use crate::numerics::{Kernel, Purpose, Stream, active_kernel, ln, select_kernel};

fn random(rows: usize, cols: usize, seed: u64) -> Matrix {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    Matrix::from_fn(rows, cols, |_, _| stream.uniform() - 0.5)
}

/// A Matern-like kernel matrix of random points with a little noise.
fn positive_definite(n: usize, seed: u64) -> Matrix {
    let x = random(n, 3, seed);
    Matrix::from_fn(n, n, |i, j| {
        let r2: f64 = (0..3).map(|d| x.at(i, d) - x.at(j, d)).map(|z| z * z).sum();
        1.0 / (1.0 + 4.0 * r2) + if i == j { 1e-3 } else { 0.0 }
    })
}

fn bits(matrix: &Matrix) -> Vec<u64> {
    (0..matrix.cols()).flat_map(|j| matrix.column(j).iter().map(|x| x.to_bits()).collect::<Vec<_>>()).collect()
}

/// The definition: one chain per element.
fn chain(c: &Matrix, sign: f64, a: MatrixView<'_>, b: MatrixView<'_>) -> Matrix {
    Matrix::from_fn(c.rows(), c.cols(), |i, j| {
        (0..a.cols()).fold(c.at(i, j), |sum, k| a.at(i, k).mul_add(sign * b.at(k, j), sum))
    })
}

// An interpreter is about a thousand times slower.
#[cfg(miri)]
const SIZES: [usize; 6] = [1, 2, 7, 16, 17, 33];
#[cfg(not(miri))]
const SIZES: [usize; 9] = [1, 2, 7, 16, 17, 33, 64, 97, 300];
/// A size that is no multiple of the width of a vector or a block.
const MEDIUM: usize = if cfg!(miri) { 37 } else { 121 };

#[test]
fn products_are_chains_bit_for_bit() {
    for (case, &n) in SIZES.iter().enumerate() {
        let (rows, cols) = (n + 3, n / 2 + 1);
        let (a, b, c) = (random(rows, n, 1), random(n, cols, 2), random(rows, cols, 3));
        let (sign, factor) = if case % 2 == 0 { (Sign::Plus, 1.0) } else { (Sign::Minus, -1.0) };
        let mut product = c.clone();
        add_product(product.data_mut(), rows, sign, a.view(), b.view());
        assert_eq!(bits(&product), bits(&chain(&c, factor, a.view(), b.view())), "n = {n}");
    }
}

#[test]
fn transposed_views_multiply_as_transposes() {
    let (a, b, c) = (random(40, 23, 1), random(31, 40, 2), random(23, 31, 3));
    let mut product = c.clone();
    add_product(product.data_mut(), 23, Sign::Plus, a.view().transposed(), b.view().transposed());
    assert_eq!(bits(&product), bits(&chain(&c, 1.0, a.view().transposed(), b.view().transposed())));
}

#[test]
fn weighted_sums_are_products_with_the_transpose() {
    let (columns, rows) = (random(77, 8, 1), random(FEW, 77, 2));
    let rows: Vec<Row> = (0..77).map(|i| std::array::from_fn(|p| rows.at(p, i))).collect();
    let sums = weighted_sums(std::array::from_fn(|p| columns.column(p)), &rows);
    for (p, sum) in sums.iter().enumerate() {
        for (lane, sum) in sum.iter().enumerate() {
            let chain = rows.iter().zip(columns.column(p)).fold(0.0, |c: f64, (row, x)| row[lane].mul_add(*x, c));
            assert_eq!(*sum, chain);
        }
    }
}

#[test]
fn dot_products_are_sums_of_products() {
    for n in [0, 1, 15, 16, 17, 100] {
        let (a, b) = (random(n, 1, 3), random(n, 1, 4));
        let plain: f64 = a.column(0).iter().zip(b.column(0)).map(|(a, b)| a * b).sum();
        // Higham 2002, equation 3.5: n u sum |a b|.
        assert!((dot(a.column(0), b.column(0)) - plain).abs() <= n as f64 * n as f64 * f64::EPSILON, "n = {n}");
    }
}

#[test]
fn pushing_and_truncating_rows_keeps_the_others() {
    let mut matrix = Matrix::zeros(0, 3);
    for i in 0..20 {
        matrix.push_row(&[0, 1, 2].map(|j| f64::from(10 * i + j)));
    }
    matrix.truncate_rows(12);
    matrix.push_row(&[7.0; 3]);
    let expected = Matrix::from_fn(13, 3, |i, j| if i == 12 { 7.0 } else { (10 * i + j) as f64 });
    assert_eq!(bits(&matrix), bits(&expected));
}

#[test]
fn kernels_agree_bit_for_bit() {
    let previous = active_kernel();
    let kernels = [Kernel::Baseline, Kernel::Avx2, Kernel::Avx512];
    let factors: Vec<_> = kernels
        .into_iter()
        .filter(|kernel| select_kernel(*kernel))
        .map(|_| {
            let factor = Cholesky::factor(positive_definite(MEDIUM, 5)).unwrap();
            let (right, columns) = (random(MEDIUM, 1, 6), random(MEDIUM, 8, 7));
            let rows = [[0.5; FEW]; MEDIUM];
            let sums = weighted_sums(std::array::from_fn(|p| columns.column(p)), &rows);
            let dot = dot(right.column(0), columns.column(0));
            (bits(factor.l()), bits(&inverse(&factor)), factor.solve(right.column(0)), sums, dot)
        })
        .collect();
    select_kernel(previous);
    assert!(factors.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn factor_times_its_transpose_is_the_matrix() {
    for n in SIZES {
        let k = positive_definite(n, 9);
        let l = Cholesky::factor(k.clone()).unwrap();
        let mut product = Matrix::zeros(n, n);
        add_product(product.data_mut(), n, Sign::Plus, l.l().view(), l.l().view().transposed());
        let worst = (0..n * n).map(|p| (product.at(p % n, p / n) - k.at(p % n, p / n)).abs()).fold(0.0, f64::max);
        // Higham 2002, theorem 10.3: |L L' - K| <= n u / (1 - n u) |L| |L'|, whose entries are at most k_ii here.
        assert!(worst <= 2.0 * n as f64 * f64::EPSILON, "n = {n}: {worst:e}");
    }
}

/// `K^-1`, symmetric.
fn inverse(factor: &Cholesky) -> Matrix {
    let lower = factor.inverse_lower(&|| false).unwrap();
    Matrix::from_fn(factor.len(), factor.len(), |i, j| lower.at(i.max(j), i.min(j)))
}

#[test]
#[cfg_attr(miri, ignore = "matrices of 300 rows take an interpreter too long")]
fn panels_give_the_factor_bit_for_bit() {
    for n in [1, 127, 128, 129, 300] {
        let k = positive_definite(n, 3);
        let whole = Cholesky::factor(k.clone()).unwrap();
        assert_eq!(bits(Cholesky::factor_unless(k, &|| false).unwrap().unwrap().l()), bits(whole.l()), "{n}");
    }
    let mut k = positive_definite(200, 3);
    k.set(150, 150, 0.0);
    assert_eq!(Cholesky::factor_unless(k, &|| false).unwrap().unwrap_err().row, 150);
}

/// Whether `work` can be interrupted at each of its first `n` checks for an interruption.
fn ends_at_each_of<T>(n: usize, work: impl Fn(&dyn Fn() -> bool) -> Result<T, Interrupted>) -> bool {
    (1..=n).all(|last| {
        let n_checks = Cell::new(0);
        let interrupted = || {
            n_checks.set(n_checks.get() + 1);
            n_checks.get() == last
        };
        work(&interrupted).is_err() && n_checks.get() == last
    })
}

#[test]
#[cfg_attr(miri, ignore = "matrices of 300 rows take an interpreter too long")]
fn factors_and_inverses_end_when_interrupted() {
    let k = positive_definite(300, 3);
    assert!(ends_at_each_of(3, |interrupted| Cholesky::factor_unless(k.clone(), interrupted)));
    let factor = Cholesky::factor(k.clone()).unwrap();
    assert!(ends_at_each_of(10, |interrupted| factor.inverse_lower(interrupted)));
}

#[test]
fn append_equals_factor_bit_for_bit() {
    let n = MEDIUM;
    let k = positive_definite(n, 4);
    let mut grown = Cholesky::factor(Matrix::zeros(0, 0)).unwrap();
    for i in 0..n {
        let row: Vec<f64> = (0..=i).map(|j| k.at(i, j)).collect();
        grown.append(&row).unwrap();
    }
    assert_eq!(bits(grown.l()), bits(Cholesky::factor(k).unwrap().l()));
}

#[test]
fn truncating_and_appending_again_changes_nothing() {
    let k = positive_definite(60, 6);
    let whole = Cholesky::factor(k.clone()).unwrap();
    let mut cut = whole.clone();
    cut.truncate(40);
    for i in 40..60 {
        cut.append(&(0..=i).map(|j| k.at(i, j)).collect::<Vec<_>>()).unwrap();
    }
    assert_eq!(bits(cut.l()), bits(whole.l()));
}

#[test]
fn solving_together_equals_solving_alone() {
    let factor = Cholesky::factor(positive_definite(MEDIUM, 7)).unwrap();
    let right = random(MEDIUM, 21, 8);
    let mut together = right.clone();
    factor.solve_lower(&mut together);
    for j in 0..21 {
        let mut few: Vec<Row> = right.column(j).iter().map(|b| [1.0, *b, 0.0, 2.0, 3.0, 4.0, 5.0, 6.0]).collect();
        factor.solve_lower_few(&mut few);
        let alone: Vec<f64> = few.iter().map(|row| row[1]).collect();
        assert_eq!(alone, together.column(j));
    }
}

#[test]
fn a_solution_times_the_matrix_is_the_right_hand_side() {
    for n in SIZES {
        let k = positive_definite(n, 13);
        let b = random(n, 1, 14);
        let factor = Cholesky::factor(k.clone()).unwrap();
        let x = factor.solve(b.column(0));
        let product = |i: usize| (0..n).map(|j| k.at(i, j) * x[j]).sum::<f64>();
        // The condition number is at most n / 1e-3.
        assert!((0..n).all(|i| (product(i) - b.at(i, 0)).abs() < 1e-16 * 1e3 * (n * n) as f64 + 1e-12), "n = {n}");
        // The leading rows are a system of their own.
        let (half, leading) = (n.div_ceil(2), Matrix::from_fn(n.div_ceil(2), n.div_ceil(2), |i, j| k.at(i, j)));
        let alone = Cholesky::factor(leading).unwrap().solve(&b.column(0)[..half]);
        assert_eq!(factor.solve(&b.column(0)[..half]), alone);
    }
}

#[test]
fn the_inverse_times_the_matrix_is_the_identity() {
    for n in SIZES {
        let k = positive_definite(n, 11);
        let inverse = inverse(&Cholesky::factor(k.clone()).unwrap());
        let mut product = Matrix::zeros(n, n);
        add_product(product.data_mut(), n, Sign::Plus, inverse.view(), k.view());
        let off = |p: usize| (product.at(p % n, p / n) - f64::from(u8::from(p % n == p / n))).abs();
        // The condition number is at most n / 1e-3.
        assert!((0..n * n).map(off).fold(0.0, f64::max) < 1e-16 * 1e3 * (n * n) as f64 + 1e-12, "n = {n}");
    }
}

#[test]
fn the_log_determinant_is_that_of_a_known_matrix() {
    let k = Matrix::from_fn(3, 3, |i, j| if i == j { 4.0 } else { 1.0 });
    // Eigenvalues 3, 3 and 6.
    let expected = ln(54.0);
    assert!((Cholesky::factor(k).unwrap().log_determinant() - expected).abs() < 1e-14);
}

#[test]
fn a_matrix_that_is_not_positive_definite_is_refused_with_its_row() {
    let mut k = positive_definite(50, 12);
    k.set(37, 37, 0.0);
    assert_eq!(Cholesky::factor(k.clone()).unwrap_err().row, 37);
    k.set(37, 37, f64::NAN);
    assert_eq!(Cholesky::factor(k).unwrap_err().row, 37);
    let mut grown = Cholesky::factor(Matrix::zeros(0, 0)).unwrap();
    grown.append(&[1.0]).unwrap();
    let previous = bits(grown.l());
    assert_eq!(grown.append(&[1.0, 1.0]).unwrap_err().row, 1);
    assert_eq!(bits(grown.l()), previous);
}
