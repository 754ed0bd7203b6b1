//! Subsets of a front with a large hypervolume.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::dominance::crowding;

/// The reference point, in units of the front's range. The usual one (Ishibuchi et al. 2018).
const REFERENCE: f64 = 1.1;

/// An upper bound on a point's hypervolume improvement, and the index of the point.
#[derive(PartialEq)]
struct Improvement(f64, usize);

impl Eq for Improvement {}

impl Ord for Improvement {
    /// The larger improvement, then the smaller index.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

impl PartialOrd for Improvement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Indices of `count` points of a front, in the order in which they were chosen.
///
/// With two or three objectives, each step chooses the point with the largest hypervolume improvement, which reaches at
/// least `1 - 1/e` of the hypervolume of the best subset (Guerreiro et al. 2016). The improvement of a point only
/// decreases as others are chosen. A stale value is therefore an upper bound, and only the point at the top of a heap
/// must be recomputed. With more objectives, points are chosen by crowding distance.
pub fn greedy_subset(front: &[Vec<f64>], count: usize) -> Vec<usize> {
    if front.first().is_some_and(|point| point.len() > 3) {
        let distance = crowding(front);
        let mut order: Vec<usize> = (0..front.len()).collect();
        order.sort_by(|a, b| distance[*b].total_cmp(&distance[*a]));
        order.truncate(count);
        return order;
    }
    let points = normalized(front);
    let (mut chosen, mut swept) = (Vec::new(), Vec::<&[f64]>::new());
    let mut heap: BinaryHeap<Improvement> = (0..points.len()).map(|i| Improvement(f64::INFINITY, i)).collect();
    let mut total = 0.0;
    while chosen.len() < count
        && let Some(Improvement(_, i)) = heap.pop()
    {
        let place = swept.partition_point(|point| in_sweep(point, &points[i]).is_le());
        swept.insert(place, &points[i]);
        let improvement = Improvement(hypervolume(&swept) - total, i);
        if heap.peek().is_none_or(|next| improvement > *next) {
            total += improvement.0;
            chosen.push(i);
        } else {
            swept.remove(place);
            heap.push(improvement);
        }
    }
    chosen
}

/// Scales the finite values of each objective to [0, 1]; infinite ones are placed at the reference.
fn normalized(front: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut points = front.to_vec();
    for k in 0..front.first().map_or(0, Vec::len) {
        // Halved, so that the range cannot overflow.
        let finite = || front.iter().map(|point| 0.5 * point[k]).filter(|v| v.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        for point in &mut points {
            let share = (0.5 * point[k] - low) / (high - low);
            point[k] = if point[k].is_infinite() {
                REFERENCE
            } else if high > low {
                share
            } else {
                0.0
            };
        }
    }
    points
}

/// The order in which a sweep visits points: by the last of three objectives, or by the first and then the second of two.
fn in_sweep(a: &[f64], b: &[f64]) -> Ordering {
    match (a, b) {
        ([.., p], [.., q]) if a.len() > 2 => p.total_cmp(q),
        _ => a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])),
    }
}

/// Hypervolume between points in the order of a sweep and the reference, for two or three objectives.
fn hypervolume(points: &[&[f64]]) -> f64 {
    if points[0].len() == 2 {
        return area(points.iter().map(|p| (p[0], p[1])));
    }
    let mut stairs = Vec::new();
    let slice = |(i, point): (usize, &&[f64])| {
        climb(&mut stairs, (point[0], point[1]));
        let height = points.get(i + 1).map_or(REFERENCE, |next| next[2]) - point[2];
        if height > 0.0 { height * area(stairs.iter().copied()) } else { 0.0 }
    };
    points.iter().enumerate().map(slice).sum()
}

/// Adds a point to those that no other one dominates in the plane, which rise in the first and fall in the second
/// objective.
fn climb(stairs: &mut Vec<(f64, f64)>, (x, y): (f64, f64)) {
    let place = stairs.partition_point(|step| *step <= (x, y));
    if place > 0 && stairs[place - 1].1 <= y {
        return;
    }
    let n_dominated = stairs[place..].iter().take_while(|step| step.1 >= y).count();
    stairs.splice(place..place + n_dominated, [(x, y)]);
}

/// Area between points, in the order of a sweep, and the reference.
fn area(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut total, mut lowest) = (0.0, REFERENCE);
    for (x, y) in points {
        if y < lowest {
            total += (REFERENCE - x) * (lowest - y);
            lowest = y;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pareto::oracle;

    /// The hypervolume of points in any order.
    fn of(points: &[Vec<f64>]) -> f64 {
        let mut points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        points.sort_by(|a, b| in_sweep(a, b));
        hypervolume(&points)
    }

    #[test]
    fn hypervolumes_of_small_fronts() {
        let flat = [vec![0.0, 0.5], vec![0.5, 0.0], vec![0.6, 0.6]];
        assert!((of(&flat) - (1.1 * 1.1 - 0.5 * 0.5)).abs() < 1e-12);
        let boxes = [vec![0.0, 0.0, 0.5], vec![0.0, 0.5, 0.0], vec![0.5, 0.0, 0.0], vec![0.5, 0.0, 0.0]];
        assert!((of(&boxes) - (1.1 * 1.1 * 1.1 - 0.5 * 0.5 * 0.5)).abs() < 1e-12);
    }

    #[test]
    fn hypervolumes_are_those_of_moocore() {
        assert_eq!(REFERENCE, oracle::REFERENCE);
        for (m, hypervolume) in (2..=3).zip(oracle::HYPERVOLUMES) {
            let found = of(&oracle::points(m));
            assert!((found - hypervolume).abs() < 1e-12, "{m}: {found}");
        }
    }

    #[test]
    fn the_lazy_choice_is_the_greedy_choice() {
        for objectives in [2, 3] {
            let mut stream = crate::numerics::Stream::new(objectives, 0, crate::numerics::Purpose::Sample, 0);
            let front: Vec<Vec<f64>> = (0..30).map(|_| (0..objectives).map(|_| stream.uniform()).collect()).collect();
            let points = normalized(&front);
            let mut chosen: Vec<usize> = Vec::new();
            for _ in 0..8 {
                let volume = |i: &usize| {
                    let extended: Vec<Vec<f64>> = chosen.iter().chain([i]).map(|j| points[*j].clone()).collect();
                    of(&extended)
                };
                let remaining = (0..30).filter(|i| !chosen.contains(i));
                let best = remaining.max_by(|a, b| volume(a).total_cmp(&volume(b)).then(b.cmp(a)));
                chosen.extend(best);
            }
            assert_eq!(greedy_subset(&front, 8), chosen);
        }
    }

    #[test]
    fn extreme_values_do_not_panic() {
        let front = [vec![-1.79e308, f64::INFINITY], vec![1.79e308, 0.0], vec![0.0, 0.0], vec![0.0, 0.0]];
        let mut chosen = greedy_subset(&front, 4);
        chosen.sort_unstable();
        assert_eq!(chosen, [0, 1, 2, 3]);
        assert_eq!(greedy_subset(&[], 3), [0; 0]);
    }
}
