//! The selection of NSGA-III (Deb and Jain 2014, algorithms 2 to 4), and its reference directions: points of the unit
//! simplex.
//!
//! The objectives are normalized: the ideal point becomes the origin, and the hyperplane through the extreme points
//! meets every axis at 1. Each point belongs to the nearest line through the origin along a reference direction. Points
//! of the last front are then added one by one to the direction that has the fewest.
//!
//! The ideal and the extreme points are those of the trials that are compared, so that the selection is a function of
//! these trials. In the article they are those of all generations. This differs little: survivors include a minimum of
//! each objective, unless a front is larger than the population.
//!
//! The objectives are compared in an order of their own, so that the order in which they were declared decides neither
//! which direction is drawn nor how a sum is rounded.

use crate::numerics::Stream;
use crate::pareto::sorted_objectives;

/// Weight of the other objectives in the scalarizing function that finds the extreme point of an axis. As Deb and Jain
/// (2014).
const SMALL_WEIGHT: f64 = 1e-6;
/// Smallest intercept, as a share of an objective's range. Smaller ones are due to points that nearly coincide. (Half
/// and twice: `benches/results/constants.md`.)
const MIN_INTERCEPT: f64 = 1e-6;

/// Indices of `wanted` points of the front `last`, after the points in `kept` were selected; the first `n_first` points
/// of both together are not dominated.
pub(super) fn select(
    kept: &[Vec<f64>],
    last: &[Vec<f64>],
    n_first: usize,
    wanted: usize,
    directions: &[Vec<f64>],
    stream: &mut Stream,
) -> Vec<usize> {
    let all: Vec<&[f64]> = kept.iter().chain(last).map(Vec::as_slice).collect();
    let nearest: Vec<(usize, f64)> =
        normalized(&all, n_first).iter().map(|point| nearest_direction(point, directions)).collect();
    let (kept, last) = nearest.split_at(kept.len());
    let mut counts = vec![0; directions.len()];
    for (direction, _) in kept {
        counts[*direction] += 1;
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); directions.len()];
    last.iter().enumerate().for_each(|(i, (direction, _))| members[*direction].push(i));
    // Of directions with equally few points, the first one in a random order comes first.
    let mut order: Vec<usize> = (0..directions.len()).collect();
    stream.shuffle(&mut order);
    let mut selected = Vec::with_capacity(wanted);
    while selected.len() < wanted
        && let Some(direction) =
            order.iter().copied().filter(|j| !members[*j].is_empty()).min_by_key(|direction| counts[*direction])
    {
        let members = &mut members[direction];
        let position = if counts[direction] == 0 {
            (0..members.len()).min_by(|a, b| last[members[*a]].1.total_cmp(&last[members[*b]].1)).unwrap_or(0)
        } else {
            stream.below_or_equal(members.len() as u64 - 1) as usize
        };
        selected.push(members.remove(position));
        counts[direction] += 1;
    }
    selected
}

