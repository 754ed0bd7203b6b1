//! Choices with many untried levels.
//!
//! The best of `u` independent levels is expected to lie `e(u)` standard deviations below the mean: 1.0 for 4 levels,
//! 1.5 for 10, 2.0 for 27 and 3.2 for 1,000. A confidence bound with `kappa < e(u)` stops trying new levels once one
//! level has turned out well, and spends the rest of the search on it. Both bounds therefore change where `e(u)` exceeds
//! their kappa (measured: `benches/results/levels.md`):
//!
//! - even ids, whose kappa is 1, maximize expected improvement from 4 untried levels on. The bound would refine the best
//!   level without end; expected improvement refines it only as long as no untried level promises more;
//! - odd ids, whose kappa is 2, use `kappa = e(u)` from 28 untried levels on.

use crate::encoding::AxisKind;
use crate::numerics::normal::ndtri;
use crate::sampler::Context;

/// `e(u)` for the number `u` of untried levels of the choice that has most of them. Pending trials count as tried.
pub(super) fn expected_best_untried(context: &Context<'_>) -> f64 {
    let untried = context.encoding.axes().iter().enumerate().filter_map(|(parameter, axis)| match axis.kind() {
        AxisKind::Unordered { levels } => Some(levels - n_tried(context.history.unit(parameter), levels)),
        AxisKind::Continuous | AxisKind::Ordered { .. } => None,
    });
    expected_best(untried.max().unwrap_or(0))
}

/// Number of distinct levels among unit coordinates, which are NaN where inactive.
fn n_tried(units: &[f64], levels: usize) -> usize {
    let active = units.iter().filter(|u| !u.is_nan());
    let mut tried: Vec<usize> = active.map(|u| ((u * levels as f64) as usize).min(levels - 1)).collect();
    tried.sort_unstable();
    tried.dedup();
    tried.len()
}

/// `e(n) = -Phi^-1((1 - 3/8) / (n + 1/4))`, the negated expected minimum of `n` standard normals (Blom 1958); zero for
/// `n = 0`. The error is below 0.026, and below 0.02 from `n = 4` on.
fn expected_best(n: usize) -> f64 {
    if n == 0 { 0.0 } else { -ndtri(0.625 / (n as f64 + 0.25)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_more_levels_is_farther_from_the_mean() {
        assert_eq!([0, 1].map(expected_best), [0.0, 0.0]);
        assert!(expected_best(3) < 1.0 && expected_best(4) > 1.0);
        assert!(expected_best(27) < 2.0 && expected_best(28) > 2.0);
    }

    #[test]
    fn the_approximation_keeps_its_error_bound() {
        // Expected largest of n standard normals (Harter 1961).
        let exact =
            [(2, 0.56419), (3, 0.84628), (4, 1.02938), (5, 1.16296), (10, 1.53875), (100, 2.50759), (1000, 3.24144)];
        for (n, expected) in exact {
            let error = (expected_best(n) - expected).abs();
            assert!(error < if n < 4 { 0.026 } else { 0.02 }, "{n}: {error}");
        }
    }

    #[test]
    fn distinct_active_levels_are_counted() {
        assert_eq!(n_tried(&[0.05, f64::NAN, 0.95, 0.05, 1.0], 10), 2);
    }
}
