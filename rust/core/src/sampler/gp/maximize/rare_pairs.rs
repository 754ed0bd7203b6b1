//! Levels of choices that were rarely tried together.
//!
//! Two choices may interact: a pair of levels may be good although neither level is good alone. No trial shows this
//! before both levels were tried together, and the model predicts the pair from its levels alone. Some suggestions
//! (`plan`) are therefore pinned at levels that cover rarely tried pairs, and the acquisition function is maximized over
//! the other parameters. Six choices of four levels have 240 pairs of levels, and a random trial contains a given one
//! with a probability of one in sixteen. Each trial contains fifteen pairs, so about 25 such suggestions cover all.
//!
//! The levels form a row of a covering array, selected greedily as in AETG (Cohen, Dalal, Fredman and Patton 1997).
//! First comes the pair that is farthest below its share of the trials. Then each of the other choices, in random order,
//! gets the level that forms most untried pairs with the levels selected so far. (Measured:
//! `benches/results/mechanisms.md`.)

use crate::history::TrialState;
use crate::model::coordinate;
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::space::{AxisKind, Value};

/// A pair of levels counts as rare while it has less than this part of its share of the trials. (Half and twice:
/// `benches/results/constants.md`.)
const SHARE: f64 = 0.4;
/// Choices with more levels have too many pairs and are ignored. (Half and twice: `benches/results/constants.md`.)
const MAX_LEVELS: usize = 10;
/// Largest number of choices per suggestion; if there are more, they are drawn at random. The number of pairs grows
/// with its square. (Half and twice: `benches/results/constants.md`.)
const MAX_CHOICES: usize = 16;
/// Size of random numbers that break ties. They are smaller than the difference between different counts. Follows from
/// the counts, which are whole.
const TIE: f64 = 0.5;

/// A parameter and the unit coordinate of the level at which it is pinned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pin {
    pub(super) parameter: usize,
    pub(super) unit: f64,
}

/// Levels of all choices that cover rarely tried pairs; empty if no pair is rare.
pub(super) fn rare_levels(context: &Context<'_>) -> Vec<Pin> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::RarePair, 0);
    let choices = choices(context, &mut stream);
    covering_row(&choices, &mut stream).into_iter().map(|(choice, level)| choices[choice].pinned_at(level)).collect()
}

/// A choice and its level in every trial.
struct Choice {
    parameter: usize,
    levels: usize,
    /// Levels that the prior does not exclude.
    likely: Vec<usize>,
    tried: Vec<usize>,
}

impl Choice {
    fn pinned_at(&self, level: usize) -> Pin {
        Pin { parameter: self.parameter, unit: (level as f64 + 0.5) / self.levels as f64 }
    }
}

/// The choices with few levels, in random order. Finished trials that count and pending trials are considered.
fn choices(context: &Context<'_>, stream: &mut Stream) -> Vec<Choice> {
    let state = |row: usize| context.history.state(row);
    let is_tried = |row: &usize| state(*row).counts() || state(*row) == TrialState::Pending;
    let rows: Vec<usize> = (0..context.history.len()).filter(is_tried).collect();
    let mut choices: Vec<(f64, Choice)> = Vec::new();
    for (parameter, axis) in context.space.axes().iter().enumerate() {
        let AxisKind::Unordered { levels } = axis.kind() else { continue };
        if !(2..=MAX_LEVELS).contains(&levels) {
            continue;
        }
        let is_likely = |level: &usize| context.space.is_likely(parameter, Value::Level(*level as u64));
        let level = |row: &usize| coordinate(context.history.unit(parameter)[*row], axis) as usize;
        let tried = rows.iter().map(level).collect();
        let likely = (0..levels).filter(is_likely).collect();
        choices.push((stream.uniform(), Choice { parameter, levels, likely, tried }));
    }
    choices.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    choices.into_iter().take(MAX_CHOICES).map(|(_, choice)| choice).collect()
}

