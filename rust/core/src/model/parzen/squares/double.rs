//! Squared distances in double precision.

use super::{Factors, Sums, one_by_one};
#[cfg(target_arch = "x86_64")]
use crate::numerics::Kernel;
use crate::numerics::active_kernel;

/// Subtracts the squared distances of all kernels of the columns, a multiple of whole lanes and at most `stride`.
pub(in super::super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Factors<'_, f64>]) {
    match active_kernel() {
        // SAFETY: a kernel is active only if this processor has its instructions.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => unsafe { avx512::subtract_squares(sums, columns) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => unsafe { avx2::subtract_squares(sums, columns) },
        _ => one_by_one(sums, columns, |sum, kernel, point| {
            columns.iter().fold(sum, |sum, column| {
                let z = (column.points[point] - column.centres[kernel]) * f64::from(column.rates[kernel]);
                (-z).mul_add(z, sum)
            })
        }),
    }
}

/// The implementation with registers of `$width` numbers.
#[cfg(target_arch = "x86_64")]
macro_rules! vectorized {
    ($module:ident, $features:literal, $width:literal, $load:ident, $store:ident, $set1:ident, $load_single:ident, $widen:ident,
     $mul:ident, $fnmadd:ident, $sub:ident, $max:ident) => {
        mod $module {
            use std::arch::x86_64::{$fnmadd, $load, $load_single, $max, $mul, $set1, $store, $sub, $widen};

            use super::super::{Factors, HALF, POINTS, Sums, walk};

            #[target_feature(enable = $features)]
            pub(super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Factors<'_, f64>]) {
                walk!(sums, columns, $width);
            }

            /// Updates `N` points by one register of kernels.
            #[inline]
            #[target_feature(enable = $features)]
            fn tile<const N: usize>(sums: &mut Sums<'_>, columns: &[Factors<'_, f64>], point: usize, kernel: usize) {
                let row = |i: usize| (point + i) * sums.stride + kernel;
                let mut tile = [$set1(0.0); N];
                for i in 0..N {
                    // SAFETY: the slice has as many numbers as a register.
                    tile[i] = unsafe { $load(sums.acc[row(i)..][..$width].as_ptr()) };
                }
                for column in columns {
                    let (rates, centres) = (&column.rates[kernel..][..$width], &column.centres[kernel..][..$width]);
                    // SAFETY: as above.
                    let (rates, centres) = unsafe { ($widen($load_single(rates.as_ptr())), $load(centres.as_ptr())) };
                    let points = &column.points[point..][..N];
                    for i in 0..N {
                        let z = $mul($sub($set1(points[i]), centres), rates);
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
vectorized!(
    avx2,
    "avx2,fma",
    4,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_set1_pd,
    _mm_loadu_ps,
    _mm256_cvtps_pd,
    _mm256_mul_pd,
    _mm256_fnmadd_pd,
    _mm256_sub_pd,
    _mm256_max_pd
);

#[cfg(target_arch = "x86_64")]
vectorized!(
    avx512,
    "avx512f",
    8,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_set1_pd,
    _mm256_loadu_ps,
    _mm512_cvtps_pd,
    _mm512_mul_pd,
    _mm512_fnmadd_pd,
    _mm512_sub_pd,
    _mm512_max_pd
);
