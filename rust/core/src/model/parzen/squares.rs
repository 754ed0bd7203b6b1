//! The innermost loop: squared distances of kernels and points.
//!
//! For each point `i`, kernel `k` and column `j` of a few: `acc[i][k] -= (x_ij r_jk - s_jk)^2`, with two fused
//! multiply-adds. A tile of [`LANES`] kernels by some points stays in registers while it walks the columns, so that
//! each number is loaded once for all points of the tile. What still matters is found on the way: the margin of a kernel
//! is the most by which it exceeds the floor of a point.
//!
//! For every `(i, k)` the columns are added in order, whatever the tile: all instruction sets give the same bits.

use crate::numerics::{Kernel, active_kernel};

/// Kernels are stored and processed in groups of this many.
pub(super) const LANES: usize = 8;

/// The rates `1 / (s sqrt 2)` and scaled means `mu / (s sqrt 2)` of the kernels, in one column, with the coordinate of
/// every point in it.
pub(super) struct Column<'a> {
    pub(super) rates: &'a [f64],
    pub(super) scaled: &'a [f64],
    pub(super) points: &'a [f64],
}

/// What is updated.
pub(super) struct Sums<'a> {
    /// Row `i` of length `stride` belongs to point `i`.
    pub(super) acc: &'a mut [f64],
    pub(super) stride: usize,
    /// One a point.
    pub(super) floors: &'a [f64],
    /// One a kernel.
    pub(super) margins: &'a mut [f64],
}

/// Subtracts the squared distances of as many kernels as the columns have: a multiple of [`LANES`], at most `stride`.
pub(super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
    match active_kernel() {
        // SAFETY: the kernel is active only if the processor has these features (`numerics::kernel`).
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => unsafe { avx512(sums, columns) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => unsafe { avx2(sums, columns) },
        _ => all_tiles::<4>(sums, columns),
    }
}

/// 8 points by 8 kernels: 8 of 32 registers hold sums.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn avx512(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
    all_tiles::<8>(sums, columns);
}

/// 4 points by 8 kernels: 8 of 16 registers hold sums.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
    all_tiles::<4>(sums, columns);
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the instruction set is that of the caller")]
fn all_tiles<const POINTS: usize>(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
    let Some(first) = columns.first() else { return };
    let (n_points, n_kernels) = (first.points.len(), first.rates.len());
    let whole = n_points / POINTS * POINTS;
    for kernel in (0..n_kernels).step_by(LANES) {
        let mut margins = [f64::NEG_INFINITY; LANES];
        for point in (0..whole).step_by(POINTS) {
            tile::<POINTS>(sums, columns, point, kernel, &mut margins);
        }
        for point in whole..n_points {
            tile::<1>(sums, columns, point, kernel, &mut margins);
        }
        sums.margins[kernel..][..LANES].copy_from_slice(&margins);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the instruction set is that of the caller")]
fn tile<const POINTS: usize>(
    sums: &mut Sums<'_>,
    columns: &[Column<'_>],
    point: usize,
    kernel: usize,
    margins: &mut [f64; LANES],
) {
    let mut tile = [[0.0; LANES]; POINTS];
    for (i, sum) in tile.iter_mut().enumerate() {
        sum.copy_from_slice(&sums.acc[(point + i) * sums.stride + kernel..][..LANES]);
    }
    for column in columns {
        let rates = &column.rates[kernel..][..LANES];
        let scaled = &column.scaled[kernel..][..LANES];
        for (sum, x) in tile.iter_mut().zip(&column.points[point..][..POINTS]) {
            for lane in 0..LANES {
                let z = x.mul_add(rates[lane], -scaled[lane]);
                sum[lane] = (-z).mul_add(z, sum[lane]);
            }
        }
    }
    for (i, sum) in tile.iter().enumerate() {
        let floor = sums.floors[point + i];
        for lane in 0..LANES {
            let margin = sum[lane] - floor;
            margins[lane] = if margin > margins[lane] { margin } else { margins[lane] };
        }
        sums.acc[(point + i) * sums.stride + kernel..][..LANES].copy_from_slice(sum);
    }
}