/// A row of a covering array as pairs of choice and level; empty if no pair is rare.
fn covering_row(choices: &[Choice], stream: &mut Stream) -> Vec<(usize, usize)> {
    let counts = PairCounts::of(choices);
    let Some(mut row) = rarest_pair(choices, &counts, stream) else { return Vec::new() };
    for (choice, Choice { likely, .. }) in choices.iter().enumerate() {
        if row.iter().any(|(fixed, _)| *fixed == choice) {
            continue;
        }
        let mut new_pairs = |level: usize| {
            let is_new = |fixed: &&(usize, usize)| counts.of_pair(**fixed, (choice, level)) == 0;
            row.iter().filter(is_new).count() as f64 + TIE * stream.uniform()
        };
        let new_pairs_by_level: Vec<(f64, usize)> = likely.iter().map(|level| (new_pairs(*level), *level)).collect();
        let best = new_pairs_by_level.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b));
        row.extend(best.map(|(_, level)| (choice, level)));
    }
    row
}

/// The pair with the smallest part of its share of the trials, if that is below [`SHARE`].
fn rarest_pair(choices: &[Choice], counts: &PairCounts, stream: &mut Stream) -> Option<Vec<(usize, usize)>> {
    let n = choices.first()?.tried.len() as f64;
    let mut rarest: Option<(f64, Vec<(usize, usize)>)> = None;
    for b in 1..choices.len() {
        for a in 0..b {
            let share = (choices[a].likely.len() * choices[b].likely.len()) as f64;
            for (i, k) in choices[a].likely.iter().flat_map(|i| choices[b].likely.iter().map(move |k| (*i, *k))) {
                let part = share * f64::from(counts.of_pair((a, i), (b, k))) + TIE * stream.uniform();
                if part < SHARE * n && rarest.as_ref().is_none_or(|(least, _)| part < *least) {
                    rarest = Some((part, vec![(a, i), (b, k)]));
                }
            }
        }
    }
    rarest.map(|(_, pair)| pair)
}

/// Number of trials with each pair of levels.
struct PairCounts {
    /// The table of choices `a < b`, row by row, at index `b (b - 1) / 2 + a`.
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

