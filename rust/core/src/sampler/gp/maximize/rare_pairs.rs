//! Levels of choices that were seldom tried together.
//!
//! Two choices may be worth something together that neither is alone. No trial says so before both had the right level,
//! and the model expects no more of the pair than its levels have shown apart. So from some trials on one suggestion in
//! eight is held at levels that cover pairs seldom seen, and the acquisition function says what numbers are best beside
//! them. Of six choices of four levels a random trial has a given pair once in sixteen times; fifteen pairs a trial cover
//! all 240 of them within some twenty such suggestions.
//!
//! The levels are those of a row of a covering array, chosen greedily as in AETG (Cohen, Dalal, Fredman and Patton 1997):
//! first the pair that is furthest behind its share of the trials, then, choice by choice in random order, the level that
//! forms most pairs never seen with the levels held so far. (Measured: `benches/results/mechanisms.md`.)

use crate::encoding::AxisKind;
use crate::history::TrialState;
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::sampler::gp::surrogate::Surrogate;
use crate::space::Value;

/// One suggestion in so many. An odd id, at which the deviation weighs more (`objective`).
const EVERY: u64 = 8;
/// The first trials show what each level is worth alone.
const FIRST: u64 = 24;
/// A pair of levels is left alone once it had so much of its share of the trials.
const SHARE: f64 = 0.4;
/// A choice of more levels has too many pairs to be covered.
const MOST_LEVELS: usize = 10;
/// Choices looked at, drawn anew for every suggestion where there are more: their pairs grow with the square.
const MOST_CHOICES: usize = 16;
/// Less than what different numbers of trials differ by: a draw of that much breaks ties and nothing else.
const TIE: f64 = 0.5;

/// A parameter and the unit coordinate of the level that it is held at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FixedFeature {
    pub(super) parameter: usize,
    pub(super) unit: f64,
}

/// The levels that the trial asked for is held at, if any.
///
/// None where trials failed or broke a constraint, as levels may be rare for that; where constraints are known, as they
/// may forbid levels; where parameters are conditional, as a branch is more than a level; with several objectives; and
/// in a second attempt, as all that is left beside the levels may have been tried.
pub(super) fn held(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Vec<FixedFeature> {
    let space = context.space;
    let is_due = context.trial >= FIRST && context.trial % EVERY == EVERY - 1 && context.attempt == 0;
    let is_plain = space.constraints().is_empty() && !space.is_conditional();
    let ended_well = surrogate.all.failed.is_empty() && surrogate.feasible.iter().all(|feasible| *feasible);
    if !(is_due && is_plain && ended_well && context.history.n_objectives() == 1) {
        return Vec::new();
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, 1);
    let choices = choices(context, &mut stream);
    covering(&choices, &mut stream).into_iter().map(|(choice, level)| choices[choice].held_at(level)).collect()
}

/// A choice, and what it was in every trial.
struct Choice {
    parameter: usize,
    levels: usize,
    /// Levels that the prior does not rule out.
    likely: Vec<usize>,
    tried: Vec<usize>,
}

impl Choice {
    fn held_at(&self, level: usize) -> FixedFeature {
        FixedFeature { parameter: self.parameter, unit: (level as f64 + 0.5) / self.levels as f64 }
    }
}

/// The choices of few levels, in random order. What was tried are the trials that count and the pending ones.
fn choices(context: &Context<'_>, stream: &mut Stream) -> Vec<Choice> {
    let states = context.history.states();
    let is_tried = |row: &usize| states[*row].counts() || states[*row] == TrialState::Pending;
    let rows: Vec<usize> = (0..context.history.len()).filter(is_tried).collect();
    let mut found: Vec<(f64, Choice)> = Vec::new();
    for (parameter, axis) in context.encoding.axes().iter().enumerate() {
        let AxisKind::Unordered { levels } = axis.kind() else { continue };
        if !(2..=MOST_LEVELS).contains(&levels) {
            continue;
        }
        let is_likely = |level: &usize| context.space.is_likely(parameter, Value::Level(*level as u64));
        let level = |row: &usize| ((context.history.unit(parameter)[*row] * levels as f64) as usize).min(levels - 1);
        let tried = rows.iter().map(level).collect();
        let likely = (0..levels).filter(is_likely).collect();
        found.push((stream.uniform(), Choice { parameter, levels, likely, tried }));
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().take(MOST_CHOICES).map(|(_, choice)| choice).collect()
}

/// The row of a covering array, as choices and their levels; empty where every pair had its share.
fn covering(choices: &[Choice], stream: &mut Stream) -> Vec<(usize, usize)> {
    let counts = PairCounts::of(choices);
    let Some(mut row) = seldom(choices, &counts, stream) else { return Vec::new() };
    for (choice, Choice { likely, .. }) in choices.iter().enumerate() {
        if row.iter().any(|(held, _)| *held == choice) {
            continue;
        }
        let mut new_pairs = |level: usize| {
            let is_new = |held: &&(usize, usize)| counts.of_pair(**held, (choice, level)) == 0;
            row.iter().filter(is_new).count() as f64 + TIE * stream.uniform()
        };
        let worth: Vec<(f64, usize)> = likely.iter().map(|level| (new_pairs(*level), *level)).collect();
        let best = worth.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b));
        row.extend(best.map(|(_, level)| (choice, level)));
    }
    row
}

