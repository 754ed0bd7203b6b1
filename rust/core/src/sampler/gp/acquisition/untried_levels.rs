//! Choices with many levels that were never tried.
//!
//! Of `u` independent levels the best is expected `e(u)` deviations below the mean: 1.5 for 10 levels, 2.0 for 27, 3.2
//! for 1,000. A bound that weighs the deviation by at most 2 gives a level never tried up once one of some thirty
//! levels has turned out well, and spends the rest of the search on that one. So where `e(u) > 2`, that is from 28
//! levels on, two things change (measured: `benches/results/levels.md`):
//!
//! - asks that explore weigh the deviation by `e(u)`;
//! - the others maximise expected improvement. A bound of one deviation refines the best level without end, expected
//!   improvement does so while a level never tried promises less.

use crate::encoding::AxisKind;
use crate::numerics::normal::ndtri;
use crate::sampler::Context;

/// How far below the mean, in deviations, the best of the levels never tried is expected to be; of the choice that has
/// most of them. Pending trials count as tried.
pub(super) fn kappa(context: &Context<'_>) -> f64 {
    let untried = context.encoding.axes().iter().enumerate().filter_map(|(parameter, axis)| match axis.kind() {
        AxisKind::Unordered { levels } => Some(levels - n_tried(context.history.unit(parameter), levels)),
        AxisKind::Continuous | AxisKind::Ordered { .. } => None,
    });
    expected_best(untried.max().unwrap_or(0))
}

/// Number of distinct levels among unit coordinates, NaN where inactive.
fn n_tried(units: &[f64], levels: usize) -> usize {
    let active = units.iter().filter(|u| !u.is_nan());
    let mut tried: Vec<usize> = active.map(|u| ((u * levels as f64) as usize).min(levels - 1)).collect();
    tried.sort_unstable();
    tried.dedup();
    tried.len()
}

/// `e(n) = -Phi^-1((1 - 3/8) / (n + 1/4))`, the least of `n` standard normals on average (Blom 1958; to 0.02), negated;
/// zero without any.
fn expected_best(n: usize) -> f64 {
    if n == 0 { 0.0 } else { -ndtri(0.625 / (n as f64 + 0.25)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_more_levels_is_further_off() {
        assert_eq!([0, 1].map(expected_best), [0.0, 0.0]);
        assert!(expected_best(27) < 2.0 && expected_best(28) > 2.0);
        // Of 1,000 standard normals: 3.2414 (Harter 1961).
        assert!((expected_best(1000) - 3.2414).abs() < 0.02);
    }

    #[test]
    fn levels_count_once_and_inactive_ones_not_at_all() {
        assert_eq!(n_tried(&[0.05, f64::NAN, 0.95, 0.05, 1.0], 10), 2);
    }
}
