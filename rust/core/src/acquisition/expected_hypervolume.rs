//! Expected hypervolume improvement in log space, for independent normal predictions of some objectives.
//!
//! With `psi_k(b) = E[(b - Y_k)+] = s_k h((b - m_k) / s_k)` (see [`super::improvement`]) and the boxes of
//! [`crate::pareto::boxes`], the expected hypervolume improvement is (Yang et al. 2019; in log space as in Ament et al.
//! 2023)
//!
//! ```text
//! EHVI = sum over boxes prod_k (psi_k(upper_k) - psi_k(lower_k))
//! ln EHVI = log-sum-exp over boxes sum_k (a_k + ln(1 - e^(b_k - a_k))),   a = ln psi(upper), b = ln psi(lower)
//! ```
//!
//! Working with logarithms keeps the products of small numbers far from the front from underflowing and losing their
//! slope. The test `log_ehvi_equals_quadrature` compares the result with quadrature in 30 digits.

use super::improvement::log_improvement;
use super::{AcquisitionValue, Normal};
use crate::numerics::{exp, ln, log_sum_exp};
use crate::pareto::Cell;

/// The boxes of a front. Many of them share their ends in an objective, so that each pair of ends is kept once.
pub struct ExpectedHypervolume {
    /// For each objective, the pairs of lower and upper ends.
    ends: Vec<Vec<(f64, f64)>>,
    /// For each box, the index of its pair in every objective.
    boxes: Vec<Vec<usize>>,
}

impl ExpectedHypervolume {
    /// Of disjoint boxes, at least one.
    pub fn new(cells: &[Cell]) -> Self {
        let mut ends = vec![Vec::new(); cells[0].upper.len()];
        for cell in cells {
            for (k, pairs) in ends.iter_mut().enumerate() {
                pairs.push((cell.lower[k], cell.upper[k]));
            }
        }
        let order = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
        for pairs in &mut ends {
            pairs.sort_by(order);
            pairs.dedup();
        }
        let index =
            |k: usize, cell: &Cell| ends[k].partition_point(|p| order(p, &(cell.lower[k], cell.upper[k])).is_lt());
        let boxes = cells.iter().map(|cell| (0..ends.len()).map(|k| index(k, cell)).collect()).collect();
        Self { ends, boxes }
    }

    /// `ln EHVI` and its derivatives. If EHVI is too small even for a logarithm, the value is minus infinity and the
    /// derivatives are zero.
    pub fn log_improvement(&self, predictions: &[Normal]) -> AcquisitionValue {
        let factors = |(pairs, y): (&Vec<(f64, f64)>, &Normal)| {
            pairs.iter().map(|(lower, upper)| log_between(*lower, *upper, *y)).collect::<Vec<_>>()
        };
        let factors: Vec<Vec<(f64, f64, f64)>> = self.ends.iter().zip(predictions).map(factors).collect();
        let sum_of_logs = |of_box: &Vec<usize>| of_box.iter().zip(&factors).map(|(i, pairs)| pairs[*i].0).sum();
        let logs: Vec<f64> = self.boxes.iter().map(sum_of_logs).collect();
        let value = log_sum_exp(&logs);
        let mut sum =
            AcquisitionValue { value, by_mean: vec![0.0; predictions.len()], by_std: vec![0.0; predictions.len()] };
        for (log, of_box) in logs.iter().zip(&self.boxes).filter(|(log, _)| log.is_finite()) {
            let share = exp(log - value);
            for (k, (i, pairs)) in of_box.iter().zip(&factors).enumerate() {
                let (_, by_mean, by_std) = pairs[*i];
                sum.by_mean[k] += share * by_mean;
                sum.by_std[k] += share * by_std;
            }
        }
        sum
    }
}

/// `ln(psi(upper) - psi(lower))` and its derivatives with respect to mean and standard deviation.
fn log_between(lower: f64, upper: f64, y: Normal) -> (f64, f64, f64) {
    let (above, above_mean, above_std) = log_improvement(upper, y);
    if lower == f64::NEG_INFINITY {
        return (above, above_mean, above_std);
    }
    let (below, below_mean, below_std) = log_improvement(lower, y);
    let ratio = exp(below - above);
    // `1 - ratio` without cancellation where the box is so narrow that both values are almost equal.
    let rest = -libm::expm1(below - above);
    if rest.is_nan() || rest <= 0.0 {
        return (f64::NEG_INFINITY, 0.0, 0.0);
    }
    let by_mean = (above_mean - ratio * below_mean) / rest;
    let by_std = (above_std - ratio * below_std) / rest;
    (above + ln(rest), by_mean, by_std)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pareto::box_decomposition;

    const FRONT: [[f64; 4]; 3] = [[0.0, 2.0, 1.0, 0.5], [1.0, 1.0, 0.5, 1.5], [2.0, 0.5, 2.0, 0.25]];

    fn cells(m: usize) -> ExpectedHypervolume {
        let front: Vec<Vec<f64>> = FRONT.iter().map(|p| p[..m].to_vec()).collect();
        ExpectedHypervolume::new(&box_decomposition(&front, &vec![3.0; m]))
    }

    fn at(m: usize, mean: f64, std: f64) -> Vec<Normal> {
        (0..m).map(|k| Normal { mean: mean + 0.1 * k as f64, std: std * (1.0 + 0.2 * k as f64) }).collect()
    }

    #[test]
    fn slopes_equal_differences() {
        for (m, mean, std) in
            [(2, 0.3, 0.5), (2, 2.9, 0.2), (3, 0.3, 0.5), (3, 6.0, 0.4), (3, -2.0, 1.0), (4, 0.5, 0.5)]
        {
            let (cells, y, step) = (cells(m), at(m, mean, std), 1e-6);
            let computed = cells.log_improvement(&y);
            for k in 0..m {
                let moved = |mean: f64, std: f64| {
                    let mut other = y.clone();
                    other[k].mean += mean;
                    other[k].std += std;
                    cells.log_improvement(&other).value
                };
                let by_mean = (moved(step, 0.0) - moved(-step, 0.0)) / (2.0 * step);
                let by_std = (moved(0.0, step) - moved(0.0, -step)) / (2.0 * step);
                for (slope, difference) in [(computed.by_mean[k], by_mean), (computed.by_std[k], by_std)] {
                    assert!(
                        (slope - difference).abs() < 1e-5 * slope.abs().max(1.0),
                        "{m} {mean} {slope} {difference}"
                    );
                }
            }
        }
    }

    /// Without uncertainty the expectation equals the hypervolume that the point adds.
    #[test]
    fn without_uncertainty_ehvi_equals_the_added_hypervolume() {
        let y = [Normal { mean: 0.5, std: 1e-9 }, Normal { mean: 0.25, std: 1e-9 }];
        // The part of the box from (0.5, 0.25) to (3, 3) that the front (0, 2), (1, 1), (2, 0.5) does not dominate: 0.5
        // x 1.75 + 1 x 0.75 + 1 x 0.25.
        let computed = exp(cells(2).log_improvement(&y).value);
        assert!((computed - 1.875).abs() < 1e-6, "{computed}");
    }

    #[test]
    fn far_from_the_front_ehvi_is_finite_and_its_gradient_points_back() {
        for mean in [10.0, 1e3, 1e6] {
            let computed = cells(3).log_improvement(&at(3, mean, 1.0));
            assert!(computed.value.is_finite(), "{mean}");
            assert!(computed.by_mean.iter().all(|slope| slope.is_finite() && *slope < 0.0), "{mean}");
        }
    }
}
