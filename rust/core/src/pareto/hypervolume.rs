//! Hypervolumes: exact ones of two and three objectives, and means over directions, for so many objectives that exact
//! ones are expensive.
//!
//! For a direction `w`, a vector with positive coordinates, and a reference point `r`,
//!
//! ```text
//! s_w(y) = min_k (r_k - y_k) / w_k
//! ```
//!
//! is how far a point reaches from the reference point along `w`. The hypervolume of a set with `m` objectives is the
//! mean over all directions of unit length of `(max over the set of s_w)^m`, times the volume of the positive part of the
//! unit ball (Zhang and Golovin 2020). With directions drawn at random the standard error of the mean falls with the
//! square root of their number.

use std::cmp::Ordering;

use crate::numerics::{Stream, ln};

/// The reference point, in units of the front's range. The usual one (Ishibuchi et al. 2018).
pub(super) const REFERENCE: f64 = 1.1;

/// Smallest coordinate of a direction; with a coordinate of zero, the other objectives would have no influence. (Half
/// and twice: `benches/results/constants.md`.)
const MIN_WEIGHT: f64 = 1e-3;

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

/// A direction.
#[derive(Clone, Debug)]
pub struct Direction(Vec<f64>);

impl Direction {
    /// Absolute values of a standard normal vector, scaled to unit length: uniform on the positive part of the sphere, but
    /// for coordinates so small that they are raised.
    pub fn draw(m: usize, stream: &mut Stream) -> Self {
        let drawn: Vec<f64> = (0..m).map(|_| stream.normal().abs()).collect();
        let length = drawn.iter().map(|w| w * w).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        Self(drawn.iter().map(|w| (w / length).max(MIN_WEIGHT)).collect())
    }

    /// The coordinates.
    pub fn coordinates(&self) -> &[f64] {
        &self.0
    }

    /// `s_w`, or zero if the point is not better than the reference point in every objective.
    pub fn reach(&self, reference: &[f64], y: &[f64]) -> f64 {
        let shares = self.0.iter().zip(reference).zip(y).map(|((w, r), y)| (r - y) / w);
        shares.fold(f64::INFINITY, f64::min).max(0.0)
    }
}

/// The logarithm of `pi^(m/2) / (2^m Gamma(m/2 + 1))`, the volume of the positive part of the unit ball.
pub fn ln_volume_of_ball_part(m: usize) -> f64 {
    let half = 0.5 * m as f64;
    half * ln(core::f64::consts::PI) - m as f64 * core::f64::consts::LN_2 - libm::lgamma(half + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::{Purpose, exp};
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

    /// The hypervolume of a single point is the product of its distances to the reference point.
    #[test]
    fn the_mean_over_directions_is_the_hypervolume() {
        let mut stream = Stream::new(0, 0, Purpose::Direction, 0);
        let (n, reference, y) = (20_000, [1.0, 2.0, 0.5, 1.0], [0.0, 1.0, 0.0, 0.5]);
        let drawn = (0..n).map(|_| {
            let s = Direction::draw(4, &mut stream).reach(&reference, &y);
            s * s * s * s
        });
        let found = exp(ln_volume_of_ball_part(4)) * drawn.sum::<f64>() / f64::from(n);
        assert!((found - 0.25).abs() < 0.01, "{found}");
    }

    /// A quarter of the disc and an eighth of the ball.
    #[test]
    fn the_volume_of_the_positive_part_of_the_ball() {
        let pi = core::f64::consts::PI;
        assert!((exp(ln_volume_of_ball_part(2)) - pi / 4.0).abs() < 1e-14);
        assert!((exp(ln_volume_of_ball_part(3)) - pi / 6.0).abs() < 1e-14);
    }
}
