//! Squared distances added up in single precision over a chunk of columns, then subtracted from sums in double
//! precision.

use super::{Factors, Sums, one_by_one};
#[cfg(target_arch = "x86_64")]
use crate::numerics::Kernel;
use crate::numerics::active_kernel;

/// Subtracts the squared distances of all kernels of the columns, a multiple of whole lanes and at most `stride`.
pub(in super::super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Factors<'_, f32>]) {
    match active_kernel() {
        // SAFETY: a kernel is active only if this processor has its instructions.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 => unsafe { avx512::subtract_squares(sums, columns) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 => unsafe { avx2::subtract_squares(sums, columns) },
        _ => one_by_one(sums, columns, |sum, kernel, point| {
            let squares = columns.iter().fold(0.0f32, |squares, column| {
                let z = column.points[point].mul_add(column.rates[kernel], -column.centres[kernel]);
                z.mul_add(z, squares)
            });
            sum - f64::from(squares)
        }),
    }
}

/// The implementation with registers of `$width` numbers; `$low` and `$high` convert their halves to double precision.
#[cfg(target_arch = "x86_64")]
macro_rules! vectorized {
    ($module:ident, $features:literal, $width:literal, $low:expr, $high:expr, [$($more:ident),*],
     $load:ident, $set1:ident, $fmsub:ident, $fmadd:ident, $load_double:ident, $store_double:ident, $set1_double:ident,
     $sub:ident, $max:ident) => {
        mod $module {
            use std::arch::x86_64::{
                $fmadd, $fmsub, $load, $load_double, $max, $set1, $set1_double, $store_double, $sub, $($more),*
            };

            use super::super::{Factors, HALF, POINTS, Sums, walk};

            #[target_feature(enable = $features)]
            pub(super) fn subtract_squares(sums: &mut Sums<'_>, columns: &[Factors<'_, f32>]) {
                walk!(sums, columns, $width);
            }

            /// Updates `N` points by one register of kernels.
            #[inline]
            #[target_feature(enable = $features)]
            fn tile<const N: usize>(sums: &mut Sums<'_>, columns: &[Factors<'_, f32>], point: usize, kernel: usize) {
                let mut tile = [$set1(0.0); N];
                for column in columns {
                    let (rates, centres) = (&column.rates[kernel..][..$width], &column.centres[kernel..][..$width]);
                    // SAFETY: the slices have as many numbers as a register.
                    let (rates, centres) = unsafe { ($load(rates.as_ptr()), $load(centres.as_ptr())) };
                    let points = &column.points[point..][..N];
                    for i in 0..N {
                        let z = $fmsub($set1(points[i]), rates, centres);
                        tile[i] = $fmadd(z, z, tile[i]);
                    }
                }
                for half in [0, 1] {
                    let first = kernel + half * ($width / 2);
                    let margins = &mut sums.margins[first..][..$width / 2];
                    // SAFETY: the slice has as many numbers as half a register.
                    let mut largest = unsafe { $load_double(margins.as_ptr()) };
                    for i in 0..N {
                        let squares = if half == 0 { $low(tile[i]) } else { $high(tile[i]) };
                        let row = &mut sums.acc[(point + i) * sums.stride + first..][..$width / 2];
                        // SAFETY: as above.
                        let sum = $sub(unsafe { $load_double(row.as_ptr()) }, squares);
                        largest = $max($sub(sum, $set1_double(sums.floors[point + i])), largest);
                        // SAFETY: as above.
                        unsafe { $store_double(row.as_mut_ptr(), sum) };
                    }
                    // SAFETY: as above.
                    unsafe { $store_double(margins.as_mut_ptr(), largest) };
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
vectorized!(
    avx2,
    "avx2,fma",
    8,
    |squares| _mm256_cvtps_pd(_mm256_castps256_ps128(squares)),
    |squares| _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(squares)),
    [_mm256_castps256_ps128, _mm256_cvtps_pd, _mm256_extractf128_ps],
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_fmsub_ps,
    _mm256_fmadd_ps,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_set1_pd,
    _mm256_sub_pd,
    _mm256_max_pd
);

#[cfg(target_arch = "x86_64")]
vectorized!(
    avx512,
    "avx512f",
    16,
    |squares| _mm512_cvtps_pd(_mm512_castps512_ps256(squares)),
    |squares| _mm512_cvtps_pd(_mm512_castps512_ps256(_mm512_shuffle_f32x4::<0b11_10>(squares, squares))),
    [_mm512_castps512_ps256, _mm512_cvtps_pd, _mm512_shuffle_f32x4],
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_fmsub_ps,
    _mm512_fmadd_ps,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_set1_pd,
    _mm512_sub_pd,
    _mm512_max_pd
);
