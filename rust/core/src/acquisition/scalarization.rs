//! Improvement along many directions, for five or more objectives, where exact hypervolumes are expensive.
//!
//! For a direction `w` with positive coordinates and a reference `r`,
//!
//! ```text
//! s_w(y) = min_k (r_k - y_k) / w_k
//! ```
//!
//! is how far a point reaches from the reference along `w`. The hypervolume of a set equals, up to a constant, the mean
//! over directions of `(max over the set of s_w)^m` (Zhang and Golovin 2020). With the optimistic values
//! `y_k = mean_k - kappa std_k` of a candidate, its acquisition value is
//!
//! ```text
//! ln mean over w of softplus((s_w(y) - max over the front of s_w) / 0.1)
//! ```
//!
//! The power is omitted so that no single direction dominates. The softplus gives candidates without any improvement a
//! non-zero slope.

use super::improvement::softplus;
use super::{AcquisitionValue, Normal};
use crate::numerics::{Stream, exp, ln, log_sum_exp};

/// Number of directions. A choice, not measured.
const DIRECTIONS: usize = 64;
/// Width of the softplus. A choice, not measured.
const SOFTNESS: f64 = 0.1;
/// Smallest coordinate of a direction; with a coordinate of zero, the other objectives would have no influence. A
/// choice, not measured.
const MIN_WEIGHT: f64 = 1e-3;

/// Random directions and how far the front reaches along each of them.
#[derive(Clone, Debug)]
pub struct Scalarization {
    reference: Vec<f64>,
    kappa: f64,
    /// `(w, max over the front of s_w)`.
    directions: Vec<(Vec<f64>, f64)>,
}

impl Scalarization {
    /// Directions spread evenly over the positive part of the sphere.
    pub fn new(front: &[Vec<f64>], reference: Vec<f64>, kappa: f64, stream: &mut Stream) -> Self {
        let mut directions = Vec::with_capacity(DIRECTIONS);
        for _ in 0..DIRECTIONS {
            let w = direction(reference.len(), stream);
            let reached = front.iter().map(|y| reach(&reference, &w, |k| y[k]).0).fold(0.0, f64::max);
            directions.push((w, reached));
        }
        Self { reference, kappa, directions }
    }

    /// The logarithm of the mean improvement, with derivatives.
    pub fn value(&self, predictions: &[Normal]) -> AcquisitionValue {
        let m = predictions.len();
        let bound = |k: usize| predictions[k].mean - self.kappa * predictions[k].std;
        let mut improvements = Vec::with_capacity(self.directions.len());
        for (w, reached) in &self.directions {
            let (s, k) = reach(&self.reference, w, bound);
            let (improvement, slope) = softplus((s - reached) / SOFTNESS);
            let improvement = improvement.max(f64::MIN_POSITIVE);
            improvements.push((ln(improvement), slope / (improvement * SOFTNESS * w[k]), k));
        }
        let value = log_sum_exp(&improvements.iter().map(|improvement| improvement.0).collect::<Vec<_>>());
        let mut sum = AcquisitionValue { value, by_mean: vec![0.0; m], by_std: vec![0.0; m] };
        for (log, slope, k) in improvements {
            let share = exp(log - value) * slope;
            sum.by_mean[k] -= share;
            sum.by_std[k] += self.kappa * share;
        }
        sum.value -= ln(self.directions.len() as f64);
        sum
    }
}

/// A direction: absolute values of a standard normal vector, scaled to unit length.
fn direction(m: usize, stream: &mut Stream) -> Vec<f64> {
    let drawn: Vec<f64> = (0..m).map(|_| stream.normal().abs()).collect();
    let length = drawn.iter().map(|w| w * w).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    drawn.iter().map(|w| (w / length).max(MIN_WEIGHT)).collect()
}

/// `s_w` and the objective that attains the minimum.
fn reach(reference: &[f64], w: &[f64], y: impl Fn(usize) -> f64) -> (f64, usize) {
    let parts = (0..w.len()).map(|k| ((reference[k] - y(k)) / w[k], k));
    parts.reduce(|a, b| if b.0 < a.0 { b } else { a }).unwrap_or((f64::NEG_INFINITY, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::Purpose;

    fn example() -> Scalarization {
        let front = [vec![0.0, 1.0, 0.5, 1.0], vec![1.0, 0.0, 1.0, 0.5]];
        Scalarization::new(&front, vec![2.0; 4], 1.0, &mut Stream::new(3, 0, Purpose::Scramble, 0))
    }

    fn at(means: [f64; 4]) -> Vec<Normal> {
        means.iter().map(|mean| Normal { mean: *mean, std: 0.2 }).collect()
    }

    #[test]
    fn slopes_equal_differences() {
        let (scalarization, y, step) = (example(), at([0.4, 0.6, 0.5, 0.9]), 1e-7);
        let computed = scalarization.value(&y);
        for k in 0..4 {
            let moved = |by: f64| {
                let mut other = y.clone();
                other[k].mean += by;
                scalarization.value(&other).value
            };
            let difference = (moved(step) - moved(-step)) / (2.0 * step);
            assert!((computed.by_mean[k] - difference).abs() < 1e-4, "{k} {} {difference}", computed.by_mean[k]);
            assert!((computed.by_std[k] + computed.by_mean[k]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_dominating_prediction_has_a_higher_value() {
        let (scalarization, good, bad) = (example(), at([0.2; 4]), at([0.3; 4]));
        assert!(scalarization.value(&good).value > scalarization.value(&bad).value);
        assert!(scalarization.value(&at([1e3; 4])).value.is_finite());
    }
}
