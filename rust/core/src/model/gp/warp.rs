//! Half-rank warping: the good half keeps its shape, the bad half only its order.
//!
//! A Gaussian process trusts distances between values; one enormous loss would flatten everything else. Following the output warper
//! of Vizier (Song et al. 2024, section 4.1), with median `m` and the spread `s` of the values at or below it,
//!
//! ```text
//! y <= m:  y            s = sqrt(mean (y - m)^2 over y <= m)
//! y >  m:  m - Phi^-1(q) s,    q = (r - 1/2) / (2 (B + 1/2))
//! ```
//!
//! where `r` is the dense rank from the worst (1 is the worst) and `B` the number of distinct values above the median. Then mean and
//! standard deviation are taken out. The result depends on the bad half through its ranks alone
//! (`bad_values_matter_through_their_ranks_alone`).

use crate::numerics::normal::ndtri;

/// Warped values (smaller is better), with zero mean and unit variance; all zeros if all are equal.
///
/// Values may be plus infinity but not NaN.
pub fn half_rank(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let Some(lowest) = order.first().map(|i| values[*i]) else { return Vec::new() };
    if values.iter().all(|y| *y == lowest) || lowest.is_infinite() {
        return vec![0.0; values.len()];
    }
    let centred = centre(values, &order);
    standardized(&warp(&centred, &order))
}

/// Values minus the median, in units that neither overflow nor vanish: the largest finite distance within the good half is 1.
fn centre(values: &[f64], order: &[usize]) -> Vec<f64> {
    let half = &order[..order.len().div_ceil(2)];
    let median = values[half[half.len() - 1]];
    let (low, median) =
        (values[order[0]] / 2.0, if median.is_finite() { median / 2.0 } else { values[order[0]] / 2.0 });
    let scale = if median > low { median - low } else { largest_gap(values, median) };
    values.iter().map(|y| (y / 2.0 - median) / scale).collect()
}

/// Where the good half is all equal: the distance of the next value, so that the bad half has a scale to stand on.
fn largest_gap(values: &[f64], median: f64) -> f64 {
    let gaps = values.iter().map(|y| y / 2.0 - median).filter(|gap| *gap > 0.0 && gap.is_finite());
    gaps.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
}

fn warp(centred: &[f64], order: &[usize]) -> Vec<f64> {
    let good: Vec<f64> = centred.iter().copied().filter(|z| *z <= 0.0).collect();
    let mean_square = good.iter().map(|z| z * z).sum::<f64>() / good.len() as f64;
    let spread = if mean_square > 0.0 { mean_square.sqrt() } else { 1.0 };
    let bad: Vec<usize> = order.iter().copied().filter(|i| centred[*i] > 0.0).collect();
    let mut distinct: Vec<f64> = bad.iter().map(|i| centred[*i]).collect();
    distinct.dedup();
    let mut warped = centred.to_vec();
    for i in bad {
        let from_best = distinct.partition_point(|z| *z < centred[i]);
        let rank = (distinct.len() - from_best) as f64;
        let q = 0.5 * (rank - 0.5) / (distinct.len() as f64 + 0.5);
        warped[i] = -ndtri(q) * spread;
    }
    warped
}

fn standardized(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter().map(|y| (y - mean) / scale).collect()
}
