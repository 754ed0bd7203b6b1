//! The innermost tile of a matrix product, with one version per kernel.

#[cfg(target_arch = "x86_64")]
use crate::numerics::Kernel;
use crate::numerics::active_kernel;

/// Rows of a tile.
pub(super) const ROWS: usize = 16;
/// Columns of a tile.
pub(super) const COLS: usize = 8;

/// A tile of the result, column by column.
pub(super) type Tile = [[f64; ROWS]; COLS];

/// `tile[j][i] += sum_k left[k][i] right[k][j]`, `k` rising, each step one fused multiply-add.
///
/// `left` holds `ROWS` and `right` `COLS` numbers per `k`.
pub(super) fn multiply_add(left: &[f64], right: &[f64], tile: &mut Tile) {
    match active_kernel() {
        // SAFETY: `active_kernel` names a kernel only if this processor has its instructions.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => unsafe { avx512(left, right, tile) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => unsafe { avx2(left, right, tile) },
        _ => in_parts::<8, 4>(left, right, tile),
    }
}

/// 16 accumulators of 8 numbers: the register file is full, and each load of `right` serves two of them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512(left: &[f64], right: &[f64], tile: &mut Tile) {
    use std::arch::x86_64::{_mm512_fmadd_pd, _mm512_loadu_pd, _mm512_set1_pd, _mm512_setzero_pd, _mm512_storeu_pd};

    let mut sums = [[_mm512_setzero_pd(); 2]; COLS];
    for (sum, column) in sums.iter_mut().zip(tile.iter()) {
        // SAFETY: a column holds 16 numbers, two loads of eight.
        *sum = unsafe { [_mm512_loadu_pd(column.as_ptr()), _mm512_loadu_pd(column.as_ptr().add(8))] };
    }
    for (x, y) in left.chunks_exact(ROWS).zip(right.chunks_exact(COLS)) {
        // SAFETY: a chunk of `left` holds 16 numbers, two loads of eight.
        let x = unsafe { [_mm512_loadu_pd(x.as_ptr()), _mm512_loadu_pd(x.as_ptr().add(8))] };
        for (sum, y) in sums.iter_mut().zip(y) {
            let y = _mm512_set1_pd(*y);
            *sum = [_mm512_fmadd_pd(x[0], y, sum[0]), _mm512_fmadd_pd(x[1], y, sum[1])];
        }
    }
    for (sum, column) in sums.iter().zip(tile.iter_mut()) {
        // SAFETY: a column holds 16 numbers, two stores of eight.
        unsafe {
            _mm512_storeu_pd(column.as_mut_ptr(), sum[0]);
            _mm512_storeu_pd(column.as_mut_ptr().add(8), sum[1]);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(left: &[f64], right: &[f64], tile: &mut Tile) {
    in_parts::<8, 4>(left, right, tile);
}

/// Computes the tile in parts of `R x C`, which fit into the registers of a smaller kernel.
#[inline(always)]
fn in_parts<const R: usize, const C: usize>(left: &[f64], right: &[f64], tile: &mut Tile) {
    for row in (0..ROWS).step_by(R) {
        for column in (0..COLS).step_by(C) {
            part::<R, C>(left, right, tile, row, column);
        }
    }
}

#[inline(always)]
fn part<const R: usize, const C: usize>(left: &[f64], right: &[f64], tile: &mut Tile, row: usize, column: usize) {
    let mut sums = [[0.0; R]; C];
    for (j, sum) in sums.iter_mut().enumerate() {
        sum.copy_from_slice(&tile[column + j][row..row + R]);
    }
    for (x, y) in left.chunks_exact(ROWS).zip(right.chunks_exact(COLS)) {
        let (x, y) = (&x[row..row + R], &y[column..column + C]);
        for j in 0..C {
            for i in 0..R {
                sums[j][i] = x[i].mul_add(y[j], sums[j][i]);
            }
        }
    }
    for (j, sum) in sums.iter().enumerate() {
        tile[column + j][row..row + R].copy_from_slice(sum);
    }
}
