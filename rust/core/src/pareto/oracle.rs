//! Hypervolumes computed by moocore, for tests. `tests/integrations/test_moocore.py` computes them again.

/// Number of points.
const POINTS: u32 = 40;
/// The coordinates are the fractional parts of the multiples of these roots.
const ROOTS: [f64; 5] = [2.0, 3.0, 5.0, 7.0, 11.0];
/// The reference point of all objectives.
pub(super) const REFERENCE: f64 = 1.1;
/// The hypervolumes for two, three, four and five objectives.
pub(super) const HYPERVOLUMES: [f64; 4] =
    [1.1091052870431162, 1.1044057642574452, 0.9475019391141215, 0.7157080050579633];

/// The points for `m` objectives.
pub(super) fn points(m: usize) -> Vec<Vec<f64>> {
    (1..=POINTS).map(|i| ROOTS[..m].iter().map(|root| (f64::from(i) * libm::sqrt(*root)).fract()).collect()).collect()
}
