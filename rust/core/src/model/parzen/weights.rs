//! The weights of good trials.

/// Weights are multiples of `2^-12` of the largest. Rounding errors of scaled or shifted losses therefore do not change
/// them. (Half and twice: `benches/results/constants.md`.)
const STEPS: f64 = 4096.0;

/// The smallest effective number of good trials, absolute and as a share of their number. (Other weights:
/// `benches/results/archive/tpe.md`.)
const MIN_EFFECTIVE: (f64, f64) = (3.0, 0.25);

/// The weight of a loss that is not below the threshold; the best loss has weight 1. (Half and twice:
/// `benches/results/constants.md`.)
const LEAST: f64 = 1e-12;

/// Expected-improvement weights (Watanabe, arXiv 2304.11127, section 3.2): the distance of each good loss below
/// `threshold`, the best loss that is not good. The weight of the prior kernel is the mean of these weights.
///
/// Losses are finite or plus infinity, in any order. Infinite losses count as worse than the worst finite one by the
/// range of the finite ones. A single outlier must not dominate: the largest weights are reduced to a common height
/// until the effective number of trials, `(sum w)^2 / sum w^2`, is `max(3, n / 4)` or all weights are equal. The
/// weights lie in `(0, 1]`, and the largest is 1.
pub fn improvement(losses: &[f64], threshold: f64) -> Vec<f64> {
    let below = distances(losses, threshold);
    let largest = below.iter().fold(0.0, |a: f64, b| a.max(*b));
    if largest <= 0.0 {
        return vec![1.0; losses.len()];
    }
    let weights: Vec<f64> = below.iter().map(|b| (b / largest).max(LEAST)).collect();
    let height = common_height(&weights);
    weights.iter().map(|w| (STEPS * w.min(height) / height).round().max(1.0) / STEPS).collect()
}

/// `max(0, threshold - loss)`, in units that cannot overflow.
fn distances(losses: &[f64], threshold: f64) -> Vec<f64> {
    // With a factor of 1/8, twice the range of finite losses stays finite. It is not applied to smaller losses, because
    // subnormal ones would lose bits. Follows from the range of floats.
    let finite_values = || losses.iter().chain([&threshold]).copied().filter(|v| v.is_finite());
    let scale = if finite_values().any(|v| v.abs() > 1e300) { 0.125 } else { 1.0 };
    let worst = finite_values().fold(f64::NEG_INFINITY, f64::max) * scale;
    let best = finite_values().fold(f64::INFINITY, f64::min) * scale;
    let infinite = if worst > best { worst + (worst - best) } else { worst + 1.0_f64.max(worst.abs()) };
    let finite = |v: f64| if v.is_finite() { v * scale } else { infinite };
    losses.iter().map(|loss| (finite(threshold) - finite(*loss)).max(0.0)).collect()
}

/// The largest common height for which the effective number is large enough.
fn common_height(weights: &[f64]) -> f64 {
    let n = weights.len() as f64;
    let wanted = MIN_EFFECTIVE.0.max(MIN_EFFECTIVE.1 * n).min(n);
    if effective(weights, 1.0) >= wanted {
        return 1.0;
    }
    // A lower height makes weights more equal and the effective number larger. Bisection on the logarithm, over 28
    // nats.
    let (mut low, mut high) = (weights.iter().fold(1.0, |a: f64, b| a.min(*b)), 1.0);
    for _ in 0..30 {
        let middle = libm::sqrt(low * high);
        if effective(weights, middle) >= wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn effective(weights: &[f64], height: f64) -> f64 {
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), w| {
        let w = w.min(height);
        (sum + w, squares + w * w)
    });
    sum * sum / squares
}
