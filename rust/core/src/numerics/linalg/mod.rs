//! Dense linear algebra with the same bits on every processor.
//!
//! # The chain
//! Every element that is computed here is *one chain* of fused multiply-adds over an index that only rises:
//!
//! `c <- c + a_1 b_1`, `c <- c + a_2 b_2`, ..., each step rounded once.
//!
//! How the work is cut into tiles, panels or instructions then cannot change a single bit: a tile that is left and
//! taken up again goes on with the same chain. Three things follow, and each is tested:
//!
//! - the kernels (baseline, AVX2, AVX-512) agree bit for bit (`kernels_agree_bit_for_bit`);
//! - a Cholesky factor that grew row by row *is* the factor computed at once (`append_equals_factor_bit_for_bit`), so
//!   that an incremental model and a rebuilt one cannot differ;
//! - a block of right-hand sides is solved as each of them alone would be (`solving_together_equals_solving_alone`).
//!
//! A library that is free to reorder sums cannot promise this. On one core the speed is that of `OpenBLAS`
//! (`benches/results/speed.md`).
//!
//! Matrices are column-major, as in LAPACK.

// A body must be compiled into the version of each kernel: a call would leave the instructions of the kernel.
#![allow(clippy::inline_always)]

mod cholesky;
mod direct;
mod few;
mod matrix;
mod micro;
mod product;
#[cfg(test)]
mod tests;
mod triangular;

pub use cholesky::{Cholesky, Interrupted, NotPositiveDefinite};
pub use few::{FEW, Row, SUMMED, weighted_sums};
pub use matrix::{Matrix, View};
pub use product::{Sign, add_product, dot};
