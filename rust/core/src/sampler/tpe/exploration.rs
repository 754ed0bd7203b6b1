//! Draws from the priors in a search that stands still.
//!
//! Where all good trials lie in one basin, candidates hardly ever leave it: of 24 draws from the good density, few come
//! from its prior, and the density ratio prefers the others. Once [`PATIENCE`] finished trials have higher ids than the
//! best one, every fourth id therefore proposes a draw from the priors, far from the good trials. (Measured:
//! `benches/results/basins.md`.)

use super::Densities;
use crate::numerics::Stream;
use crate::sampler::failures::FailureFilter;
use crate::sampler::initial_design::farthest_first;
use crate::sampler::{Context, worth};
use crate::space::Configuration;

/// Number of finished trials after the best one from which on a search stands still. (Half and twice:
/// `benches/results/basins.md`.)
const PATIENCE: usize = 20;
/// A search that stands still explores at one id in this many. (Half of it, far from all trials:
/// `benches/results/basins.md`.)
const INTERVAL: u64 = 4;
/// Number of draws that are compared. (Eight times as many: `benches/results/basins.md`.)
const DRAWS: usize = 4;

/// Whether the requested trial explores.
pub(super) fn is_due(densities: &Densities, context: &Context<'_>) -> bool {
    context.trial.is_multiple_of(INTERVAL) && stands_still(densities, context)
}

/// Whether [`PATIENCE`] finished trials have higher ids than the best one. Excluded ones, also cancelled ones, do not
/// count. A search with several objectives or black-box constraints never stands still: most trials of a front improve on
/// no other, and most draws would break a constraint.
fn stands_still(densities: &Densities, context: &Context<'_>) -> bool {
    let history = context.history;
    let is_unconstrained = history.n_objectives() == 1 && history.constraint_names().is_empty();
    let later = |best: usize| (best + 1..history.len()).filter(|row| history.state(*row).counts());
    is_unconstrained && densities.best.is_some_and(|best| later(best).take(PATIENCE).count() == PATIENCE)
}

