//! Which suggestions are worth a trial: those whose results are not known in advance.

use super::Context;
use crate::history::{Overlay, View};
use crate::space::Configuration;

/// Share of its range by which at least one number must differ from those of pending trials. (Measured:
/// `benches/results/batches.md`.)
const MIN_DIFFERENCE: f64 = 1e-3;
/// Share of its range within which all numbers of a trial must lie for its neighbourhood to be exhausted (measured:
/// `benches/results/basins.md`).
const NEIGHBOURHOOD: f64 = 3e-3;
/// Number of consecutive repetitions with identical results after which repetitions count as uninformative. Results
/// with few distinct values sometimes coincide by chance. (One was measured: `benches/results/model.md`.)
const ALIKE: usize = 2;

/// The configuration to try among some that come in the order of preference. The first of these that exists is taken:
///
/// 1. the preferred one, if it repeats a trial and repetitions are informative;
/// 2. an untried one that is not close to a pending trial;
/// 3. an untried one;
/// 4. the preferred one.
pub(super) fn choose<E>(
    context: &Context<'_>,
    mut next: impl FnMut() -> Result<Option<Configuration>, E>,
) -> Result<Option<Configuration>, E> {
    let (mut tried, mut untried) = (None, None);
    while let Some(configuration) = next()? {
        let is_seen = context.history.is_seen(&configuration);
        let is_first = tried.is_none() && untried.is_none();
        let is_repeatable = is_seen && is_first && is_repetition_informative(context);
        let is_new_and_apart = !is_seen && !is_near_pending(context, &configuration);
        if is_repeatable || is_new_and_apart {
            return Ok(Some(configuration));
        }
        let fallback = if is_seen { &mut tried } else { &mut untried };
        fallback.get_or_insert(configuration);
    }
    Ok(untried.or(tried))
}

/// As [`choose`], among known configurations.
pub(super) fn first_choice(context: &Context<'_>, ranked: Vec<Configuration>) -> Option<Configuration> {
    let mut ranked = ranked.into_iter();
    let Ok(choice) = choose(context, || Ok::<_, std::convert::Infallible>(ranked.next()));
    choice
}

/// Whether the neighbourhood of a configuration is exhausted: a finished or pending trial has the same choices and
/// active parameters, and all its numbers lie within [`NEIGHBOURHOOD`]. Always `false` while repetitions are
/// informative.
pub(super) fn is_exhausted(context: &Context<'_>, configuration: &Configuration) -> bool {
    let history = context.history;
    let rows = history.finished().chain(history.pending().map(|row| row as usize));
    !is_repetition_informative(context) && is_near(context, configuration, NEIGHBOURHOOD, rows)
}

/// Whether each of some trials is alone: none of the others lies in its neighbourhood. Always `true` while repetitions
/// are informative.
pub(super) fn are_alone(context: &Context<'_>, rows: &[usize]) -> Vec<bool> {
    let is_informative = is_repetition_informative(context);
    let is_alone = |row: &usize| {
        let unit = context.history.unit_point(*row);
        is_informative || !rows.iter().any(|other| other != row && is_at(context, &unit, NEIGHBOURHOOD, *other))
    };
    rows.iter().map(is_alone).collect()
}

/// Whether the neighbourhood of a configuration holds another one, in which only a number differs.
pub(super) fn has_neighbours(context: &Context<'_>, configuration: &Configuration) -> bool {
    let mut numbers = context.space.axes().iter().zip(&configuration.0).filter(|(axis, _)| !axis.is_unordered());
    numbers.any(|(axis, value)| {
        let Some(value) = *value else { return false };
        let u = axis.to_unit(value);
        [u - NEIGHBOURHOOD, u + NEIGHBOURHOOD].iter().any(|near| axis.from_unit(*near) != value)
    })
}

/// Whether a configuration repeats a finished trial or lies next to a pending one, and repetitions are not informative.
pub(super) fn is_taken(context: &Context<'_>, configuration: &Configuration) -> bool {
    let is_taken = context.history.is_seen(configuration) || repeats_pending(context, configuration);
    is_taken && !is_repetition_informative(context)
}

/// As [`repeats_pending`], but always `false` once noise was told, because a repetition is then informative.
pub(super) fn is_near_pending(context: &Context<'_>, configuration: &Configuration) -> bool {
    !context.history.is_noisy() && repeats_pending(context, configuration)
}

