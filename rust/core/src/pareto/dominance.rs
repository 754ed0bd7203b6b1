//! Pareto dominance of points with several objectives, all minimized.
//!
//! A point dominates another if it is nowhere worse and somewhere better. The points that no other one dominates form
//! front 0. Without them, the non-dominated points form front 1, and so on. Values may be infinite, never NaN.

use core::cmp::Ordering;

use crate::numerics::{ascending, work};

/// Number of joint draws in [`front_shares`]. The standard error of a share is at most `1 / (2 sqrt(256))`, 0.03. Changes
/// no suggestion.
pub const DRAWS: usize = 256;

/// Whether `a` dominates `b`.
#[inline]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    work::count(1);
    a.iter().zip(b).all(|(x, y)| x <= y) && a != b
}

/// Indices of the points that no other one dominates, increasing.
pub fn front(points: &[Vec<f64>]) -> Vec<usize> {
    let mut front: Vec<usize> = Vec::new();
    for i in lexicographic_order(points, 0) {
        if !is_dominated(&front, points, i) {
            front.push(i);
        }
    }
    front.sort_unstable();
    front
}

/// For each of `n` points, the share of [`DRAWS`] joint draws in which no other point dominates it. `draw` gives
/// all points of the draw with this number.
pub fn front_shares(n: usize, draw: impl FnMut(usize) -> Vec<Vec<f64>>) -> Vec<f64> {
    let mut counts = vec![0_u32; n];
    for points in (0..DRAWS).map(draw) {
        for i in front(&points) {
            counts[i] += 1;
        }
    }
    counts.into_iter().map(|count| f64::from(count) / DRAWS as f64).collect()
}

/// Crowding distance of each point within its front (Deb et al. 2002, NSGA-II, section III-B): the sum over objectives
/// of the gap between its two neighbours, in units of the front's range; infinite at the ends of an objective.
/// Objectives whose range is zero or infinite are ignored.
pub fn crowding(points: &[Vec<f64>]) -> Vec<f64> {
    let n_objectives = points.first().map_or(0, Vec::len);
    let mut gaps = vec![vec![0.0; n_objectives]; points.len()];
    for k in 0..n_objectives {
        let order = ascending(&points.iter().map(|point| point[k]).collect::<Vec<_>>());
        let value_at = |position: usize| points[order[position]][k];
        let range = value_at(order.len() - 1) - value_at(0);
        if !(range > 0.0 && range.is_finite()) {
            continue;
        }
        gaps[order[0]][k] = f64::INFINITY;
        gaps[order[order.len() - 1]][k] = f64::INFINITY;
        for position in 1..order.len() - 1 {
            gaps[order[position]][k] = (value_at(position + 1) - value_at(position - 1)) / range;
        }
    }
    gaps.into_iter().map(sum_of_sorted).collect()
}

/// The sum of numbers, which rounds in the same way whatever their order.
fn sum_of_sorted(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.iter().sum()
}

/// Indices from `start` on in lexicographic order; equal points by index.
///
/// The first objective, which decides almost all comparisons, is sorted beside the indices: the points themselves are
/// scattered in memory.
pub(super) fn lexicographic_order(points: &[Vec<f64>], start: usize) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = points.iter().enumerate().skip(start).map(|(i, point)| (point[0], i)).collect();
    order.sort_by(|(x, i), (y, j)| lexicographic(&[*x], &[*y]).then_with(|| lexicographic(&points[*i], &points[*j])));
    order.into_iter().map(|(_, i)| i).collect()
}

