//! The output warp: maps objective values to the scale that models are fitted on, and back.
//!
//! The warp keeps the shape of the better half of the losses and only the order of the worse half ([`HalfRank`]). A
//! model depends on distances between values, and a single enormous loss would compress all others to a point.
//! [`half_rank`] first rescales the values so that nothing overflows or underflows, and standardizes the result to zero
//! mean and unit variance for the Gaussian process. The result depends on the worse half through its ranks alone
//! (`bad_values_matter_through_their_ranks_alone`). With several objectives, [`logarithmic_beyond`] keeps the shape of their
//! front. [`Unwarp`] maps warped losses back to values.

use crate::numerics::normal::ndtri;
use crate::numerics::{ascending, half_of_fenced_end, ln, standardized};

/// Distance beyond the border from which on values of one of several objectives are all alike, in units of the range up
/// to the border. (Half and twice: `benches/results/constants.md`.)
const MAX_BEYOND: f64 = 100.0;
/// Largest relative difference between values that count as equal. Values have relative rounding errors of about 1e-16,
/// so a slope between values that are further apart has a relative error of about 1e-4. A choice, not measured.
const ROUNDING: f64 = 1e-12;

/// The half-rank warp (Golovin et al. 2017, Vizier): losses up to the median stay unchanged, and each worse loss is
/// replaced by a value that depends only on its rank among the worse ones.
///
/// Let `m` be the lower median, `s^2` the mean of `(y - m)^2` over `y <= m`, and `r = 1..=R` the rank of `y > m`
/// counted from the worst, where equal losses share a rank. Then `y -> m - s Phi^-1(q)` with
/// `q = (r - 1/2) / (2 R + 1)`. The worse losses thus form the upper half of a normal distribution whose lower half has
/// the spread of the better losses.
#[derive(Clone, Debug)]
pub struct HalfRank {
    median: f64,
    spread: f64,
    /// Distinct losses above the median, in increasing order.
    worse: Vec<f64>,
}

impl HalfRank {
    /// The warp for the given losses, which must be in increasing order.
    pub fn new(sorted: &[f64]) -> Self {
        let median = sorted.get((sorted.len().max(1) - 1) / 2).copied().unwrap_or(0.0);
        let mut worse: Vec<f64> = sorted.iter().copied().filter(|y| *y > median).collect();
        worse.dedup();
        let below: Vec<f64> = sorted.iter().filter(|y| **y <= median).map(|y| median - y).collect();
        Self { median, spread: root_mean_square(&below), worse }
    }

    /// Warps a loss.
    pub fn of(&self, y: f64) -> f64 {
        if y <= self.median {
            return y;
        }
        let from_worst = self.worse.len() - self.worse.partition_point(|w| *w < y);
        let q = (from_worst as f64 - 0.5) / (2.0 * self.worse.len() as f64 + 1.0);
        self.median - self.spread * ndtri(q)
    }
}

/// Root mean square of non-negative numbers without overflow; 1 if all are zero, because only ratios matter then.
fn root_mean_square(distances: &[f64]) -> f64 {
    let largest = distances.iter().fold(0.0, |a: f64, b| a.max(*b));
    if largest == 0.0 {
        return 1.0;
    }
    if largest.is_infinite() {
        return f64::MAX / 16.0;
    }
    let squares: f64 = distances.iter().map(|d| (d / largest) * (d / largest)).sum();
    largest * libm::sqrt(squares / distances.len() as f64)
}

/// Warps values (smaller is better) to zero mean and unit variance; equal values become zeros.
///
/// Values may be plus infinity but not NaN.
pub fn half_rank(values: &[f64]) -> Vec<f64> {
    let Some((order, median)) = differing(values) else { return vec![0.0; values.len()] };
    let centred = beyond(median, values, &order);
    let warp = HalfRank::new(&order.iter().map(|i| centred[*i]).collect::<Vec<_>>());
    standardized(&centred.iter().map(|z| warp.of(*z)).collect::<Vec<_>>()).0
}

