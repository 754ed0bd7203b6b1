//! How two columns of numbers go together: their moments, and how often they order two rows alike.
//!
//! Of the pairs of rows that differ in the second column, let `c` be concordant and `d` discordant. Kendall's `tau` is
//! `(c - d) / n_pairs`. If the columns are independent, its variance is `2 (2 n + 5) / (9 n (n - 1))` for `n` rows
//! (Kendall 1938).

use super::for_every_kernel;

/// Number of partial sums, fixed so that every kernel adds in the same order.
const LANES: usize = 8;

/// Moments of the pairs `(x, y)` in which neither number is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairMoments {
    /// Number of pairs.
    pub n: f64,
    /// The means of `x` and of `y`.
    pub means: [f64; 2],
    /// `sum (x - mean)^2`.
    pub xx: f64,
    /// `sum (x - mean) (y - mean)`.
    pub xy: f64,
    /// `sum (y - mean)^2`.
    pub yy: f64,
}

impl PairMoments {
    /// The moments of two columns of finite numbers, NaN where one is missing; `None` if there are no pairs. Sums that
    /// overflow are infinite or NaN.
    pub fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let [n, sum_x, sum_y] = sums(x, y);
        let means = [sum_x / n, sum_y / n];
        let [xx, xy, yy] = products(x, y, means);
        (n > 0.0).then_some(Self { n, means, xx, xy, yy })
    }

    /// `sum (y - a - b x)^2`.
    ///
    /// It is computed from the moments, with an error of about `1e-16` of `sum (y - mean)^2`, and is never negative.
    pub fn squared_residuals(&self, a: f64, b: f64) -> f64 {
        let offset = self.means[1] - a - b * self.means[0];
        let about = self.yy - 2.0 * b * self.xy + b * b * self.xx;
        // Not `max`, which would turn NaN into 0.
        self.n * offset * offset + if about < 0.0 { 0.0 } else { about }
    }
}

for_every_kernel! {
    /// The number of complete pairs, and the sums of `x` and `y` over them.
    fn sums(x: &[f64], y: &[f64]) -> [f64; 3] {
        let mut sums = [[0.0; LANES]; 3];
        let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
        for (x, y) in x.iter().zip(y).chain([(&padded(x_rest), &padded(y_rest))]) {
            for lane in 0..LANES {
                let is_known = !(x[lane].is_nan() | y[lane].is_nan());
                sums[0][lane] += if is_known { 1.0 } else { 0.0 };
                sums[1][lane] += if is_known { x[lane] } else { 0.0 };
                sums[2][lane] += if is_known { y[lane] } else { 0.0 };
            }
        }
        sums.map(|lanes| lanes.iter().sum())
    }
}

for_every_kernel! {
    /// The sums of products of deviations from the means.
    fn products(x: &[f64], y: &[f64], means: [f64; 2]) -> [f64; 3] {
        let mut sums = [[0.0; LANES]; 3];
        let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
        for (x, y) in x.iter().zip(y).chain([(&padded(x_rest), &padded(y_rest))]) {
            for lane in 0..LANES {
                let is_known = !(x[lane].is_nan() | y[lane].is_nan());
                let off_x = if is_known { x[lane] - means[0] } else { 0.0 };
                let off_y = if is_known { y[lane] - means[1] } else { 0.0 };
                sums[0][lane] = off_x.mul_add(off_x, sums[0][lane]);
                sums[1][lane] = off_x.mul_add(off_y, sums[1][lane]);
                sums[2][lane] = off_y.mul_add(off_y, sums[2][lane]);
            }
        }
        sums.map(|lanes| lanes.iter().sum())
    }
}

/// The last numbers, padded with NaN.
#[inline]
fn padded(rest: &[f64]) -> [f64; LANES] {
    std::array::from_fn(|lane| rest.get(lane).copied().unwrap_or(f64::NAN))
}

