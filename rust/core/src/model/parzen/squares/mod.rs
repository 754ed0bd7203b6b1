//! The innermost loop: squared distances of kernels and points.
//!
//! For each point `i`, kernel `k` and column `j` of a few: `acc[i][k] -= z_ijk^2`, `z = (x_ij - mu_jk) r_jk`, in double
//! precision ([`double`]), or with the squares added up in single precision ([`single`]), `z = x_ij r_jk - s_jk`. A
//! tile of one register of kernels by [`POINTS`] points stays in registers while it walks the columns, so that each
//! number is loaded once for all points of the tile. What still matters is found on the way: the margin of a kernel is
//! the most by which it exceeds the floor of a point.
//!
//! For every `(i, k)` the columns are added in order, whatever the tile: all instruction sets give the same bits
//! (`instruction_sets_agree_in_every_bit`).

pub(super) mod double;
pub(super) mod single;

/// Kernels are stored and processed in groups of this many.
pub(super) const LANES: usize = 16;

/// Points of a tile: with as many sums, two fused operations a cycle are under way at any moment.
const POINTS: usize = 8;

/// Points of a tile where fewer are left.
const HALF: usize = POINTS / 2;

/// The kernels in one column, with the coordinate of every point in it: rates `r = 1 / (s sqrt 2)`, and the means `mu`
/// in double, or the scaled means `s = mu r` in single precision.
pub(super) struct Column<'a, T> {
    pub(super) rates: &'a [f32],
    pub(super) centres: &'a [T],
    pub(super) points: &'a [T],
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

/// The definition of both precisions, one sum at a time: `subtract` takes the columns from the sum of a kernel and a
/// point.
fn one_by_one<T>(sums: &mut Sums<'_>, columns: &[Column<'_, T>], subtract: impl Fn(f64, usize, usize) -> f64) {
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

/// The walk of a module's `tile` over kernels, a register of `$width` at a time, and points.
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
