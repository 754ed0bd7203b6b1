//! Exact hypervolumes of two and three objectives.

use std::cmp::Ordering;

/// The reference point, in units of the front's range. The usual one (Ishibuchi et al. 2018).
pub(super) const REFERENCE: f64 = 1.1;

/// The order in which a sweep visits points: by the last of three objectives, or by the first and then the second of two.
pub(super) fn in_sweep(a: &[f64], b: &[f64]) -> Ordering {
    match (a, b) {
        ([.., p], [.., q]) if a.len() > 2 => p.total_cmp(q),
        _ => a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])),
    }
}

/// Hypervolume between points in the order of a sweep and the reference, for two or three objectives.
pub(super) fn hypervolume(points: &[&[f64]]) -> f64 {
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
}