/// Counts over all pairs `i > k` of rows of two columns `x` and `y`. NaN has no order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairOrder {
    /// Concordant pairs, which both columns order alike: `(x_i - x_k) (y_i - y_k) > 0`.
    pub concordant: usize,
    /// Discordant pairs, which the columns order in opposite ways.
    pub discordant: usize,
    /// Pairs with different `y`.
    pub distinct: usize,
}

impl PairOrder {
    /// Counts the pairs of two columns of the same length.
    pub fn of(x: &[f64], y: &[f64]) -> Self {
        let mut order = Self::default();
        for i in 0..y.len() {
            for k in (0..i).filter(|k| y[i] != y[*k]) {
                let product = (x[i] - x[k]) * (y[i] - y[k]);
                order.distinct += 1;
                order.concordant += usize::from(product > 0.0);
                order.discordant += usize::from(product < 0.0);
            }
        }
        order
    }

    /// Kendall's tau; 0 if no two `y` differ.
    pub fn tau(&self) -> f64 {
        let balance = self.concordant as f64 - self.discordant as f64;
        if self.distinct > 0 { balance / self.distinct as f64 } else { 0.0 }
    }

    /// The standard deviation of tau if the columns are independent, for `n` rows.
    pub fn std_of_tau(n: usize) -> f64 {
        let n = n as f64;
        (2.0 * (2.0 * n + 5.0) / (9.0 * n * (n - 1.0))).sqrt()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    #[test]
    fn moments_are_those_of_the_complete_pairs() {
        let (x, y) = ([1.0, f64::NAN, 2.0, 6.0, 5.0], [2.0, 1.0, f64::NAN, 4.0, 9.0]);
        let moments = PairMoments::of(&x, &y).unwrap();
        assert_eq!(moments, PairMoments { n: 3.0, means: [4.0, 5.0], xx: 14.0, xy: 11.0, yy: 26.0 });
        assert_eq!(PairMoments::of(&x[1..3], &y[1..3]), None);
    }

    #[test]
    fn squared_residuals_equal_the_direct_sum() {
        let x: Vec<f64> = (0..100).map(|i| f64::from(i * 37 % 100) / 10.0).collect();
        let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| 3.0 - 0.7 * x + (i % 7) as f64).collect();
        for (a, b) in [(3.0, -0.7), (0.0, 0.0), (-5.0, 2.0)] {
            let expected: f64 = x.iter().zip(&y).map(|(x, y)| (y - a - b * x) * (y - a - b * x)).sum();
            let residual = PairMoments::of(&x, &y).unwrap().squared_residuals(a, b);
            assert!((residual - expected).abs() < 1e-9 * expected, "{residual} {expected}");
        }
        let exact: Vec<f64> = x.iter().map(|x| 1e6 + x).collect();
        assert!(PairMoments::of(&x, &exact).unwrap().squared_residuals(1e6, 1.0) < 1e-10);
    }

    #[test]
    fn ties_and_nan_have_no_order() {
        let order = PairOrder::of(&[1.0, 2.0, 2.0, f64::NAN], &[1.0, 3.0, 2.0, 2.0]);
        assert_eq!(order, PairOrder { concordant: 2, discordant: 0, distinct: 5 });
        assert_eq!(PairOrder::of(&[1.0, 2.0], &[2.0, 1.0]), PairOrder { concordant: 0, discordant: 1, distinct: 1 });
        assert_eq!(PairOrder::of(&[], &[]), PairOrder::default());
    }

    #[test]
    fn tau_counts_pairs_with_different_values() {
        let tau = |x: &[f64], y: &[f64]| PairOrder::of(x, y).tau();
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 1.0);
        assert_eq!(tau(&[1.0, 2.0, 3.0], &[6.0, 5.0, 4.0]), -1.0);
        assert_eq!(tau(&[1.0, 2.0, 9.0], &[4.0, 4.0, 5.0]), 1.0);
        assert_eq!(tau(&[1.0, 1.0, 1.0], &[4.0, 5.0, 6.0]), 0.0);
        assert_eq!(tau(&[1.0, 2.0], &[4.0, 4.0]), 0.0);
    }
}