/// The pair with the smallest part of its share of the trials, where that is less than [`SHARE`].
fn seldom(choices: &[Choice], counts: &PairCounts, stream: &mut Stream) -> Option<Vec<(usize, usize)>> {
    let n = choices.first()?.tried.len() as f64;
    let mut found: Option<(f64, Vec<(usize, usize)>)> = None;
    for b in 1..choices.len() {
        for a in 0..b {
            let share = (choices[a].likely.len() * choices[b].likely.len()) as f64;
            for (i, k) in choices[a].likely.iter().flat_map(|i| choices[b].likely.iter().map(move |k| (*i, *k))) {
                let part = share * f64::from(counts.of_pair((a, i), (b, k))) + TIE * stream.uniform();
                if part < SHARE * n && found.as_ref().is_none_or(|(least, _)| part < *least) {
                    found = Some((part, vec![(a, i), (b, k)]));
                }
            }
        }
    }
    found.map(|(_, pair)| pair)
}

/// How many trials had each pair of levels.
struct PairCounts {
    /// For choices `a < b`, at `b (b - 1) / 2 + a`, their table row by row.
    tables: Vec<Vec<u32>>,
    levels: Vec<usize>,
}

impl PairCounts {
    fn of(choices: &[Choice]) -> Self {
        let levels: Vec<usize> = choices.iter().map(|choice| choice.levels).collect();
        let mut tables = Vec::new();
        for (b, second) in choices.iter().enumerate() {
            for first in &choices[..b] {
                let mut table = vec![0; first.levels * second.levels];
                first.tried.iter().zip(&second.tried).for_each(|(i, k)| table[i * second.levels + k] += 1);
                tables.push(table);
            }
        }
        Self { tables, levels }
    }

    /// Trials that had both levels of two choices.
    fn of_pair(&self, one: (usize, usize), other: (usize, usize)) -> u32 {
        let ((a, i), (b, k)) = if one.0 < other.0 { (one, other) } else { (other, one) };
        self.tables[b * (b - 1) / 2 + a][i * self.levels[b] + k]
    }
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

    /// A number and two choices.
    fn space_of(n: u64, constraints: Vec<Constraint>) -> SearchSpace {
        SearchSpace::new(vec![number("x"), choices("kind", n), choices("loss", n)], constraints).unwrap()
    }

    /// What is held at trial `id`, after trials with these levels of two choices and these values.
    fn held_in(space: &SearchSpace, told: &[([u64; 2], Option<f64>)], id: u64) -> Vec<FixedFeature> {
        let (encoding, mut history) = (Encoding::new(space), History::new(3, 1));
        for (row, (levels, value)) in told.iter().enumerate() {
            let x = Value::Real((row as f64 + 0.5) / told.len() as f64);
            let [kind, loss] = levels.map(Value::Level);
            history.push(&encoding, &Configuration(vec![Some(x), Some(kind), Some(loss)]), Origin::Gp);
            finish(&mut history, row, *value);
        }
        asked(space, &history, id, |context| {
            let mut quantities = Quantities::default();
            held(&surrogate::build(&mut quantities, context).unwrap().unwrap(), context)
        })
    }