/// Warps values of one of several objectives to zero mean and unit variance; equal values become zeros.
///
/// Ranks would flatten the front wherever it lies in the worse half of an objective, and the more so the more trials lie
/// at its other end. With the best value `l` and a border `b`, the warp is therefore linear up to `b` and logarithmic
/// beyond:
///
/// ```text
/// y -> (y - b) / (b - l)                          y <= b
///      ln(1 + min((y - b) / (b - l), 100))        y > b
/// ```
///
/// `b` is the worst value on the front (`front`, in increasing order), at most Tukey's far-out fence `q3 + 3 (q3 - q1)`
/// of these values, at least the median of all values. Values may be plus infinity but not NaN.
pub fn logarithmic_beyond(values: &[f64], front: &[f64]) -> Vec<f64> {
    let Some((order, median)) = differing(values) else { return vec![0.0; values.len()] };
    let warp = |z: f64| if z > 0.0 { ln(1.0 + z.min(MAX_BEYOND)) } else { z };
    let distances = beyond(half_of_fenced_end(front).max(median), values, &order);
    standardized(&distances.into_iter().map(warp).collect::<Vec<_>>()).0
}

/// The order of values, and half of their lower median, or half of the best one if the median is infinite; `None` if all
/// are equal or the best one is infinite.
fn differing(values: &[f64]) -> Option<(Vec<usize>, f64)> {
    let order = ascending(values);
    let (lowest, median) = (values[*order.first()?], values[order[(order.len() - 1) / 2]]);
    let differ = !lowest.is_infinite() && values.iter().any(|y| *y != lowest);
    differ.then(|| (order, if median.is_finite() { median } else { lowest } / 2.0))
}

/// The distances of values beyond a border, in units of that between the best one and the border. The border is halved,
/// so that no difference overflows.
fn beyond(half_border: f64, values: &[f64], order: &[usize]) -> Vec<f64> {
    let best = values[order[0]] / 2.0;
    let scale = if half_border > best { half_border - best } else { largest_gap(values, half_border) };
    values.iter().map(|y| (y / 2.0 - half_border) / scale).collect()
}

/// The largest finite distance beyond a border, the unit if no value is better than it.
fn largest_gap(values: &[f64], half_border: f64) -> f64 {
    let gaps = values.iter().map(|y| y / 2.0 - half_border).filter(|gap| *gap > 0.0 && gap.is_finite());
    gaps.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
}

/// Warped units per unit of value in the better half, where the warp is linear; zero if all its values are equal.
pub fn good_half_slope(values: &[f64], warped: &[f64]) -> f64 {
    let order = ascending(values);
    let (low, middle) = (order[0], order[(order.len() - 1) / 2]);
    let (rise, run) = (warped[middle] - warped[low], values[middle] - values[low]);
    if run > 0.0 && run.is_finite() { rise / run } else { 0.0 }
}

/// Warped units per unit of value from the best value to the lower median, where [`logarithmic_beyond`] is linear; to the
/// next value if the median is the best one; zero if all finite values are equal.
pub fn slope_at_best(values: &[f64], warped: &[f64]) -> f64 {
    let order = ascending(values);
    let Some(low) = order.first().copied() else { return 0.0 };
    let beyond = order[(order.len() - 1) / 2..].iter().copied().find(|i| values[*i] > values[low]);
    // Halved, so that the difference cannot overflow.
    beyond.map_or(0.0, |i| (warped[i] - warped[low]) / (values[i] / 2.0 - values[low] / 2.0) / 2.0)
}

/// The best value in place of one that is worse by a rounding error. Warps and slopes divide by the distances of values
/// from the best one. Without this, a mean of the same folds in another order could become the unit of a model.
pub fn without_rounding(value: f64, best: f64) -> f64 {
    let is_equal = value / 2.0 - best / 2.0 <= ROUNDING / 2.0 * value.abs().max(best.abs());
    if value.is_finite() && is_equal { best } else { value }
}

/// Maps warped losses to values by linear interpolation between the observed ones.
#[derive(Clone, Debug)]
pub struct Unwarp {
    /// Warped losses in increasing order, with their values.
    observed: Vec<(f64, f64)>,
    slope: f64,
}

