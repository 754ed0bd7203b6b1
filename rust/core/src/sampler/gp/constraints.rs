//! Transformation of black-box constraints for the models.
//!
//! A constraint `c <= 0` is modelled as
//!
//! ```text
//! b = sign(c) ln(1 + |c| / q),    q the interquartile range of c
//! ```
//!
//! clipped at Tukey's upper fence and standardized. The transformation (bilog: Eriksson and Poloczek 2021) keeps the
//! sign, expands values near the border, where the model must be accurate, and compresses values far from it.

use crate::numerics::{ln, standardized};
use crate::sampler::Context;

/// Of `rows`, those with a value of constraint `k`.
pub(super) fn observed_rows(context: &Context<'_>, k: usize, rows: &[usize]) -> Vec<usize> {
    let values = context.history.constraint(k);
    rows.iter().copied().filter(|row| !values[*row].is_nan()).collect()
}

/// The transformed values of constraint `k` at `rows`, which must have values, and the transformed border.
pub(super) fn scaled(context: &Context<'_>, k: usize, rows: &[usize]) -> (Vec<f64>, f64) {
    let values = context.history.constraint(k);
    clipped_and_standardized(&bilog(&rows.iter().map(|row| values[*row]).collect::<Vec<_>>()))
}

fn bilog(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = quartiles(&sorted);
    let range = high / 2.0 - low / 2.0;
    let largest = sorted.iter().map(|c| c.abs()).filter(|c| c.is_finite()).fold(0.0, f64::max);
    let scale = if range > 0.0 && range.is_finite() { range } else { largest / 2.0 };
    let log = |c: &f64| {
        let size = c.abs().min(f64::MAX) / 2.0;
        if size > 0.0 { ln(1.0 + (size / scale.max(f64::MIN_POSITIVE)).min(f64::MAX)).copysign(*c) } else { 0.0 }
    };
    values.iter().map(log).collect()
}

/// Clips values at the upper fence and standardizes them to zero mean and unit variance. Also returns the image of
/// zero.
fn clipped_and_standardized(values: &[f64]) -> (Vec<f64>, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = quartiles(&sorted);
    // If the quartiles are equal, a fence would clip all other values and remove all information about the border.
    let fence = if high > low { high + 1.5 * (high - low) } else { f64::INFINITY };
    let clipped: Vec<f64> = values.iter().map(|b| b.min(fence.max(0.0))).collect();
    let (standardized, mean, scale) = standardized(&clipped);
    (standardized, -mean / scale)
}

/// The lower and the upper quartile.
fn quartiles(sorted: &[f64]) -> (f64, f64) {
    let last = sorted.len() - 1;
    (sorted[last / 4], sorted[(3 * last).div_ceil(4)])
}

#[cfg(test)]
mod tests {
    use super::{bilog, clipped_and_standardized};

    #[test]
    fn bilog_keeps_signs_and_order() {
        let values = [-1e300, -2.0, -1e-3, 0.0, 1e-3, 3.0, f64::INFINITY];
        let transformed = bilog(&values);
        assert!(transformed.windows(2).all(|pair| pair[0] < pair[1]), "{transformed:?}");
        assert!(
            transformed
                .iter()
                .zip(values)
                .all(|(b, c)| b.is_finite() && (*b == 0.0) == (c == 0.0) && (*b > 0.0) == (c > 0.0))
        );
    }

    #[test]
    fn standardized_values_keep_their_side_of_the_border() {
        for values in
            [vec![1.0, 2.0, 3.0, 1e9], vec![-1.0, 1.0], vec![-4.0, -3.0, -3.0, -2.0], vec![2.0; 4], vec![0.0; 3]]
        {
            let (scaled, limit) = clipped_and_standardized(&bilog(&values));
            for (z, c) in scaled.iter().zip(&values) {
                assert!((*z <= limit + 1e-12) == (*c <= 0.0), "{values:?} {scaled:?} {limit}");
            }
        }
    }

    #[test]
    fn a_far_violation_changes_little() {
        let near = clipped_and_standardized(&bilog(&[-1.0, -0.5, 0.25, 0.5, 1.0, 4.0, 40.0]));
        let far = clipped_and_standardized(&bilog(&[-1.0, -0.5, 0.25, 0.5, 1.0, 4.0, 1e200]));
        assert!((near.1 - far.1).abs() < 1e-9);
    }
}
