//! Which model proposes a trial where Auto would run the Gaussian process or TPE.
//!
//! | search | TPE proposes |
//! | --- | --- |
//! | with black-box constraints | no trial |
//! | without, one objective, mostly choices: more than two thirds of the parameters are unordered, none is conditional | no trial |
//! | without, one objective, any other space | every third trial: those whose ids leave 2 when divided by 3 |
//! | without, two or three objectives | even ids, while it is ahead |
//! | without, four objectives and more | every third trial |
//!
//! With one objective, a share that depends on the results of both models was no better (measured:
//! `benches/results/auto.md`). With four objectives and more, a Gaussian process on its own tries the ends of ranges, where
//! it is least sure of all objectives at once (measured: `benches/results/objectives.md`). Under black-box constraints, TPE
//! finds fewer feasible trials (measured: `benches/results/constraints.md`).
//!
//! With two or three objectives, either model may be far ahead. TPE is tried for [`N_TRIES`] trials, pending ones
//! among the latest included, if fewer than half of the latest trials of the Gaussian process entered the front. It goes on while a larger
//! share of its own trials did. Both are judged by the latest [`N_JUDGED`] finished trials, so TPE is tried again later.
//! Odd ids search for other parts of the front, which TPE would miss. (Measured: `benches/results/objectives.md`.)

use super::Context;
use crate::history::{Origin, TrialState, View};
use crate::model::is_mostly_unordered;
use crate::space::Axis;

/// Where TPE has a fixed share, it proposes one trial in this many. The number is odd, so that each model has even and odd
/// ids, which the Gaussian process treats differently. (Measured: `benches/results/auto.md`.)
const TPE_INTERVAL: u64 = 3;
/// Largest number of objectives for which TPE proposes only while it is ahead. (Measured: `benches/results/objectives.md`.)
const FEW_OBJECTIVES: usize = 3;
/// Number of finished trials by which models are judged. (Twice as many: `benches/results/objectives.md`.)
const N_JUDGED: usize = 64;
/// Number of trials by which TPE is tried. (Twice as many: `benches/results/objectives.md`.)
const N_TRIES: usize = 4;

/// Whether TPE proposes although the Gaussian process could.
pub(super) fn is_turn_of_tpe(context: &Context<'_>) -> bool {
    let is_third = context.trial % TPE_INTERVAL == TPE_INTERVAL - 1;
    context.history.constraint_names().is_empty()
        && match context.history.n_objectives() {
            1 => is_third && !is_among_choices(context),
            n if n <= FEW_OBJECTIVES => context.trial.is_multiple_of(2) && is_tpe_ahead(context.history),
            _ => is_third,
        }
}

/// Whether most parameters are unordered choices and none is conditional. With few trials, the Gaussian process, whose
/// lengthscales of such choices have a prior of their own, is better there than densities of single choices (measured:
/// `benches/results/auto.md`).
fn is_among_choices(context: &Context<'_>) -> bool {
    let are_unordered = context.space.axes().iter().map(Axis::is_unordered);
    is_mostly_unordered(are_unordered) && !context.space.is_conditional()
}

/// Whether TPE is to be tried, or a larger share of its latest trials than of those of the Gaussian process entered the
/// front. It does not depend on the order in which trials were told.
fn is_tpe_ahead(history: View<'_>) -> bool {
    let points: Vec<(usize, Vec<f64>)> = history.eligible().map(|row| (row, history.point_of_values(row))).collect();
    let finished: Vec<usize> = history.finished().collect();
    let latest = &finished[finished.len().saturating_sub(N_JUDGED)..];
    let counts = |model: Origin| {
        let rows = latest.iter().filter(|row| history.origins()[**row] == model);
        (rows.clone().count(), rows.filter(|row| entered_front(&points, **row)).count())
    };
    let ((n_tpe, tpe), (n_gp, gp)) = (counts(Origin::Tpe), counts(Origin::Gp));
    let first = latest.first().copied().unwrap_or(0);
    let pending = (first..history.len()).filter(|row| history.state(*row) == TrialState::Pending);
    let n_under_way = pending.filter(|row| history.origins()[*row] == Origin::Tpe).count();
    if n_tpe + n_under_way < N_TRIES { 2 * gp < n_gp } else { tpe * n_gp > gp * n_tpe }
}