/// The direction whose line is nearest to a point, and the squared distance from it.
fn nearest_direction(point: &[f64], directions: &[Vec<f64>]) -> (usize, f64) {
    let squared_distance = |direction: &[f64]| {
        let length = dot(point, direction) / dot(direction, direction);
        point.iter().zip(direction).map(|(x, d)| (x - length * d) * (x - length * d)).sum::<f64>()
    };
    let distances = directions.iter().map(|direction| squared_distance(direction)).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Points relative to the ideal point, in units of the intercepts, with their objectives sorted; the first `n_first`
/// points are not dominated.
fn normalized(points: &[&[f64]], n_first: usize) -> Vec<Vec<f64>> {
    let mut points = sorted_objectives(&in_units_of_ranges(points));
    let intercepts = intercepts(&points).unwrap_or_else(|| nadir(&points[..n_first]));
    for point in &mut points {
        point.iter_mut().zip(&intercepts).for_each(|(x, intercept)| *x /= intercept);
    }
    points
}

/// Scales each objective to [0, 1].
fn in_units_of_ranges(points: &[&[f64]]) -> Vec<Vec<f64>> {
    let mut scaled: Vec<Vec<f64>> = points.iter().map(|point| point.to_vec()).collect();
    for k in 0..points[0].len() {
        // Halved, so that the range cannot overflow.
        let values = || points.iter().map(|point| 0.5 * point[k]);
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let share = |y: f64| if high > low { (0.5 * y - low) / (high - low) } else { 0.0 };
        for point in &mut scaled {
            point[k] = share(point[k]);
        }
    }
    scaled
}

/// Where the hyperplane through the extreme points meets the axes. `None` if these points do not define a hyperplane
/// that meets all axes within the range of the points.
fn intercepts(points: &[Vec<f64>]) -> Option<Vec<f64>> {
    let m = points[0].len();
    let reached = |point: &[f64], axis: usize| {
        let weighted = point.iter().enumerate().map(|(k, x)| if k == axis { *x } else { x / SMALL_WEIGHT });
        weighted.fold(0.0, f64::max)
    };
    let extreme = |axis: usize| points.iter().min_by(|a, b| reached(a, axis).total_cmp(&reached(b, axis))).cloned();
    let coefficients = solved((0..m).map(extreme).collect::<Option<_>>()?)?;
    let intercepts: Vec<f64> = coefficients.iter().map(|a| 1.0 / a).collect();
    intercepts.iter().all(|x| (MIN_INTERCEPT..=1.0 + MIN_INTERCEPT).contains(x)).then_some(intercepts)
}

/// The largest value of each objective; 1 where all are zero.
fn nadir(points: &[Vec<f64>]) -> Vec<f64> {
    let worst = |k: usize| points.iter().map(|point| point[k]).fold(0.0, f64::max);
    (0..points[0].len()).map(|k| if worst(k) > 0.0 { worst(k) } else { 1.0 }).collect()
}

/// Solves `A x = 1` by elimination with row pivots; `None` if `A` is singular.
fn solved(mut a: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = a.len();
    for row in &mut a {
        row.push(1.0);
    }
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs()))?;
        a.swap(k, pivot);
        if a[k][k].abs() < f64::EPSILON {
            return None;
        }
        let row = a[k].clone();
        for other in (0..n).filter(|i| *i != k) {
            let factor = a[other][k] / row[k];
            a[other].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
        }
    }
    Some((0..n).map(|k| a[k][n] / a[k][k]).collect())
}

/// Reference directions for `m` objectives, at most `limit` of them or else one per objective.
///
/// The points of a layer with `p` divisions are all multiples of `1/p` that sum to one (Das and Dennis 1998),
/// `C(p + m - 1, m - 1)` of them. With fewer divisions than objectives, all of them lie on the boundary of the simplex.
/// In that case there are two layers, the inner one with one division less and moved half-way to the centre (Deb and
/// Jain 2014, section V).
pub(super) fn directions(m: usize, limit: usize) -> Vec<Vec<f64>> {
    let most = |fits: &dyn Fn(usize) -> bool| (1..=limit.max(1)).take_while(|p| fits(*p)).last();
    let single = most(&|p| count(m, p) <= limit).unwrap_or(1);
    if single >= m || m == 1 {
        return layer(m, single);
    }
    let Some(outer) = most(&|p| count(m, p) + count(m, p - 1) <= limit) else { return layer(m, single) };
    let inner = layer(m, outer - 1).into_iter();
    let centre = 1.0 / m as f64;
    let moved = inner.map(|point| point.into_iter().map(|x| 0.5 * (x + centre)).collect());
    layer(m, outer).into_iter().chain(moved).collect()
}

/// Number of points of a layer with `p` divisions; saturates.
fn count(m: usize, p: usize) -> usize {
    (1..m).try_fold(1usize, |n, k| Some(n.checked_mul(p + k)? / k)).unwrap_or(usize::MAX)
}

/// All points whose coordinates are multiples of `1/p`; the centre if `p` is zero.
fn layer(m: usize, p: usize) -> Vec<Vec<f64>> {
    if p == 0 {
        return vec![vec![1.0 / m as f64; m]];
    }
    let mut layer = Vec::new();
    extend(&mut layer, &mut vec![0; m], 0, p, p);
    layer
}