/// The draw from the priors that is farthest from the good trials, of those that are likely to succeed and worth a
/// trial ([`worth`]); absent if none is.
pub(super) fn draw(densities: &Densities, context: &Context<'_>, stream: &mut Stream) -> Option<Configuration> {
    let good = densities.groups.first().map_or(&[][..], |group| group.good_rows());
    let distance =
        |unit: &[f64]| good.iter().map(|row| context.squared_distance(unit, *row)).fold(f64::INFINITY, f64::min);
    let drawn = context.draws(DRAWS, stream);
    let likely = match FailureFilter::of(context) {
        Some(filter) => filter.keep(drawn, |configuration| context.space.encode(configuration)),
        None => drawn,
    };
    let chosen = worth::first_choice(context, farthest_first(context, likely, distance));
    chosen.filter(|configuration| !worth::is_taken(context, configuration))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{Estimate, Expected, History, Measurement, Origin, Outcome, View};
    use crate::sampler::testing::{finish, number, tell, with_context};
    use crate::sampler::tpe::suggest;
    use crate::sampler::{Context, Suggestion, TpeSettings};
    use crate::space::{Configuration, SearchSpace, Value};

    fn space() -> SearchSpace {
        SearchSpace::new(vec![number("x")], Vec::new()).unwrap()
    }

    /// One good trial at 0.1 and then `n` worse ones next to it.
    fn add(history: &mut History, n: usize) {
        tell(&space(), history, 0.1, 0.0);
        (1..=n).for_each(|i| tell(&space(), history, 0.1 + i as f64 / 1000.0, i as f64));
    }

    fn after(n: usize) -> History {
        let mut history = History::new(1, 1);
        add(&mut history, n);
        history
    }

    /// Adds a pending trial at 0.1 and returns its row.
    fn push(history: &mut History) -> usize {
        history.push(&space(), &Configuration(vec![Some(Value::Real(0.1))]), Origin::Random) as usize
    }

    fn ask(history: &History, estimates: &[Estimate], trial: u64) -> Suggestion {
        with_context(&space(), history, trial, |context| {
            let context = Context { history: View::new(history, estimates), ..*context };
            suggest(&TpeSettings::default(), &context, &mut None).unwrap()
        })
    }

    fn origin(history: &History, trial: u64) -> Origin {
        ask(history, &[], trial).origin
    }

    #[test]
    fn a_search_without_an_improvement_for_twenty_trials_explores_at_every_fourth_id() {
        let history = after(20);
        let origins: Vec<Origin> = (100..108).map(|trial| origin(&history, trial)).collect();
        let tpe = Origin::Tpe;
        assert_eq!(origins, [Origin::Design, tpe, tpe, tpe, Origin::Design, tpe, tpe, tpe]);
        assert_eq!(origin(&after(19), 100), tpe);
    }

    /// The farthest of four uniform draws from 0.1 lies beyond 0.55 but for one time in eleven.
    #[test]
    fn draws_are_far_from_the_good_trials() {
        let history = after(40);
        let is_far = |trial: &u64| {
            let Some(Value::Real(x)) = ask(&history, &[], *trial).configuration.0[0] else { unreachable!("a number") };
            x > 0.55
        };
        let n_far = (0..200).filter(|i| is_far(&(4 * i))).count();
        assert!(n_far >= 170, "{n_far} of 200");
    }

    /// Its last report is lower than all results, but belongs to a smaller budget.
    #[test]
    fn a_stopped_trial_is_not_the_best() {
        let mut history = after(8);
        let stopped = push(&mut history);
        let reported = vec![Measurement { value: -100.0, sem: None, replicates: Vec::new() }];
        let outcome = Outcome::Pruned { measurements: Some(reported), reason: None, paused: false };
        history.finish(stopped, outcome, &[], None);
        let estimates = [Estimate { row: stopped, objective: 0, end: Some(Expected { mean: 1.0, std: 0.1 }) }];
        (1..=25).for_each(|i| tell(&space(), &mut history, 0.2, -f64::from(i)));
        assert_eq!(ask(&history, &estimates, 100).origin, Origin::Tpe);
        (1..=20).for_each(|i| tell(&space(), &mut history, 0.2, f64::from(i)));
        assert_eq!(ask(&history, &estimates, 100).origin, Origin::Design);
    }

    /// All asks compare the same four draws.
    #[test]
    fn draws_are_not_close_to_pending_trials_and_repeat_none_even_after_noise_if_repetitions_agree() {
        let mut history = after(40);
        let mut drawn: Vec<Configuration> = Vec::new();
        let is_apart = |a: &Configuration, b: &Configuration| match (a.0[0], b.0[0]) {
            (Some(Value::Real(a)), Some(Value::Real(b))) => (a - b).abs() > 1e-3,
            _ => false,
        };
        for _ in 0..4 {
            let Suggestion { configuration, origin, .. } = ask(&history, &[], 100);
            assert!(origin == Origin::Design && drawn.iter().all(|other| is_apart(other, &configuration)));
            history.push(&space(), &configuration, origin);
            drawn.push(configuration);
        }
        assert_eq!(origin(&history, 100), Origin::Tpe);
        (0..2).for_each(|_| _ = history.push(&space(), &drawn[0], Origin::Design));
        for row in 41..history.len() {
            let measured = Measurement { value: 50.0, sem: Some(0.1), replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], None);
        }
        assert_eq!(origin(&history, 100), Origin::Tpe);
    }

    #[test]
    fn only_finished_trials_after_the_best_one_count() {
        let mut history = after(19);
        for i in 0..60 {
            let row = push(&mut history);
            if i % 2 == 0 {
                finish(&mut history, row, Some(1.0));
                history.exclude(row);
            }
        }
        assert_eq!(origin(&history, 100), Origin::Tpe);
        let row = push(&mut history);
        finish(&mut history, row, None);
        assert_eq!(origin(&history, 100), Origin::Design);
    }

    #[test]
    fn pending_trials_before_the_best_one_change_nothing() {
        let mut history = History::new(1, 1);
        (0..30).for_each(|_| _ = push(&mut history));
        add(&mut history, 19);
        assert_eq!(origin(&history, 100), Origin::Tpe);
        tell(&space(), &mut history, 0.2, 1.0);
        assert_eq!(origin(&history, 100), Origin::Design);
    }
}