/// Whether a pending trial has the same choices and active parameters, and all its numbers lie within
/// [`MIN_DIFFERENCE`] of those of the configuration.
pub(super) fn repeats_pending(context: &Context<'_>, configuration: &Configuration) -> bool {
    is_near(context, configuration, MIN_DIFFERENCE, context.history.pending().map(|row| row as usize))
}

/// Whether a trial of `rows` has the same choices and active parameters, and all its numbers lie within `distance`.
fn is_near(
    context: &Context<'_>,
    configuration: &Configuration,
    distance: f64,
    mut rows: impl Iterator<Item = usize>,
) -> bool {
    // Not encoded without rows: most searches have no pending trial, and TPE asks for every candidate.
    let mut unit = None;
    rows.any(|row| is_at(context, unit.get_or_insert_with(|| context.space.encode(configuration)), distance, row))
}

/// Whether a trial has the choices and active parameters of a point, and all its numbers lie within `distance`.
fn is_at(context: &Context<'_>, unit: &[f64], distance: f64, row: usize) -> bool {
    context.space.is_near(unit, |j| context.history.unit(j)[row], distance)
}

/// Returns `true` once noise was told, unless each of the latest [`ALIKE`] repetitions has the same results, bit for
/// bit, as the first trial of its configuration. This happens if all trials share their folds and seeds.
fn is_repetition_informative(context: &Context<'_>) -> bool {
    let history = context.history;
    if !history.is_noisy() {
        return false;
    }
    let first = |row: usize| {
        let first = history.first_row_like(context.space, row)? as usize;
        (first < row && history.is_measured(first)).then_some((first, row))
    };
    let repetitions = (0..history.len()).rev().filter(|row| history.is_measured(*row)).filter_map(first);
    let alike = repetitions.take(ALIKE).filter(|(first, row)| have_equal_results(history, *first, *row)).count();
    alike < ALIKE
}

