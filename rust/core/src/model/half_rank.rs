//! Half-rank warping: the good half of some losses keeps its shape, the bad half only its order.
//!
//! A model trusts distances between values; one enormous loss would flatten everything else.

use crate::numerics::normal::ndtri;

/// The half-rank warp (Golovin et al. 2017, Vizier): losses up to the median stay as they are, a worse one counts by
/// its rank among the worse ones alone.
///
/// With `m` the (lower) median, `s^2` the mean of `(y - m)^2` over `y <= m`, and `r = 1..=R` the rank of `y > m` from
/// the worst, equal losses sharing one: `y -> m - s Phi^-1(q)`, `q = (r - 1/2) / (2 R + 1)`. So worse losses form the
/// upper half of a normal distribution whose lower half would have the spread of the good ones.
#[derive(Clone, Debug)]
pub struct HalfRank {
    median: f64,
    spread: f64,
    /// Distinct losses beyond the median, increasing.
    worse: Vec<f64>,
}

impl HalfRank {
    /// The warp of some losses in increasing order.
    pub fn new(sorted: &[f64]) -> Self {
        let median = sorted.get((sorted.len().max(1) - 1) / 2).copied().unwrap_or(0.0);
        let mut worse: Vec<f64> = sorted.iter().copied().filter(|y| *y > median).collect();
        worse.dedup();
        let below: Vec<f64> = sorted.iter().filter(|y| **y <= median).map(|y| median - y).collect();
        Self { median, spread: root_mean_square(&below), worse }
    }

    /// The warped loss.
    pub fn of(&self, y: f64) -> f64 {
        if y <= self.median {
            return y;
        }
        let from_worst = self.worse.len() - self.worse.partition_point(|w| *w < y);
        let q = (from_worst as f64 - 0.5) / (2.0 * self.worse.len() as f64 + 1.0);
        self.median - self.spread * ndtri(q)
    }
}

/// Of non-negative numbers, without overflow; 1 if all are zero, as only ratios matter then.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_good_half_stays_and_the_rest_goes_by_rank() {
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
}
