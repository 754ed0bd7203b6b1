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
pub(super) fn reach(context: &Context<'_>) -> f64 {
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
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Origin};
    use crate::sampler::gp::suggest;
    use crate::sampler::testing::{asked, finish, number};
    use crate::sampler::{GpAcquisition, GpSettings};
    use crate::space::{Configuration, Domain, Parameter, SearchSpace, Value};

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

    /// After thirty levels one of which turned out well; the bounds of one and two deviations stay with that one.
    #[test]
    fn most_suggestions_try_another_level() {
        let kind = Parameter { domain: Domain::unordered(300).unwrap(), ..number("kind") };
        let space = SearchSpace::new(vec![number("x"), kind], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(2, 1));
        for row in 0..30 {
            let x = 0.3 + 0.4 * f64::from(row % 6) / 5.0;
            history.push(
                &encoding,
                &Configuration(vec![Some(Value::Real(x)), Some(Value::Level(row as u64))]),
                Origin::Gp,
            );
            let effect = -expected_best(30) * libm::cos(0.1 * f64::from(row));
            finish(&mut history, row as usize, Some(effect + (x - 0.5) * (x - 0.5)));
        }
        let settings = GpSettings { n_startup: 5, acquisition: GpAcquisition::Lcb };
        let is_new = |id: &u64| {
            let suggested = asked(&space, &history, *id, |context| suggest(&settings, context, &mut None).unwrap());
            matches!(suggested.configuration.0[1], Some(Value::Level(level)) if level >= 30)
        };
        assert!((30..40).filter(is_new).count() >= 8);
    }
}
