//! The innermost loop: squared distances of kernels and points.
//!
//! For each point `i`, kernel `k` and column `j` of a few: `acc[i][k] -= (x_ij r_jk - s_jk)^2`, with two fused
//! multiply-adds. A tile of [`LANES`] kernels by [`POINTS`] points stays in registers while it walks the columns, so that
//! each number is loaded once for all points of the tile. What still matters is found on the way: the margin of a kernel
//! is the most by which it exceeds the floor of a point.
//!
//! For every `(i, k)` the columns are added in order, whatever the tile: all instruction sets give the same bits
//! (`instruction_sets_agree_in_every_bit`).

use crate::numerics::{Kernel, active_kernel};

/// Kernels are stored and processed in groups of this many.
pub(super) const LANES: usize = 8;

/// Points of a tile: with as many sums, two fused operations a cycle are under way at any moment.
const POINTS: usize = 8;

/// Points of a tile where fewer are left.
const HALF: usize = POINTS / 2;

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
        // SAFETY: a kernel is active only if this processor has its instructions.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => unsafe { avx512::subtract_squares(sums, columns) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => unsafe { avx2::subtract_squares(sums, columns) },
        _ => baseline(sums, columns),
    }
}

/// The definition, one sum at a time.
fn baseline(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
    let Some(first) = columns.first() else { return };
    for kernel in 0..first.rates.len() {
        sums.margins[kernel] = f64::NEG_INFINITY;
        for (point, floor) in sums.floors.iter().enumerate() {
            let sum = &mut sums.acc[point * sums.stride + kernel];
            for column in columns {
                let z = column.points[point].mul_add(column.rates[kernel], -column.scaled[kernel]);
                *sum = (-z).mul_add(z, *sum);
            }
            let margin = *sum - floor;
            sums.margins[kernel] = if margin > sums.margins[kernel] { margin } else { sums.margins[kernel] };
        }
    }
}

/// The same for registers of `$width` numbers.
#[cfg(target_arch = "x86_64")]
macro_rules! vectorised {
    ($module:ident, $features:literal, $width:literal, $load:ident, $store:ident, $set1:ident, $fmsub:ident, $fnmadd:ident,
     $sub:ident, $max:ident) => {
        mod $module {
            use std::arch::x86_64::{$fmsub, $fnmadd, $load, $max, $set1, $store, $sub};

            use super::{Column, HALF, POINTS, Sums};

            #[target_feature(enable = $features)]
            pub(super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Column<'_>]) {
                let Some(first) = columns.first() else { return };
                let n_points = sums.floors.len();
                let whole = n_points / POINTS * POINTS;
                let halves = n_points / HALF * HALF;
                for kernel in (0..first.rates.len()).step_by($width) {
                    sums.margins[kernel..][..$width].fill(f64::NEG_INFINITY);
                    for point in (0..whole).step_by(POINTS) {
                        tile::<POINTS>(sums, columns, point, kernel);
                    }
                    for point in (whole..halves).step_by(HALF) {
                        tile::<HALF>(sums, columns, point, kernel);
                    }
                    for point in halves..n_points {
                        tile::<1>(sums, columns, point, kernel);
                    }
                }
            }

            /// `N` points by one register of kernels.
            #[inline]
            #[target_feature(enable = $features)]
            fn tile<const N: usize>(sums: &mut Sums<'_>, columns: &[Column<'_>], point: usize, kernel: usize) {
                let row = |i: usize| (point + i) * sums.stride + kernel;
                let mut tile = [$set1(0.0); N];
                for i in 0..N {
                    // SAFETY: the slice has as many numbers as a register.
                    tile[i] = unsafe { $load(sums.acc[row(i)..][..$width].as_ptr()) };
                }
                for column in columns {
                    let (rates, scaled) = (&column.rates[kernel..][..$width], &column.scaled[kernel..][..$width]);
                    // SAFETY: as above.
                    let (rates, scaled) = unsafe { ($load(rates.as_ptr()), $load(scaled.as_ptr())) };
                    let points = &column.points[point..][..N];
                    for i in 0..N {
                        let z = $fmsub($set1(points[i]), rates, scaled);
                        tile[i] = $fnmadd(z, z, tile[i]);
                    }
                }
                // SAFETY: as above.
                let mut margins = unsafe { $load(sums.margins[kernel..][..$width].as_ptr()) };
                for i in 0..N {
                    margins = $max($sub(tile[i], $set1(sums.floors[point + i])), margins);
                    // SAFETY: as above.
                    unsafe { $store(sums.acc[row(i)..][..$width].as_mut_ptr(), tile[i]) };
                }
                // SAFETY: as above.
                unsafe { $store(sums.margins[kernel..][..$width].as_mut_ptr(), margins) };
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
vectorised!(
    avx2,
    "avx2,fma",
    4,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_set1_pd,
    _mm256_fmsub_pd,
    _mm256_fnmadd_pd,
    _mm256_sub_pd,
    _mm256_max_pd
);

#[cfg(target_arch = "x86_64")]
vectorised!(
    avx512,
    "avx512f",
    8,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_set1_pd,
    _mm512_fmsub_pd,
    _mm512_fnmadd_pd,
    _mm512_sub_pd,
    _mm512_max_pd
);
