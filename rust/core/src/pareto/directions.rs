//! Hypervolumes along directions, for so many objectives that exact ones are expensive.
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

use crate::numerics::{Stream, ln};

/// Smallest coordinate of a direction; with a coordinate of zero, the other objectives would have no influence. A
/// choice, not measured.
const MIN_WEIGHT: f64 = 1e-3;

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