    /// Number of trials with both levels.
    fn of_pair(&self, first: (usize, usize), second: (usize, usize)) -> u32 {
        let ((a, i), (b, k)) = if first.0 < second.0 { (first, second) } else { (second, first) };
        self.tables[b * (b - 1) / 2 + a][i * self.levels[b] + k]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::sampler::gp::plan::Plan;
    use crate::sampler::gp::surrogate::{self, GpCaches};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::sampler::{GpAcquisition, GpSettings};
    use crate::space::{Accept, Condition, Configuration, Constraint, Domain, Parameter, SearchSpace};

    fn choices(name: &str, n: u64) -> Parameter {
        Parameter { domain: Domain::unordered(n).unwrap(), ..number(name) }
    }

    /// A number and two choices.
    fn space_of(n: u64, constraints: Vec<Constraint>) -> SearchSpace {
        SearchSpace::new(vec![number("x"), choices("kind", n), choices("loss", n)], constraints).unwrap()
    }

    /// The levels fixed at trial `id`, after trials with the given levels of two choices and values.
    fn fixed_in(space: &SearchSpace, results: &[([u64; 2], Option<f64>)], id: u64) -> Vec<Pin> {
        let mut history = History::new(3, 1);
        for (row, (levels, value)) in results.iter().enumerate() {
            let x = Value::Real((row as f64 + 0.5) / results.len() as f64);
            let [kind, loss] = levels.map(Value::Level);
            history.push(space, &Configuration(vec![Some(x), Some(kind), Some(loss)]), Origin::Gp);
            finish(&mut history, row, *value);
        }
        with_context(space, &history, id, pinned)
    }

    /// The levels at which the plan of the requested trial is pinned.
    fn pinned(context: &Context<'_>) -> Vec<Pin> {
        let (mut models, settings) =
            (GpCaches::default(), GpSettings { n_startup: 1, acquisition: GpAcquisition::Lcb });
        let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
        if Plan::of(&settings, &surrogate, context).pins { rare_levels(context) } else { Vec::new() }
    }

    /// Forty trials with all pairs of levels except (1, 1).
    fn without_a_pair() -> Vec<([u64; 2], Option<f64>)> {
        (0..40).map(|i| ([[0, 0], [0, 1], [1, 0]][i % 3], Some(i as f64))).collect()
    }

    #[test]
    fn one_suggestion_in_eight_is_fixed_at_the_missing_pair() {
        let due = |id| fixed_in(&space_of(2, Vec::new()), &without_a_pair(), id);
        let fixed: Vec<_> = (40..56).map(due).filter(|fixed| !fixed.is_empty()).collect();
        assert_eq!(fixed.len(), 2);
        for fixed in fixed {
            let mut units: Vec<_> = fixed.iter().map(|fixed| (fixed.parameter, fixed.unit)).collect();
            units.sort_by_key(|(parameter, _)| *parameter);
            assert_eq!(units, [(1, 0.75), (2, 0.75)]);
        }
    }

    #[test]
    fn nothing_is_fixed_initially_or_if_no_pair_is_rare() {
        let space = space_of(2, Vec::new());
        assert!(fixed_in(&space, &without_a_pair()[..23], 23).is_empty());
        let even: Vec<_> = (0..40).map(|i| ([i % 2, i / 2 % 2], Some(i as f64))).collect();
        assert!(fixed_in(&space, &even, 47).is_empty());
        let many = space_of(11, Vec::new());
        assert!(fixed_in(&many, &without_a_pair(), 47).is_empty());
    }

    #[test]
    fn excluded_trials_do_not_count_as_tried() {
        let space = space_of(2, Vec::new());
        let even: Vec<_> = (0..40).map(|i| ([i % 2, i / 2 % 2], Some(i as f64))).collect();
        let mut history = History::new(3, 1);
        for (row, (levels, value)) in even.iter().enumerate() {
            let [kind, loss] = levels.map(Value::Level);
            history.push(&space, &Configuration(vec![Some(Value::Real(0.5)), Some(kind), Some(loss)]), Origin::Gp);
            finish(&mut history, row, *value);
            if *levels == [1, 1] {
                history.exclude(row);
            }
        }
        with_context(&space, &history, 47, |context| {
            let fixed = pinned(context);
            assert!(fixed.iter().all(|fixed| fixed.unit == 0.75) && fixed.len() == 2, "{fixed:?}");
        });
    }

    /// Pairs may be rare for these reasons.
    #[test]
    fn nothing_is_fixed_with_failures_or_constraints() {
        for end in [None, Some(f64::INFINITY)] {
            let mut results = without_a_pair();
            results[3].1 = end;
            assert!(fixed_in(&space_of(2, Vec::new()), &results, 47).is_empty(), "{end:?}");
        }
        let known = Constraint::Linear { terms: vec![(0, 1.0)], lower: 0.0, upper: 2.0 };
        assert!(fixed_in(&space_of(2, vec![known]), &without_a_pair(), 47).is_empty());
    }

    #[test]
    fn nothing_is_fixed_in_a_conditional_space() {
        let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
        let parameters = vec![Parameter { when, ..number("x") }, choices("kind", 2), choices("loss", 2)];
        let space = SearchSpace::new(parameters, Vec::new()).unwrap();
        assert!(fixed_in(&space, &without_a_pair(), 47).is_empty());
    }

    /// The 240 pairs of six choices with four levels; at least 16 rows of 15 pairs each are needed.
    #[test]
    fn about_thirty_rows_cover_every_pair() {
        let mut stream = Stream::new(1, 0, Purpose::RarePair, 0);
        let mut choices: Vec<Choice> = (0..6)
            .map(|parameter| Choice { parameter, levels: 4, likely: (0..4).collect(), tried: Vec::new() })
            .collect();
        for rows in 0.. {
            let counts = PairCounts::of(&choices);
            if counts.tables.iter().flatten().all(|count| *count > 0) {
                assert!((16..=36).contains(&rows), "{rows}");
                break;
            }
            // Without trials no pair is below its share.
            let row = if rows == 0 {
                (0..6).map(|choice| (choice, 0)).collect()
            } else {
                covering_row(&choices, &mut stream)
            };
            for (choice, level) in row {
                choices[choice].tried.push(level);
            }
        }
    }
}
