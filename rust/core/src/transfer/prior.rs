//! The prior mean of the model of this search.
//!
//! Source `s` orders the `n` losses of this search with Kendall's `tau_s`; sources with `tau_s <= 0` are left out. Let
//! `m(x) = sum_s tau_s^2 mean_s(x) / sum_s tau_s^2`, let `m_i = m(x_i)`, and let `m` and `y` be means over the observed
//! points. The prior mean is
//!
//! ```text
//! b (1 - n / 15) (m(x) - m)      b = max(0, (sum_i (m_i - m) (y_i - y) + 1/2) / (sum_i (m_i - m)^2 + 1))
//! ```
//!
//! `b` is the ridge estimate of a slope with prior 1/2. Weights by how well sources order the observations follow the
//! idea of RGPE (Feurer et al. 2018). Using them in a prior mean, and choosing the more likely of the models with and
//! without it (`sampler::gp`), is our own addition. From 15 trials on, the search's own results are more informative
//! than the sources (benchmark: `benches/results/transfer.md`).

use super::source_model::SourceModel;
use crate::model::gp::Trend;
use crate::numerics::{PairOrder, mean};

/// Number of results from which on sources are ignored. (Measured: `benches/results/transfer.md`.)
const HORIZON: f64 = 15.0;
/// The prior of the slope. (Half and twice: `benches/results/constants.md`.)
const SLOPE: f64 = 0.5;
/// The weight of that prior. (Half and twice: `benches/results/constants.md`.)
const RIDGE: f64 = 1.0;

/// The prior mean from the observed points and their losses, which have zero mean; `None` if every `tau_s <= 0`, if the
/// slope is zero, and with fewer than 2 or at least 15 losses.
pub fn prior_mean(sources: &[SourceModel], points: &[Vec<f64>], losses: &[f64]) -> Option<Trend> {
    let n = losses.len() as f64;
    if sources.is_empty() || losses.len() < 2 || n >= HORIZON {
        return None;
    }
    let means: Vec<Vec<f64>> = sources.iter().map(|source| points.iter().map(|p| source.mean(p)).collect()).collect();
    let weights = weights(&means, losses)?;
    let weighted_mean = |i: usize| means.iter().zip(&weights).map(|(of_source, weight)| weight * of_source[i]).sum();
    let m: Vec<f64> = (0..points.len()).map(weighted_mean).collect();
    let centre = mean(m.iter().copied());
    let slope = slope(&m, centre, losses) * (1.0 - n / HORIZON);
    let parts = sources.iter().zip(&weights).filter(|(_, weight)| **weight > 0.0);
    let parts = parts.map(|(source, weight)| source.weighted(slope * weight)).collect();
    (slope > 0.0).then_some(Trend { parts, offset: slope * centre })
}

/// Squares of Kendall's tau, with sum 1; `None` if no source orders the losses.
fn weights(means: &[Vec<f64>], losses: &[f64]) -> Option<Vec<f64>> {
    let square = |means: &Vec<f64>| {
        let tau = PairOrder::of(means, losses).tau().max(0.0);
        tau * tau
    };
    let squares: Vec<f64> = means.iter().map(square).collect();
    let total: f64 = squares.iter().sum();
    (total > 0.0).then(|| squares.iter().map(|square| square / total).collect())
}

/// The slope `b`.
fn slope(m: &[f64], centre: f64, losses: &[f64]) -> f64 {
    let middle = mean(losses.iter().copied());
    let (mut across, mut along) = (RIDGE * SLOPE, RIDGE);
    for (m, loss) in m.iter().zip(losses) {
        across += (m - centre) * (loss - middle);
        along += (m - centre) * (m - centre);
    }
    (across / along).max(0.0)
}
