//! A choice that the search has left aside.
//!
//! What a model knows of a choice it knows from the few trials that had it. If those were badly placed, nothing it
//! predicts there ever looks better than more of the same elsewhere, and a search can spend most of its trials on the
//! second best choice. So one suggestion in eight is held at the level that is furthest behind its share of the trials,
//! if it had fewer than a tenth of them (both measured beside others: `benches/results/auto.md`); the acquisition
//! function says what is best beside it.

use super::surrogate::Surrogate;
use crate::encoding::AxisKind;
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::space::Value;

/// One suggestion in so many. An odd id, at which the deviation weighs more (`merit`).
const EVERY: u64 = 8;
/// Share of the trials that a level has at least to be left alone.
const SHARE: f64 = 0.1;
/// Beyond so many levels one always has less than that share.
const MOST_LEVELS: usize = 10;
/// Less than levels of different share differ by: a draw of that much breaks ties and nothing else.
const TIE: f64 = 0.5;

/// A parameter and the unit coordinate of the level that it is held at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) parameter: usize,
    pub(super) unit: f64,
}

/// The level that the trial asked for is held at, if any.
///
/// None where trials failed or broke a constraint, as a level may be rare for that; where constraints are known, as
/// they may forbid a level; where parameters are conditional, as a branch is more than a level (measured:
/// `benches/results/auto.md`); with several objectives; and in a second attempt, as all that is left beside the level
/// may have been tried.
pub(super) fn held(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Option<Held> {
    let space = context.space;
    let is_due = context.trial % EVERY == EVERY - 1 && context.attempt == 0;
    let is_plain = space.constraints().is_empty() && !space.is_conditional();
    let ended_well = surrogate.all.failed.is_empty() && surrogate.feasible.iter().all(|feasible| *feasible);
    let applies = is_due && is_plain && ended_well && context.history.n_objectives() == 1;
    applies.then(|| rarest(context)).flatten()
}

/// The level with the smallest part of its share of the trials, pending ones among them.
fn rarest(context: &Context<'_>) -> Option<Held> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, 1);
    let most = SHARE * context.history.len() as f64;
    let mut found: Option<(f64, Held)> = None;
    for (parameter, axis) in context.encoding.axes().iter().enumerate() {
        let AxisKind::Unordered { levels } = axis.kind() else { continue };
        if !(2..=MOST_LEVELS).contains(&levels) {
            continue;
        }
        for (level, count) in counts(context.history.unit(parameter), levels).into_iter().enumerate() {
            let part = count * levels as f64 + TIE * stream.uniform();
            let open = count < most && context.space.is_likely(parameter, Value::Level(level as u64));
            if open && found.is_none_or(|(least, _)| part < least) {
                found = Some((part, Held { parameter, unit: (level as f64 + 0.5) / levels as f64 }));
            }
        }
    }
    found.map(|(_, held)| held)
}

/// How many trials had each level.
fn counts(units: &[f64], levels: usize) -> Vec<f64> {
    let mut counts = vec![0.0; levels];
    for u in units.iter().filter(|u| !u.is_nan()) {
        counts[((u * levels as f64) as usize).min(levels - 1)] += 1.0;
    }
    counts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Origin};
    use crate::sampler::gp::surrogate::{self, Quantities};
    use crate::sampler::testing::{asked, finish, number};
    use crate::space::{Accept, Condition, Configuration, Constraint, Domain, Parameter, SearchSpace};

    fn choices(name: &str, n: u64) -> Parameter {
        Parameter { domain: Domain::unordered(n).unwrap(), ..number(name) }
    }

    /// What is held at trial `id` of a number and a choice, after trials with these choices and values.
    fn held_in(space: &SearchSpace, told: &[(u64, Option<f64>)], id: u64) -> Option<Held> {
        let (encoding, mut history) = (Encoding::new(space), History::new(2, 1));
        for (row, (level, value)) in told.iter().enumerate() {
            let x = (row as f64 + 0.5) / told.len() as f64;
            let configuration = Configuration(vec![Some(Value::Real(x)), Some(Value::Level(*level))]);
            history.push(&encoding, &configuration, Origin::Gp);
            finish(&mut history, row, *value);
        }
        asked(space, &history, id, |context| {
            let mut quantities = Quantities::default();
            held(&surrogate::build(&mut quantities, context).unwrap().unwrap(), context)
        })
    }

    fn kinds(n: u64, constraints: Vec<Constraint>) -> SearchSpace {
        SearchSpace::new(vec![number("x"), choices("kind", n)], constraints).unwrap()
    }

    /// Forty trials, all of the first kind, with rising values.
    fn of_one_kind() -> Vec<(u64, Option<f64>)> {
        (0..40).map(|i| (0, Some(f64::from(i)))).collect()
    }

    #[test]
    fn one_suggestion_in_eight_is_held_at_the_rarest_level() {
        let told: Vec<_> = (0..40).map(|i| (if i == 7 { 2 } else { i % 2 }, Some(i as f64))).collect();
        let held: Vec<Held> = (40..56).filter_map(|id| held_in(&kinds(3, Vec::new()), &told, id)).collect();
        assert_eq!(held, [Held { parameter: 1, unit: 2.5 / 3.0 }; 2]);
    }

    #[test]
    fn nothing_is_held_where_every_level_has_its_tenth() {
        let even: Vec<_> = (0..40).map(|i| (i % 3, Some(i as f64))).collect();
        assert_eq!(held_in(&kinds(3, Vec::new()), &even, 47), None);
        assert!(held_in(&kinds(10, Vec::new()), &of_one_kind(), 47).is_some());
        assert_eq!(held_in(&kinds(11, Vec::new()), &of_one_kind(), 47), None);
    }

    /// A level may be rare because of that.
    #[test]
    fn nothing_is_held_where_trials_failed_or_a_level_may_be_forbidden() {
        for end in [None, Some(f64::INFINITY)] {
            let mut told = of_one_kind();
            told[3] = (1, end);
            assert_eq!(held_in(&kinds(2, Vec::new()), &told, 47), None, "{end:?}");
        }
        let known = Constraint::Linear { terms: vec![(0, 1.0)], lower: 0.0, upper: 2.0 };
        assert_eq!(held_in(&kinds(2, vec![known]), &of_one_kind(), 47), None);
    }

    #[test]
    fn nothing_is_held_in_a_conditional_space() {
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        let parameters = vec![Parameter { when, ..number("x") }, choices("kind", 2)];
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        assert_eq!(held_in(&space, &of_one_kind(), 47), None);
    }
}
