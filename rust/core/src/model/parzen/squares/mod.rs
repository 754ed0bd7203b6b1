//! The innermost loop: squared distances between kernels and points.
//!
//! For each point `i`, kernel `k` and column `j` of a chunk: `acc[i][k] -= z_ijk^2`, with `z = (x_ij - mu_jk) r_jk` in
//! double precision ([`double`]), or with `z = x_ij r_jk - s_jk` and the squares added up in single precision
//! ([`single`]). A tile of one register of kernels by [`POINTS`] points stays in registers during the loop over the
//! columns, so that each number is loaded once for all points of the tile. The loop also computes the margin of each
//! kernel, which is the largest amount by which it exceeds the floor of a point.
//!
//! For every `(i, k)` the columns are added in the same order for every size of tile, so all instruction sets give the
//! same bits (`instruction_sets_agree_in_every_bit`).

pub(super) mod double;
pub(super) mod single;

/// Kernels are stored and processed in groups of this size. Changes rounding only.
pub(super) const LANES: usize = 16;

/// Number of points of a tile. This many independent sums keep two fused operations per cycle in flight. Changes no
/// suggestion.
#[cfg(target_arch = "x86_64")]
const POINTS: usize = 8;

/// Number of points of a tile if fewer remain. Changes no suggestion.
#[cfg(target_arch = "x86_64")]
const HALF: usize = POINTS / 2;

/// The kernels and the points in one column: rates `r = 1 / (s sqrt 2)`, and either means `mu` in double precision or
/// scaled means `s = mu r` in single precision.
pub(super) struct Factors<'a, T> {
    pub(super) rates: &'a [f32],
    pub(super) centres: &'a [T],
    pub(super) points: &'a [T],
}

/// The sums to be updated.
pub(super) struct Sums<'a> {
    /// Row `i`, of length `stride`, belongs to point `i`.
    pub(super) acc: &'a mut [f64],
    pub(super) stride: usize,
    /// One per point.
    pub(super) floors: &'a [f64],
    /// One per kernel.
    pub(super) margins: &'a mut [f64],
}

/// The reference implementation of both precisions, one sum at a time. `subtract` returns the sum of a kernel and a
/// point minus the squares of all columns.
fn one_by_one<T>(sums: &mut Sums<'_>, columns: &[Factors<'_, T>], subtract: impl Fn(f64, usize, usize) -> f64) {
    let Some(first) = columns.first() else { return };
    for kernel in 0..first.rates.len() {
        sums.margins[kernel] = f64::NEG_INFINITY;
        for (point, floor) in sums.floors.iter().enumerate() {
            let sum = &mut sums.acc[point * sums.stride + kernel];
            *sum = subtract(*sum, kernel, point);
            let margin = *sum - floor;
            sums.margins[kernel] = if margin > sums.margins[kernel] { margin } else { sums.margins[kernel] };
        }
    }
}

/// Applies a module's `tile` to all kernels, one register of `$width` at a time, and all points.
#[cfg(target_arch = "x86_64")]
macro_rules! walk {
    ($sums:ident, $columns:ident, $width:literal) => {
        let Some(first) = $columns.first() else { return };
        let n_points = $sums.floors.len();
        let whole = n_points / POINTS * POINTS;
        let halves = n_points / HALF * HALF;
        for kernel in (0..first.rates.len()).step_by($width) {
            $sums.margins[kernel..][..$width].fill(f64::NEG_INFINITY);
            for point in (0..whole).step_by(POINTS) {
                tile::<POINTS>($sums, $columns, point, kernel);
            }
            for point in (whole..halves).step_by(HALF) {
                tile::<HALF>($sums, $columns, point, kernel);
            }
            for point in halves..n_points {
                tile::<1>($sums, $columns, point, kernel);
            }
        }
    };
}
#[cfg(target_arch = "x86_64")]
use walk;