/// Whether a trial is among `points`, the rows and values of all trials that count as results, and no such trial with a
/// lower id is at least as good in every objective.
fn entered_front(points: &[(usize, Vec<f64>)], row: usize) -> bool {
    let Ok(i) = points.binary_search_by_key(&row, |(row, _)| *row) else { return false };
    let is_covered_by = |earlier: &[f64]| earlier.iter().zip(&points[i].1).all(|(a, b)| a <= b);
    !points[..i].iter().any(|(_, earlier)| is_covered_by(earlier))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Outcome};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, Domain, Parameter, SearchSpace, Value};

    /// Number of asks of 60 that TPE answers after twenty trials.
    fn asks_for_tpe(n_choices: usize, n_numbers: usize) -> usize {
        let choice = |j: usize| Parameter { domain: Domain::unordered(3).unwrap(), ..number(&format!("c{j}")) };
        let numbers = (0..n_numbers).map(|j| number(&format!("x{j}")));
        let space = SearchSpace::new((0..n_choices).map(choice).chain(numbers).collect(), Vec::new()).unwrap();
        let mut history = History::new(n_choices + n_numbers, 1);
        for row in 0..20 {
            let levels = (0..n_choices).map(|j| Some(Value::Level(((row + j) % 3) as u64)));
            let numbers = (0..n_numbers).map(|_| Some(Value::Real(row as f64 / 20.0)));
            history.push(&space, &Configuration(levels.chain(numbers).collect()), Origin::Tpe);
            finish(&mut history, row, Some(-(row as f64)));
        }
        (20..80).filter(|id| with_context(&space, &history, *id, is_turn_of_tpe)).count()
    }

    #[test]
    fn tpe_never_proposes_in_spaces_of_mostly_choices() {
        assert_eq!(asks_for_tpe(5, 2), 0);
        // Exactly two thirds do not count as mostly choices.
        assert_eq!(asks_for_tpe(4, 2), 20);
    }

    /// The turns of TPE among the ids 300 to 305 after trials with these origins and losses, the same in all objectives.
    /// A loss of NaN stands for a pending trial.
    fn turns(trials: &[(Origin, f64)], n_objectives: usize, is_constrained: bool) -> Vec<u64> {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, n_objectives);
        let constraints: &[(String, f64)] = if is_constrained { &[("c".to_owned(), -1.0)] } else { &[] };
        for (row, (origin, loss)) in trials.iter().enumerate() {
            history.push(&space, &Configuration(vec![Some(Value::Real(0.5))]), *origin);
            let measured = Measurement { value: *loss, sem: None, replicates: Vec::new() };
            if !loss.is_nan() {
                history.finish(row, Outcome::Complete(vec![measured; n_objectives]), constraints, None);
            }
        }
        (300..306).filter(|id| with_context(&space, &history, *id, is_turn_of_tpe)).collect()
    }

    #[test]
    fn tpe_proposes_every_third_trial_of_one_or_four_objectives_without_constraints() {
        let trials: Vec<_> = (0..30).map(|i| (Origin::Gp, f64::from(-i))).collect();
        for n_objectives in [1, 4] {
            assert_eq!(turns(&trials, n_objectives, false), [302, 305]);
            assert_eq!(turns(&trials, n_objectives, true), [0; 0]);
        }
    }

    #[test]
    fn with_few_objectives_tpe_is_tried_where_the_gaussian_process_misses_the_front_and_goes_on_while_it_is_ahead() {
        use Origin::{Design, Gp, Tpe};
        let (misses, enters) = (|model| vec![(model, 1.0)], |model| vec![(model, -1.0)]);
        for n_objectives in [2, 3] {
            // Every trial that enters the front does so at its own turn, so only the first -1.0 does.
            let goes_on = |trials: &[Vec<(Origin, f64)>]| {
                let trials = [&[vec![(Design, 0.0)]], trials].concat().concat();
                let found = turns(&trials, n_objectives, false);
                assert!(found.is_empty() || found == [300, 302, 304], "{found:?}");
                assert_eq!(turns(&trials, n_objectives, true), [0; 0]);
                !found.is_empty()
            };
            assert!(goes_on(&[misses(Gp), misses(Gp), enters(Gp)]));
            assert!(!goes_on(&[misses(Gp), enters(Gp)]), "half of the trials entered the front");
            assert!(goes_on(&[misses(Gp), misses(Tpe).repeat(N_TRIES - 1)]), "TPE is still tried");
            assert!(!goes_on(&[misses(Gp), misses(Tpe).repeat(N_TRIES)]), "neither is ahead");
            let under_way = vec![(Tpe, f64::NAN)];
            assert!(!goes_on(&[misses(Gp), misses(Tpe), under_way.repeat(N_TRIES - 1)]), "tries are under way");
            assert!(goes_on(&[misses(Gp), enters(Tpe), misses(Tpe).repeat(N_TRIES), under_way.clone()]));
            let never_told = [under_way.repeat(N_TRIES), misses(Gp).repeat(N_JUDGED)];
            assert!(goes_on(&never_told), "trials that are never told do not end the tries");
            let tried_long_ago = [misses(Tpe).repeat(N_TRIES), misses(Gp).repeat(N_JUDGED)];
            assert!(goes_on(&tried_long_ago), "TPE is tried again");
            assert!(!goes_on(&[tried_long_ago[0].clone(), misses(Gp).repeat(N_JUDGED - N_TRIES)]));
        }
    }
}
