//! The bandwidths of the kernels.
//!
//! The good density has one bandwidth per dimension by Scott's rule, made robust against a second mode and against
//! small samples ([`scott`]). In the bad density, a kernel's bandwidth is the larger gap to a neighbour (the rule of
//! Hyperopt), so that the density is high where trials are dense and spread out where they are sparse
//! ([`gaps::Gaps`](super::gaps::Gaps)).

use super::Points;
use crate::numerics::{for_every_kernel, scott_shrinkage};

/// Scott's factor for a normal density. (Scott 1992.)
const FACTOR: f64 = 1.059;
/// The interquartile range of a normal in units of its standard deviation. (Scott 1992.)
const NORMAL_QUARTILES: f64 = 1.34;

/// The prior spread of values. (Measured: `benches/results/tpe.md`.)
const EXPECTED: f64 = 0.2;
/// The number of values that this prior counts for. (Measured: `benches/results/tpe.md`.)
const EXPECTED_COUNT: f64 = 2.0;

/// Number of columns that are processed together, one per lane. Changes rounding only.
const LANES: usize = 8;

/// Scott's rule for each column, `1.059 s n^(-1/5)`, clipped to between its entry of `mins` and 1, with the spread
///
/// ```text
/// s^2 = ((n - 1) min(sd, IQR / 1.34)^2 + 2 * 0.2^2) / (n - 1 + 2)
/// ```
///
/// This is the scale of a variance after `n` values under a scaled inverse chi-squared prior with two degrees of
/// freedom (Gelman et al., Bayesian Data Analysis, section 2.6). Two or three good trials are close together in some
/// coordinate by chance, and an equally narrow kernel would confine the search to that place. With 25 values the prior
/// has little influence.
///
/// Quartiles interpolate linearly between order statistics, and the variance divides by `n - 1`. Zero or one values
/// have the prior spread. The order of the values does not change a bandwidth in any bit.
pub fn scott(values: &Points, mins: &[f64]) -> Vec<f64> {
    let n = values.count();
    if n < 2 {
        return mins.iter().map(|min| (FACTOR * EXPECTED).clamp(*min, 1.0)).collect();
    }
    let factor = FACTOR * scott_shrinkage(n);
    let mut rows = vec![[0.0; LANES]; n];
    let mut widths = Vec::with_capacity(mins.len());
    for (first, mins) in (0..).step_by(LANES).zip(mins.chunks(LANES)) {
        for lane in 0..mins.len() {
            rows.iter_mut().zip(values.column(first + lane)).for_each(|(row, value)| row[lane] = *value);
        }
        let spreads = spreads(&mut rows);
        widths.extend(mins.iter().zip(spreads).map(|(min, spread)| (factor * expected(spread, n)).clamp(*min, 1.0)));
    }
    widths
}

/// The spread of `n` values, shrunk towards the prior spread.
fn expected(spread: f64, n: usize) -> f64 {
    let freedom = (n - 1) as f64;
    libm::sqrt((freedom * spread * spread + EXPECTED_COUNT * EXPECTED * EXPECTED) / (freedom + EXPECTED_COUNT))
}

/// `min(sd, IQR / 1.34)` of each lane.
fn spreads(rows: &mut [[f64; LANES]]) -> [f64; LANES] {
    sort(rows);
    let n = rows.len() as f64;
    let (mut means, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for row in rows.iter() {
        for (sum, value) in means.iter_mut().zip(row) {
            *sum += value;
        }
    }
    for mean in &mut means {
        *mean /= n;
    }
    for row in rows.iter() {
        for ((sum, value), mean) in squares.iter_mut().zip(row).zip(&means) {
            *sum += (value - mean) * (value - mean);
        }
    }
    let (first, third) = (quantile(rows, 0.25), quantile(rows, 0.75));
    std::array::from_fn(|lane| {
        libm::sqrt(squares[lane] / (n - 1.0)).min((third[lane] - first[lane]) / NORMAL_QUARTILES)
    })
}

for_every_kernel! {
    /// Sorts each lane by Batcher's merge exchange (Knuth, volume 3, 5.2.2, algorithm M). It compares the same
    /// positions for all values, so all lanes can be sorted together: a third of the time of sorting each column by
    /// itself (25 values, AVX2). No value may be NaN.
    fn sort(rows: &mut [[f64; LANES]]) {
        let top = rows.len().next_power_of_two() / 2;
        let mut p = top;
        while p > 0 {
            let (mut q, mut r, mut d) = (top, 0, p);
            loop {
                for i in (0..rows.len().saturating_sub(d)).filter(|i| i & p == r) {
                    let (a, b) = (rows[i], rows[i + d]);
                    rows[i] = std::array::from_fn(|lane| if b[lane] < a[lane] { b[lane] } else { a[lane] });
                    rows[i + d] = std::array::from_fn(|lane| if b[lane] < a[lane] { a[lane] } else { b[lane] });
                }
                if q == p {
                    break;
                }
                (d, q, r) = (q - p, q / 2, p);
            }
            p /= 2;
        }
    }
}

/// Scott's rule by the quartiles alone: the bandwidth for values with the interquartile range `range`.
pub(super) fn scott_by_quartiles(range: f64, shrinkage: f64) -> f64 {
    FACTOR * range / NORMAL_QUARTILES * shrinkage
}

/// The quantile `q` of each lane of sorted rows.
fn quantile(sorted: &[[f64; LANES]], q: f64) -> [f64; LANES] {
    let position = q * (sorted.len() - 1) as f64;
    let (index, share) = (position as usize, position.fract());
    let (lower, upper) = (sorted[index], sorted[(index + 1).min(sorted.len() - 1)]);
    std::array::from_fn(|lane| lower[lane] + share * (upper[lane] - lower[lane]))
}
