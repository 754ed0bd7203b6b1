//! A choice that the search has left aside.
//!
//! What a model knows of a choice it knows from the few trials that had it. If those were badly placed, nothing it
//! predicts there ever looks better than more of the same elsewhere, and a search can spend most of its trials on the
//! second best choice. So one suggestion in eight is held at the level that is furthest behind its share of the trials
//! if it had fewer than a tenth of them; the acquisition function says what is best beside it.

use crate::encoding::AxisKind;
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::space::Parameter;

/// One suggestion in so many. An odd id, at which the deviation weighs more (`merit`).
const EVERY: u64 = 8;
/// Share of the trials that a level has at least to be left alone.
const SHARE: f64 = 0.1;
/// Beyond so many levels all are rare.
const MOST_LEVELS: usize = 16;
/// Trials by which levels may differ and still be drawn alike.
const TIE: f64 = 0.5;

/// A parameter and the ends of the level that it is held at, in unit coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    pub(super) parameter: usize,
    pub(super) side: (f64, f64),
}

/// The level that the trial asked for is held at, if any.
///
/// None where trials failed, as a level may be rare because it fails, nor where parameters are conditional, as a branch
/// is more than a level (measured: `benches/README.md`); none in a second attempt, as all that is left beside the level
/// may have been tried.
pub(super) fn held(context: &Context<'_>) -> Option<Level> {
    let history = context.history;
    let applies = context.attempt == 0 && history.n_failed() == 0 && history.n_objectives() == 1;
    let conditional = context.space.parameters().iter().any(Parameter::is_conditional);
    if context.trial % EVERY == EVERY - 1 && applies && !conditional { rarest(context) } else { None }
}

/// The level with the smallest part of its share of the trials, pending ones among them.
fn rarest(context: &Context<'_>) -> Option<Level> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, 1);
    let most = SHARE * context.history.len() as f64;
    let mut found: Option<(f64, Level)> = None;
    for (parameter, axis) in context.encoding.axes().iter().enumerate() {
        let AxisKind::Unordered { levels } = axis.kind() else { continue };
        if !(2..=MOST_LEVELS).contains(&levels) {
            continue;
        }
        for (level, count) in counts(context.history.unit(parameter), levels).into_iter().enumerate() {
            let part = count * levels as f64 + TIE * stream.uniform();
            if count <= most && found.is_none_or(|(least, _)| part < least) {
                let end = |k: usize| k as f64 / levels as f64;
                found = Some((part, Level { parameter, side: (end(level), end(level + 1)) }));
            }
        }
    }
    found.map(|(_, level)| level)
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
    use crate::sampler::testing::{asked, finish, number};
    use crate::space::{Accept, Condition, Configuration, Domain, SearchSpace, Value};

    fn choices(name: &str, n: u64) -> Parameter {
        Parameter { domain: Domain::unordered(n).unwrap(), ..number(name) }
    }

    /// What is held at trial `id` of a number and a choice of three, after trials with these choices.
    fn held_after(told: &[u64], id: u64, fails: bool) -> Option<Level> {
        let space = SearchSpace::new(vec![number("x"), choices("kind", 3)], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(2, 1));
        for (row, level) in told.iter().enumerate() {
            let configuration = Configuration(vec![Some(Value::Real(0.5)), Some(Value::Level(*level))]);
            history.push(&encoding, &configuration, Origin::Gp);
            finish(&mut history, row, (!fails || row > 0).then_some(1.0));
        }
        asked(&space, &history, id, held)
    }

    #[test]
    fn one_suggestion_in_eight_is_held_at_the_rarest_level() {
        let told: Vec<u64> = (0..40).map(|i| if i == 7 { 2 } else { i % 2 }).collect();
        let held: Vec<Option<Level>> = (40..56).map(|id| held_after(&told, id, false)).collect();
        assert_eq!(held.iter().flatten().count(), 2);
        assert!(
            held.iter().flatten().all(|level| *level == Level { parameter: 1, side: (2.0 / 3.0, 1.0) }),
            "{held:?}"
        );
    }

    #[test]
    fn nothing_is_held_where_every_level_has_its_tenth_or_trials_failed() {
        let even: Vec<u64> = (0..40).map(|i| i % 3).collect();
        assert_eq!(held_after(&even, 47, false), None);
        let one: Vec<u64> = vec![0; 40];
        assert!(held_after(&one, 47, false).is_some());
        assert_eq!(held_after(&one, 47, true), None);
    }

    #[test]
    fn nothing_is_held_in_a_conditional_space() {
        let when = vec![Condition { parent: 0, accept: Accept::Levels(vec![0]) }];
        let parameters = vec![choices("kind", 2), Parameter { when, ..number("x") }];
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(2, 1));
        for row in 0..40 {
            let configuration = Configuration(vec![Some(Value::Level(0)), Some(Value::Real(0.5))]);
            history.push(&encoding, &configuration, Origin::Gp);
            finish(&mut history, row, Some(1.0));
        }
        assert_eq!(asked(&space, &history, 47, held), None);
    }
}
