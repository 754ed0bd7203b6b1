//! Objective values as the Gaussian process wants them: half-rank-warped, with zero mean and unit variance.
//!
//! The warp is [`HalfRank`]. Values are first brought to a scale on which nothing overflows or vanishes. The result
//! depends on the bad half through its ranks alone (`bad_values_matter_through_their_ranks_alone`).

use crate::model::HalfRank;

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
    let warp = HalfRank::new(&order.iter().map(|i| centred[*i]).collect::<Vec<_>>());
    standardized(&centred.iter().map(|z| warp.of(*z)).collect::<Vec<_>>())
}

/// Values minus the median, in units that neither overflow nor vanish: the largest finite distance within the good half
/// is 1.
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

fn standardized(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
    let scale = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter().map(|y| (y - mean) / scale).collect()
}