impl Unwarp {
    /// From at least one value and the corresponding warped losses.
    pub fn new(values: &[f64], warped: &[f64]) -> Self {
        let mut observed: Vec<(f64, f64)> = warped.iter().copied().zip(values.iter().copied()).collect();
        observed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        Self { observed, slope: good_half_slope(values, warped) }
    }

    /// With another slope below the best value.
    #[must_use]
    pub fn with_slope(self, slope: f64) -> Self {
        Self { slope, ..self }
    }

    /// Whether distances below the best value are defined; they are not if all values of the better half are equal.
    pub fn has_unit(&self) -> bool {
        self.slope > 0.0
    }

    /// The value that the warp maps to `loss`. Below the best observed value it continues the line of the better half;
    /// above the worst it stays at the worst.
    pub fn of(&self, loss: f64) -> f64 {
        let above = self.observed.partition_point(|(known, _)| *known < loss);
        if above == self.observed.len() {
            return self.observed[above - 1].1;
        }
        let (upper, high) = self.observed[above];
        if above == 0 {
            return if self.has_unit() { high - (upper - loss) / self.slope } else { high };
        }
        let (lower, low) = self.observed[above - 1];
        let share = (loss - lower) / (upper - lower);
        (1.0 - share) * low + share * high
    }

    /// The loss to which the warp maps `value`, the inverse of [`Self::of`]. `None` for a value that is worse than all
    /// observed ones, and for a better one if distances below the best value are not defined.
    pub fn inverse(&self, value: f64) -> Option<f64> {
        let above = self.observed.partition_point(|(_, known)| *known < value);
        let (upper, high) = *self.observed.get(above)?;
        if above == 0 {
            return (value == high || self.has_unit()).then_some(upper - (high - value) * self.slope);
        }
        let (lower, low) = self.observed[above - 1];
        // Halved, so that no difference overflows.
        Some(lower + (upper - lower) * ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_returns_from_losses_to_values() {
        let (values, losses) = ([4.0, 1.0, 2.0, 8.0], [0.5, -1.0, 0.0, 0.5]);
        let unwarp = Unwarp::new(&values, &losses).with_slope(1.0);
        for (value, loss) in [(1.0, -1.0), (1.5, -0.5), (2.0, 0.0), (3.0, 0.25), (0.5, -1.5)] {
            assert_eq!((unwarp.inverse(value), unwarp.of(loss)), (Some(loss), value));
        }
        assert_eq!(unwarp.inverse(6.0), Some(0.5), "between values with the same loss");
        assert_eq!(unwarp.inverse(9.0), None, "worse than all");
        assert_eq!(Unwarp::new(&[1.0], &[0.0]).inverse(0.5), None, "without a unit");
    }

    #[test]
    fn the_better_half_is_unchanged_and_the_worse_half_depends_on_ranks() {
        let warp = HalfRank::new(&[0.0, 1.0, 2.0, 3.0, 3.0, 1e9]);
        assert_eq!([0.0, 1.0, 2.0].map(|y| warp.of(y)), [0.0, 1.0, 2.0]);
        let spread = libm::sqrt(5.0 / 3.0);
        assert!((warp.of(3.0) - (2.0 - spread * ndtri(1.5 / 5.0))).abs() < 1e-12);
        assert!((warp.of(1e9) - (2.0 - spread * ndtri(0.5 / 5.0))).abs() < 1e-12);
        let same_ranks = HalfRank::new(&[0.0, 1.0, 2.0, 2.5, 2.5, f64::INFINITY]);
        assert_eq!(same_ranks.of(f64::INFINITY), warp.of(1e9));
    }

    #[test]
    fn degenerate_losses_stay_finite() {
        assert!(HalfRank::new(&[1.0, 1.0, 2.0]).of(2.0) > 1.0);
        assert!(HalfRank::new(&[-1.7e308, 1.7e308, 1.75e308]).of(1.75e308) > 1.7e308);
        assert_eq!(HalfRank::new(&[]).of(0.0), 0.0);
    }

    #[test]
    fn unwarping_is_piecewise_linear() {
        // The better half has the slope (0.5 + 1) / (10 - 4) = 0.25.
        let unwarp = Unwarp::new(&[10.0, 4.0, 1e6], &[0.5, -1.0, 2.0]);
        for (loss, value) in [(-1.0, 4.0), (0.5, 10.0), (-0.25, 7.0), (-1.5, 2.0), (2.0, 1e6), (9.0, 1e6)] {
            let unwarped = unwarp.of(loss);
            assert!((unwarped - value).abs() < 1e-9, "{loss} {unwarped} {value}");
        }
        assert_eq!(Unwarp::new(&[4.0, 4.0, 9.0], &[-1.0, -1.0, 2.0]).of(-3.0), 4.0);
    }

    #[test]
    fn bad_values_matter_through_their_ranks_alone() {
        let y = [0.3, 5.0, 0.1, 9.0, 0.2, 7.0, 0.25];
        let wild = [0.3, 1e300, 0.1, f64::INFINITY, 0.2, 1e301, 0.25];
        assert_eq!(half_rank(&y), half_rank(&wild));
        let scaled: Vec<f64> = y.iter().map(|y| y * 1024.0).collect();
        assert_eq!(half_rank(&y), half_rank(&scaled));
    }

    /// More trials at one end of a front do not flatten the other one.
    #[test]
    fn with_several_objectives_the_warp_is_linear_along_the_front() {
        let y = [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 3.0, 9.0];
        let warped = logarithmic_beyond(&y, &[0.0, 0.5, 1.0]);
        let unit = warped[6] - warped[0];
        assert!((slope_at_best(&y, &warped) - unit).abs() < 1e-12, "most trials share the best value");
        for (value, expected) in [(5, 0.5), (7, 1.0 + libm::log(3.0)), (8, 1.0 + libm::log(9.0))] {
            assert!(((warped[value] - warped[0]) / unit - expected).abs() < 1e-12, "{warped:?}");
        }
        let wild = [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 3.0, f64::INFINITY];
        assert!(logarithmic_beyond(&wild, &[0.0, 0.5, 1.0])[8] < 4.0);
    }

    #[test]
    fn a_value_that_is_worse_by_a_rounding_error_is_the_best_one() {
        let values = |best: f64| [best.next_up(), best + best.abs() * 1e-9 + 1e-300, f64::INFINITY, best];
        for best in [1.0, -3.0, 0.04, 1e300, -1e300] {
            let [equal, other, infinite, same] = values(best);
            let settled = [equal, other, infinite, same].map(|value| without_rounding(value, best));
            assert_eq!(settled, [best, other, infinite, best]);
        }
        assert_eq!(without_rounding(1e-300, 0.0), 1e-300);
        assert_eq!(slope_at_best(&[1.0, 1.0, f64::INFINITY], &[0.0, 0.0, 1.0]), 0.0);
    }

    #[test]
    fn a_far_end_of_the_front_does_not_flatten_the_rest() {
        let front: Vec<f64> = (0..9).map(f64::from).chain([1e6]).collect();
        let warped = logarithmic_beyond(&front, &front);
        assert!(warped[8] - warped[0] > 0.1, "{warped:?}");
    }

    #[test]
    fn warping_keeps_the_order_and_stays_finite() {
        for y in [
            vec![f64::MAX, -f64::MAX, 0.0, 1.0],
            vec![5e-324, 0.0, 1e-323, 2e-323],
            vec![1.0, 1.0, 1.0, f64::INFINITY],
            vec![0.0, 0.0, 0.0, 5e-324],
            vec![1.0],
            vec![f64::INFINITY; 3],
            vec![-1e308, 1e308],
        ] {
            let front: Vec<f64> = ascending(&y).into_iter().map(|i| y[i]).collect();
            for warped in [half_rank(&y), logarithmic_beyond(&y, &front), logarithmic_beyond(&y, &front[..1])] {
                assert!(warped.iter().all(|w| w.is_finite()), "{y:?} {warped:?}");
                for i in 0..y.len() {
                    for k in 0..y.len() {
                        assert!(y[i] >= y[k] || warped[i] <= warped[k], "{y:?} {warped:?}");
                    }
                }
            }
        }
    }
}
