//! How wide the kernels are.
//!
//! The good density takes one width for each dimension by Scott's rule, robust against a second mode ([`scott`]); the
//! bad one takes the larger gap to a neighbour (the rule of Hyperopt), so that it stays high where trials are dense and
//! admits its ignorance where they are sparse ([`gaps::Gaps`](super::gaps::Gaps)).

use crate::numerics::{exp, ln};

/// Scott's factor for a normal density, with the quartiles of a normal in units of its deviation.
const FACTOR: f64 = 1.059;
const NORMAL_QUARTILES: f64 = 1.34;

/// Scott's rule, `1.059 min(sd, IQR / 1.34) n^(-1/5)`, held between `min` and 1. Sorts `values`.
///
/// The quartiles interpolate linearly between order statistics, the variance divides by `n - 1`. 0 or 1 values have
/// no spread: `min`.
pub fn scott(values: &mut [f64], min: f64) -> f64 {
    let n = values.len();
    if n < 2 {
        return min;
    }
    values.sort_unstable_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1) as f64;
    let spread = libm::sqrt(variance).min((quantile(values, 0.75) - quantile(values, 0.25)) / NORMAL_QUARTILES);
    (FACTOR * spread * shrinkage(n)).clamp(min, 1.0)
}

/// Scott's rule by the quartiles alone: the width for `n` values whose middle half spans `range`.
pub(super) fn scott_by_quartiles(range: f64, n: usize) -> f64 {
    FACTOR * range / NORMAL_QUARTILES * shrinkage(n)
}

fn shrinkage(n: usize) -> f64 {
    exp(-0.2 * ln(n as f64))
}

/// Quantile of sorted values.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let index = position as usize;
    let upper = sorted[(index + 1).min(sorted.len() - 1)];
    sorted[index] + (position - index as f64) * (upper - sorted[index])
}