/// Appends the points that begin with the first `k` parts and share `rest` of `p` divisions among the others.
fn extend(layer: &mut Vec<Vec<f64>>, parts: &mut Vec<usize>, k: usize, rest: usize, p: usize) {
    if k + 1 == parts.len() {
        parts[k] = rest;
        layer.push(parts.iter().map(|part| *part as f64 / p as f64).collect());
        return;
    }
    for part in 0..=rest {
        parts[k] = part;
        extend(layer, parts, k + 1, rest - part, p);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::numerics::Purpose;

    fn stream() -> Stream {
        Stream::new(1, 0, Purpose::Niche, 0)
    }

    #[test]
    fn the_hyperplane_meets_the_axes_at_one() {
        let points: [&[f64]; 4] = [&[1.0, 20.0], &[1.5, 15.0], &[2.0, 10.0], &[1.6, 12.0]];
        let expected = [[0.0, 1.0], [0.5, 0.5], [1.0, 0.0], [0.6, 0.2]];
        for (point, expected) in normalized(&points, 4).iter().zip(expected) {
            assert!(point.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12), "{point:?}");
        }
        assert_eq!(solved(vec![vec![2.0, 0.0], vec![0.0, 4.0]]).unwrap(), [0.5, 0.25]);
        assert_eq!(solved(vec![vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }

    /// A dominated point far away defines no axis of a plane; the first front alone sets the scale.
    #[test]
    fn without_a_hyperplane_the_first_front_sets_the_scale() {
        let points: [&[f64]; 3] = [&[0.0, 1.0], &[0.0, 1.0], &[4.0, 4.0]];
        assert_eq!(normalized(&points, 2), [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]);
    }

    #[test]
    fn every_direction_gets_a_point_before_any_gets_two() {
        let directions = directions(2, 5);
        let crowd = (0..20).map(|i| vec![0.001 * f64::from(i), 1.0 - 0.001 * f64::from(i)]);
        let spread = [[0.25, 0.75], [0.5, 0.5], [0.76, 0.24], [1.0, 0.0]].map(Vec::from);
        let last: Vec<Vec<f64>> = crowd.chain(spread).collect();
        let mut selected = select(&[], &last, last.len(), 5, &directions, &mut stream());
        selected.sort_unstable();
        assert_eq!(selected, [0, 20, 21, 22, 23]);
        let kept = [vec![0.5, 0.5], vec![0.0, 1.0], vec![1.0, 0.0]];
        let mut selected = select(&kept, &last, 3, 2, &directions, &mut stream());
        selected.sort_unstable();
        assert_eq!(selected, [20, 22]);
    }

    #[test]
    fn equal_and_extreme_points_do_not_panic() {
        let last = [vec![1e308, -1e308, 0.0], vec![-1e308, 1e308, 0.0], vec![0.0, 0.0, 0.0], vec![0.0, 0.0, 0.0]];
        let directions = directions(3, 10);
        let mut selected = select(&[], &last, 4, 4, &directions, &mut stream());
        selected.sort_unstable();
        assert_eq!(selected, [0, 1, 2, 3]);
        assert_eq!(select(&last, &last, 4, 0, &directions, &mut stream()), [0; 0]);
    }

    #[test]
    fn the_order_of_the_objectives_does_not_matter() {
        let mut drawn = Stream::new(2, 0, Purpose::Sample, 0);
        for m in [2, 3, 5] {
            let last: Vec<Vec<f64>> = (0..60).map(|_| (0..m).map(|_| drawn.uniform()).collect()).collect();
            let turned: Vec<Vec<f64>> = last.iter().map(|y| y.iter().rev().copied().collect()).collect();
            let directions = directions(m, 20);
            let selected = |last: &[Vec<f64>]| select(&last[..10], last, 10, 30, &directions, &mut stream());
            assert_eq!(selected(&last), selected(&turned), "{m} objectives");
        }
    }

    /// The numbers of Deb and Jain 2014, table I.
    #[test]
    fn layers_have_the_published_numbers_of_directions() {
        for (m, limit, expected) in [(3, 91, 91), (5, 210, 210), (8, 156, 156), (10, 275, 275), (15, 135, 135)] {
            assert_eq!(directions(m, limit).len(), expected, "{m} objectives");
        }
        assert_eq!(directions(2, 50).len(), 50);
        assert_eq!(directions(3, 50).len(), 45);
        assert_eq!(directions(1, 50), [[1.0]]);
        assert_eq!(directions(60, 50).len(), 60);
        assert_eq!(directions(10, 12).len(), 11);
    }

    #[test]
    fn directions_are_distinct_points_of_the_simplex() {
        for (m, limit) in [(2, 7), (3, 50), (4, 50), (8, 50), (10, 300)] {
            let directions = directions(m, limit);
            for (i, direction) in directions.iter().enumerate() {
                assert!((direction.iter().sum::<f64>() - 1.0).abs() < 1e-12 && direction.iter().all(|x| *x >= 0.0));
                assert!(!directions[..i].contains(direction));
            }
        }
    }

    #[test]
    fn many_objectives_have_directions_inside_of_the_simplex() {
        assert!(directions(8, 50).iter().any(|direction| direction.iter().all(|x| *x > 0.0)));
    }
}