    /// Forty trials, each level as often as the other, but never both at level 1.
    fn without_a_pair() -> Vec<([u64; 2], Option<f64>)> {
        (0..40).map(|i| ([[0, 0], [0, 1], [1, 0]][i % 3], Some(i as f64))).collect()
    }

    #[test]
    fn one_suggestion_in_eight_is_held_at_the_pair_that_is_missing() {
        let due = |id| held_in(&space_of(2, Vec::new()), &without_a_pair(), id);
        let held: Vec<_> = (40..56).map(due).filter(|held| !held.is_empty()).collect();
        assert_eq!(held.len(), 2);
        for held in held {
            let mut units: Vec<_> = held.iter().map(|held| (held.parameter, held.unit)).collect();
            units.sort_by_key(|(parameter, _)| *parameter);
            assert_eq!(units, [(1, 0.75), (2, 0.75)]);
        }
    }

    #[test]
    fn nothing_is_held_at_first_or_where_every_pair_had_its_share() {
        let space = space_of(2, Vec::new());
        assert!(held_in(&space, &without_a_pair()[..23], 23).is_empty());
        let even: Vec<_> = (0..40).map(|i| ([i % 2, i / 2 % 2], Some(i as f64))).collect();
        assert!(held_in(&space, &even, 47).is_empty());
        let many = space_of(11, Vec::new());
        assert!(held_in(&many, &without_a_pair(), 47).is_empty());
    }

    #[test]
    fn trials_that_were_set_aside_were_not_tried() {
        let space = space_of(2, Vec::new());
        let even: Vec<_> = (0..40).map(|i| ([i % 2, i / 2 % 2], Some(i as f64))).collect();
        let (encoding, mut history) = (Encoding::new(&space), History::new(3, 1));
        for (row, (levels, value)) in even.iter().enumerate() {
            let [kind, loss] = levels.map(Value::Level);
            history.push(&encoding, &Configuration(vec![Some(Value::Real(0.5)), Some(kind), Some(loss)]), Origin::Gp);
            finish(&mut history, row, *value);
            if *levels == [1, 1] {
                history.exclude(row);
            }
        }
        asked(&space, &history, 47, |context| {
            let mut quantities = Quantities::default();
            let held = held(&surrogate::build(&mut quantities, context).unwrap().unwrap(), context);
            assert!(held.iter().all(|held| held.unit == 0.75) && held.len() == 2, "{held:?}");
        });
    }

    /// Levels may be rare because of that.
    #[test]
    fn nothing_is_held_where_trials_failed_or_a_level_may_be_forbidden() {
        for end in [None, Some(f64::INFINITY)] {
            let mut told = without_a_pair();
            told[3].1 = end;
            assert!(held_in(&space_of(2, Vec::new()), &told, 47).is_empty(), "{end:?}");
        }
        let known = Constraint::Linear { terms: vec![(0, 1.0)], lower: 0.0, upper: 2.0 };
        assert!(held_in(&space_of(2, vec![known]), &without_a_pair(), 47).is_empty());
    }

    #[test]
    fn nothing_is_held_in_a_conditional_space() {
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        let parameters = vec![Parameter { when, ..number("x") }, choices("kind", 2), choices("loss", 2)];
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        assert!(held_in(&space, &without_a_pair(), 47).is_empty());
    }

    /// All 240 pairs of six choices of four levels; 16 rows of 15 pairs each could hold them at best.
    #[test]
    fn some_thirty_rows_cover_every_pair() {
        let mut stream = Stream::new(1, 0, Purpose::Choose, 1);
        let mut choices: Vec<Choice> = (0..6)
            .map(|parameter| Choice { parameter, levels: 4, likely: (0..4).collect(), tried: Vec::new() })
            .collect();
        for rows in 0.. {
            let counts = PairCounts::of(&choices);
            if counts.tables.iter().flatten().all(|count| *count > 0) {
                assert!((16..=36).contains(&rows), "{rows}");
                break;
            }
            // With nothing tried yet no pair is behind its share.
            let row =
                if rows == 0 { (0..6).map(|choice| (choice, 0)).collect() } else { covering(&choices, &mut stream) };
            for (choice, level) in row {
                choices[choice].tried.push(level);
            }
        }
    }
}