/// Whether two trials have identical results.
fn have_equal_results(history: View<'_>, a: usize, b: usize) -> bool {
    let alike = |column: Overlay<'_, f64>| column[a].to_bits() == column[b].to_bits();
    let columns = |k: usize| alike(history.values(k)) && alike(history.sems(k));
    (0..history.n_objectives()).all(columns) && history.replicates(a as u64) == history.replicates(b as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Accept, Condition, Domain, Parameter, SearchSpace, Value};

    /// Two numbers and a choice of three levels; the second number is active under the first level only.
    fn tree() -> SearchSpace {
        let kind = Parameter { domain: Domain::unordered(3).unwrap(), ..number("kind") };
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        SearchSpace::new(vec![number("x"), kind, Parameter { when, ..number("y") }], Vec::new()).unwrap()
    }

    fn at(x: f64, kind: u64, y: f64) -> Configuration {
        Configuration(vec![Some(Value::Real(x)), Some(Value::Level(kind)), (kind == 0).then_some(Value::Real(y))])
    }

    /// Whether a configuration is near one of the pending trials, after a finished trial with the same configuration.
    fn near_pending(pending: &[Configuration], standard_error: Option<f64>, configuration: &Configuration) -> bool {
        let space = tree();
        let mut history = History::new(3, 1);
        history.push(&space, configuration, Origin::Random);
        let measured = Measurement { value: 1.0, sem: standard_error, replicates: Vec::new() };
        history.finish(0, Outcome::Complete(vec![measured]), &[], None);
        for other in pending {
            history.push(&space, other, Origin::Random);
        }
        with_context(&space, &history, 9, |context| is_near_pending(context, configuration))
    }

    #[test]
    fn all_numbers_must_be_close_and_all_choices_equal() {
        let here = at(0.5, 0, 0.5);
        assert!(near_pending(&[at(0.1, 0, 0.1), at(0.5009, 0, 0.4991)], None, &here));
        for elsewhere in [at(0.5011, 0, 0.5), at(0.5, 0, 0.4989), at(0.5, 1, 0.0)] {
            assert!(!near_pending(std::slice::from_ref(&elsewhere), None, &here), "{elsewhere:?}");
        }
        assert!(near_pending(&[at(0.5009, 2, 0.0)], None, &at(0.5, 2, 0.0)));
        assert!(!near_pending(&[at(0.5, 1, 0.0)], None, &at(0.5, 2, 0.0)));
    }

    #[test]
    fn finished_trials_are_ignored_and_noise_allows_repetitions() {
        assert!(!near_pending(&[], None, &at(0.5, 0, 0.5)));
        assert!(!near_pending(&[at(0.5, 0, 0.5)], Some(0.1), &at(0.5, 0, 0.5)));
    }

    #[test]
    fn a_neighbourhood_is_exhausted_by_a_finished_trial_unless_results_are_noisy() {
        let exhausted = |standard_error: Option<f64>, configuration: &Configuration| {
            let space = tree();
            let mut history = History::new(3, 1);
            history.push(&space, &at(0.5, 0, 0.5), Origin::Random);
            let measured = Measurement { value: 1.0, sem: standard_error, replicates: Vec::new() };
            history.finish(0, Outcome::Complete(vec![measured]), &[], None);
            with_context(&space, &history, 9, |context| is_exhausted(context, configuration))
        };
        assert!(exhausted(None, &at(0.5029, 0, 0.4971)));
        assert!(!exhausted(Some(0.1), &at(0.5029, 0, 0.4971)));
        for elsewhere in [at(0.5031, 0, 0.5), at(0.5, 0, 0.4969), at(0.5, 1, 0.0)] {
            assert!(!exhausted(None, &elsewhere), "{elsewhere:?}");
        }
    }

    #[test]
    fn trials_next_to_each_other_are_not_alone_unless_results_are_noisy() {
        let alone = |standard_error: Option<f64>| {
            let space = tree();
            let mut history = History::new(3, 1);
            for (row, x) in [0.5, 0.502, 0.506].into_iter().enumerate() {
                history.push(&space, &at(x, 0, 0.5), Origin::Random);
                let measured = Measurement { value: x, sem: standard_error, replicates: Vec::new() };
                history.finish(row, Outcome::Complete(vec![measured]), &[], None);
            }
            with_context(&space, &history, 3, |context| [are_alone(context, &[0, 1, 2]), are_alone(context, &[0, 2])])
        };
        assert_eq!(alone(None), [vec![false, false, true], vec![true, true]]);
        assert_eq!(alone(Some(0.1)), [vec![true; 3], vec![true; 2]]);
    }

    /// Whether another value of a parameter lies in the neighbourhood of this one.
    fn has_neighbours_at(domain: Domain, value: Value) -> bool {
        let space = SearchSpace::new(vec![Parameter { domain, ..number("x") }], Vec::new()).unwrap();
        let configuration = Configuration(vec![Some(value)]);
        with_context(&space, &History::new(1, 1), 0, |context| has_neighbours(context, &configuration))
    }

    #[test]
    fn only_numbers_with_close_levels_have_neighbours() {
        assert!(has_neighbours_at(Domain::real(0.0, 1.0, false).unwrap(), Value::Real(1.0)));
        assert!(!has_neighbours_at(Domain::unordered(1000).unwrap(), Value::Level(500)));
        let integers = |n: i128, log: bool| Domain::integer(1, n, 1, log).unwrap();
        assert!(has_neighbours_at(integers(1000, false), Value::Level(500)));
        assert!(!has_neighbours_at(integers(100, false), Value::Level(50)));
        // On a logarithmic scale small integers are far apart, and large ones are close.
        assert!(!has_neighbours_at(integers(10_000, true), Value::Level(0)));
        assert!(has_neighbours_at(integers(10_000, true), Value::Level(9_000)));
    }

    /// Whether repetitions are informative after trials at these points with these values of three replicates.
    fn informative_after(results: &[(f64, [f64; 3])]) -> bool {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for (row, (x, replicates)) in results.iter().enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(*x))]), Origin::Random);
            let value = replicates.iter().sum::<f64>() / 3.0;
            let measured = Measurement { value, sem: Some(0.5), replicates: replicates.to_vec() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], None);
        }
        with_context(&space, &history, results.len() as u64, is_repetition_informative)
    }

    #[test]
    fn repetitions_are_informative_until_two_give_identical_results() {
        let (some, others, bad) = ([1.0, 2.0, 4.0], [4.0, 2.0, 1.0], [f64::INFINITY; 3]);
        assert!(informative_after(&[(0.1, some), (0.2, some)]));
        assert!(informative_after(&[(0.1, some), (0.1, others)]));
        assert!(informative_after(&[(0.1, some), (0.1, some), (0.2, others)]));
        assert!(!informative_after(&[(0.1, some), (0.1, some), (0.2, others), (0.2, others), (0.3, some)]));
        assert!(informative_after(&[(0.1, some), (0.1, some), (0.2, others), (0.2, some)]));
        assert!(informative_after(&[(0.1, bad), (0.1, bad), (0.1, bad)]));
    }
}
