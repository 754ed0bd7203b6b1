//! Times the linear algebra of the Gaussian process; `python -m benches.python.linalg` runs it beside `OpenBLAS`.
//!
//! Prints the milliseconds of a Cholesky factorization and of a matrix product of `n` rows, the best of several.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::disallowed_types,
    reason = "a benchmark needs a clock and prints; the core has neither"
)]

use std::time::Instant;

use tanteo_core::numerics::linalg::{Cholesky, Matrix, Sign, add_product};
use tanteo_core::numerics::{Purpose, Stream};

/// A symmetric matrix with a dominant diagonal.
fn positive_definite(n: usize) -> Matrix {
    let mut stream = Stream::new(0, 0, Purpose::Sample, 0);
    let mut k = Matrix::from_fn(n, n, |_, _| stream.uniform());
    for i in 0..n {
        k.set(i, i, n as f64);
    }
    k
}

/// Milliseconds of the fastest of `repeats` runs.
fn best(repeats: usize, mut work: impl FnMut() -> f64) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..repeats {
        let start = Instant::now();
        std::hint::black_box(work());
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    1e3 * fastest
}

fn main() {
    for n in [100, 300, 1000] {
        let k = positive_definite(n);
        let repeats = 40_000 / n;
        let cholesky = best(repeats, || Cholesky::factor(k.clone()).map_or(0.0, |factor| factor.l().at(n - 1, n - 1)));
        let mut product = vec![0.0; n * n];
        let multiply = best(repeats, || {
            add_product(&mut product, n, Sign::Plus, k.view(), k.view());
            product[0]
        });
        println!("{n} {cholesky} {multiply}");
    }
}
