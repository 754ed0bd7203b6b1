//! Dense linear algebra with the same bits on every processor.
//!
//! # The chain
//! Every computed element is *one chain* of fused multiply-adds with a rising index:
//!
//! `c <- c + a_1 b_1`, `c <- c + a_2 b_2`, ..., each step rounded once.
//!
//! The division of the work into tiles, panels or instructions therefore cannot change a bit: a tile that is resumed
//! later continues the same chain. Three properties follow, and each is tested:
//!
//! - the kernels (baseline, AVX2, AVX-512) agree bit for bit (`kernels_agree_bit_for_bit`);
//! - a Cholesky factor that grew row by row equals the factor computed at once (`append_equals_factor_bit_for_bit`), so
//!   that an incremental model and a rebuilt one cannot differ;
//! - solving a block of right-hand sides gives the same bits as solving each of them alone
//!   (`solving_together_equals_solving_alone`).
//!
//! A library that may reorder sums cannot guarantee this. On one core the speed is that of `OpenBLAS`
//! (`benches/results/speed.md`).
//!
//! Matrices are column-major, as in LAPACK.

// A body must be inlined into the version of each kernel: a called function would not use the kernel's instructions.
#![allow(clippy::inline_always)]

mod cholesky;
mod direct;
mod few;
mod matrix;
mod micro;
mod product;
#[cfg(test)]
mod tests;

pub use cholesky::{Cholesky, Interrupted, NotPositiveDefinite};
pub use few::{FEW, Row, SUMMED, weighted_sums};
pub use matrix::{Matrix, MatrixView};
pub use product::{Sign, add_product, dot};
