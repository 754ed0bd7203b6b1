//! Draws from the priors in a search that stands still.
//!
//! Where all good trials lie in one basin, candidates hardly ever leave it: of 24 draws from the good density, few come
//! from its prior, and the density ratio prefers the others. Without an improvement for [`PATIENCE`] finished trials,
//! every fourth id therefore proposes a draw from the priors, far from the good trials. (Measured:
//! `benches/results/basins.md`.)

use super::Densities;
use crate::numerics::Stream;
use crate::sampler::Context;
use crate::sampler::failures::FailureFilter;
use crate::sampler::initial_design::farthest_first;
use crate::space::Configuration;

/// Number of trials without an improvement after which a search stands still. (Half and twice:
/// `benches/results/basins.md`.)
const PATIENCE: usize = 20;
/// A search that stands still explores at one id in this many. (Half of it: `benches/results/basins.md`.)
const INTERVAL: u64 = 4;
/// Number of draws that are compared. (Eight times as many: `benches/results/basins.md`.)
const DRAWS: usize = 4;

/// Whether the requested trial explores.
pub(super) fn is_due(densities: &Densities, context: &Context<'_>) -> bool {
    context.trial.is_multiple_of(INTERVAL) && stands_still(densities, context)
}

/// Whether the latest [`PATIENCE`] trials, not counting pending ones, are no better than one before. A search with
/// several objectives or black-box constraints never stands still: most trials of a front improve on no other, and most
/// draws would break a constraint.
fn stands_still(densities: &Densities, context: &Context<'_>) -> bool {
    let history = context.history;
    let n_waited = |best: usize| (history.len() - best - 1).saturating_sub(history.n_pending());
    let is_unconstrained = history.n_objectives() == 1 && history.constraint_names().is_empty();
    is_unconstrained && densities.best.is_some_and(|best| n_waited(best) >= PATIENCE)
}

/// Of some draws from the priors that are likely to succeed, the one that is farthest from the good trials.
pub(super) fn draw(densities: &Densities, context: &Context<'_>, stream: &mut Stream) -> Option<Configuration> {
    let good = densities.groups.first().map_or(&[][..], |group| group.good_rows());
    let distance =
        |unit: &[f64]| good.iter().map(|row| context.squared_distance(unit, *row)).fold(f64::INFINITY, f64::min);
    let drawn = context.draws(DRAWS, stream);
    let likely = match FailureFilter::of(context) {
        Some(filter) => filter.keep(drawn, |configuration| context.space.encode(configuration)),
        None => drawn,
    };
    farthest_first(context, likely, distance).into_iter().next()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{History, Origin};
    use crate::sampler::testing::{number, tell, with_context};
    use crate::sampler::tpe::suggest;
    use crate::sampler::{Suggestion, TpeSettings};
    use crate::space::{SearchSpace, Value};

    /// The suggestion for a trial after one good trial at 0.1 and then `n` worse ones next to it.
    fn after(n: usize, trial: u64) -> (Suggestion, History) {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        tell(&space, &mut history, 0.1, 0.0);
        (1..=n).for_each(|i| tell(&space, &mut history, 0.1 + i as f64 / 1000.0, i as f64));
        let settings = TpeSettings::default();
        let suggestion = with_context(&space, &history, trial, |context| suggest(&settings, context, &mut None));
        (suggestion.unwrap(), history)
    }

    fn origin(n: usize, trial: u64) -> Origin {
        after(n, trial).0.origin
    }

    #[test]
    fn a_search_without_an_improvement_for_twenty_trials_explores_at_every_fourth_id() {
        let origins: Vec<Origin> = (100..108).map(|trial| origin(20, trial)).collect();
        let tpe = Origin::Tpe;
        assert_eq!(origins, [Origin::Design, tpe, tpe, tpe, Origin::Design, tpe, tpe, tpe]);
        assert_eq!(origin(19, 100), tpe);
    }

    /// The farthest of four uniform draws from 0.1 lies beyond 0.55 but for one time in sixteen.
    #[test]
    fn draws_are_far_from_the_good_trials() {
        let is_far = |trial: &u64| {
            let Some(Value::Real(x)) = after(40, *trial).0.configuration.0[0] else { unreachable!("a number") };
            x > 0.55
        };
        let n_far = (0..200).filter(|i| is_far(&(4 * i))).count();
        assert!(n_far >= 170, "{n_far} of 200");
    }

    #[test]
    fn pending_trials_are_not_waited_for() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (_, mut history) = after(19, 1);
        let pending = |history: &mut History| {
            let configuration = history.configuration(&space, 0);
            history.push(&space, &configuration, Origin::Random);
        };
        (0..30).for_each(|_| pending(&mut history));
        let ask = |history: &History| {
            let settings = TpeSettings::default();
            with_context(&space, history, 100, |context| suggest(&settings, context, &mut None)).unwrap().origin
        };
        assert_eq!(ask(&history), Origin::Tpe);
        tell(&space, &mut history, 0.2, 1.0);
        assert_eq!(ask(&history), Origin::Design);
    }
}