/// Compares the first objective, then the second, and so on. In this order no point dominates an earlier one: both zeros
/// are equal.
#[inline]
pub fn lexicographic(a: &[f64], b: &[f64]) -> Ordering {
    work::count(1);
    let mut compared = a.iter().zip(b).map(|(x, y)| x.partial_cmp(y).unwrap_or(Ordering::Equal));
    compared.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The points with their objectives in the lexicographic order of all values. Sums over objectives round differently in
/// another order, and so do volumes that are swept along another axis. That would decide between equally good points.
pub fn sorted_objectives(points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n_objectives = points.first().map_or(0, Vec::len);
    let mut objectives: Vec<Vec<f64>> = (0..n_objectives).map(|k| points.iter().map(|y| y[k]).collect()).collect();
    objectives.sort_by(|a, b| lexicographic(a, b));
    (0..points.len()).map(|i| objectives.iter().map(|values| values[i]).collect()).collect()
}

/// Whether a member of `front` dominates point `i`, which follows all of them in lexicographic order.
///
/// The latest member is checked first because it is the most likely one. With two objectives no other check is needed:
/// along a front the second objective never increases, so the latest member has the smallest one.
pub(super) fn is_dominated(front: &[usize], points: &[Vec<f64>], i: usize) -> bool {
    let n_compared = if points[i].len() == 2 { 1 } else { front.len() };
    front.iter().rev().take(n_compared).any(|member| dominates(&points[*member], &points[i]))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Points of one to four objectives, with ties, infinities and negative zeros.
    pub(in crate::pareto) fn points() -> impl Strategy<Value = Vec<Vec<f64>>> {
        let value = prop_oneof![9 => (0..6u8).prop_map(f64::from), 1 => Just(f64::INFINITY), 1 => Just(-0.0)];
        (1..5usize).prop_flat_map(move |m| prop::collection::vec(prop::collection::vec(value.clone(), m), 0..40))
    }

    proptest! {
        #[test]
        fn crowding_is_never_nan(points in points()) {
            prop_assert!(crowding(&points).iter().all(|d| *d >= 0.0));
        }
    }

    #[test]
    fn a_point_dominates_points_that_are_nowhere_better_and_somewhere_worse() {
        assert!(dominates(&[1.0, 2.0], &[1.0, 3.0]));
        assert!(!dominates(&[1.0, 3.0], &[1.0, 2.0]));
        assert!(!dominates(&[1.0, 2.0], &[1.0, 2.0]));
        assert!(!dominates(&[1.0, 3.0], &[2.0, 2.0]));
        assert!(dominates(&[1.0, 2.0], &[1.0, f64::INFINITY]));
    }

    /// In every fourth draw the second point is dominated by the first.
    #[test]
    fn shares_count_the_draws_in_which_a_point_is_on_the_front() {
        let draw = |number: usize| vec![vec![0.0, 0.0], vec![if number.is_multiple_of(4) { 1.0 } else { -1.0 }, 1.0]];
        assert_eq!(DRAWS % 4, 0);
        assert_eq!(front_shares(2, draw), [1.0, 0.75]);
        assert!(front_shares(0, |_| Vec::new()).is_empty());
    }

    #[test]
    fn crowding_sums_the_gaps() {
        let points: Vec<Vec<f64>> = vec![vec![0.0, 4.0], vec![1.0, 1.0], vec![4.0, 0.0]];
        assert_eq!(crowding(&points), [f64::INFINITY, 2.0, f64::INFINITY]);
        let away_from_zero = vec![vec![7.0, 4.0], vec![2.0, 9.0], vec![10.0, 1.0], vec![3.0, 5.0]];
        assert_eq!(crowding(&away_from_zero), [1.375, f64::INFINITY, f64::INFINITY, 1.25]);
    }

    #[test]
    fn crowding_does_not_depend_on_the_order_of_the_objectives() {
        let points: Vec<Vec<f64>> =
            [[0.0, 1.0, 0.0], [0.1, 0.7, 0.4], [0.3, 0.2, 0.7], [1.0, 0.0, 1.0]].map(Vec::from).into();
        for turn in 1..3 {
            let turned: Vec<Vec<f64>> = points.iter().map(|y| [&y[turn..], &y[..turn]].concat()).collect();
            assert_eq!(crowding(&turned), crowding(&points));
        }
    }

    #[test]
    fn an_objective_with_zero_or_infinite_range_is_ignored() {
        for same in [1.0, f64::INFINITY] {
            let points = vec![vec![0.0, same], vec![2.0, 1.0], vec![8.0, 1.0]];
            assert_eq!(crowding(&points), [f64::INFINITY, 1.0, f64::INFINITY]);
        }
        assert_eq!(crowding(&[vec![1.0], vec![1.0]]), [0.0, 0.0]);
    }
}
