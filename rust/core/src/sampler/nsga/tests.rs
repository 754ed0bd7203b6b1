//! The population as a function of the history, and children of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use super::population::{Survival, Survivors};
use super::{niches, suggest_by_crowding, suggest_by_niches, variation};
use crate::history::{History, Measurement, Origin, Outcome};
use crate::numerics::{Purpose, Stream};
use crate::sampler::testing::{number, with_context};
use crate::sampler::{NsgaSettings, Suggestion};
use crate::space::{Accept, Condition, Configuration, Domain, Parameter, SearchSpace, Value};

/// A number, and another one that exists in one of two branches.
fn tree() -> SearchSpace {
    let branch = Parameter { domain: Domain::unordered(2).unwrap(), ..number("branch") };
    let when = vec![Condition { parent: 1, accept: Accept::Levels(vec![0]) }];
    SearchSpace::new(vec![number("x"), branch, Parameter { when, ..number("y") }], Vec::new()).unwrap()
}

fn push(space: &SearchSpace, history: &mut History, stream: &mut Stream) {
    let configuration = space.draw(&[None, None, None], stream).unwrap();
    history.push(space, &configuration, Origin::Random);
}

/// Finishes a trial with values, constraints of other units, and sometimes a failure; all a function of the row.
fn finish(history: &mut History, row: usize, n_objectives: usize, unit_of_constraint: f64) {
    let mut stream = Stream::new(9, row as u64, Purpose::Sample, 0);
    let measured = |value| Measurement { value, sem: None, replicates: Vec::new() };
    let values: Vec<Measurement> = (0..n_objectives).map(|_| measured(stream.uniform())).collect();
    let outcome = if row % 7 == 3 { Outcome::Failed { reason: None } } else { Outcome::Complete(values) };
    let constraints = [("a", stream.uniform() - 0.6), ("b", unit_of_constraint * (stream.uniform() - 0.6))];
    let constraints = constraints.map(|(name, value)| (name.to_owned(), value));
    history.finish(row, outcome, &constraints, None);
}

/// A history of `n` trials that finish in the given order.
fn history_of(space: &SearchSpace, n: usize, order: impl Iterator<Item = usize>, unit_of_constraint: f64) -> History {
    let (mut history, mut stream) = (History::new(3, 2), Stream::new(1, 0, Purpose::Sample, 0));
    (0..n).for_each(|_| push(space, &mut history, &mut stream));
    order.for_each(|row| finish(&mut history, row, 2, unit_of_constraint));
    history
}

fn suggestions(space: &SearchSpace, history: &History, kept: &mut [Option<Survivors>; 2]) -> [Suggestion; 2] {
    let settings = NsgaSettings { population_size: 8 };
    let [crowding, niches] = kept;
    with_context(space, history, history.len() as u64, |context| {
        let by_crowding = suggest_by_crowding(&settings, context, crowding).unwrap();
        [by_crowding, suggest_by_niches(&settings, context, niches).unwrap()]
    })
}

#[test]
fn the_order_of_tells_does_not_matter() {
    let space = tree();
    let forwards = history_of(&space, 50, 0..50, 1.0);
    let backwards = history_of(&space, 50, (0..50).rev(), 1.0);
    let [a, b] = [forwards, backwards].map(|history| suggestions(&space, &history, &mut [None, None]));
    assert_eq!(a, b);
}

/// The sum of raw violations would change with the unit of a constraint.
#[test]
fn the_units_of_constraints_do_not_matter() {
    let space = tree();
    for n in [20, 50] {
        let [a, b] =
            [1.0, 1024.0].map(|unit| suggestions(&space, &history_of(&space, n, 0..n, unit), &mut [None, None]));
        assert_eq!(a, b);
    }
}

/// Trials are asked in batches of three and finish with delays of up to 25 trials.
#[test]
fn a_kept_state_equals_a_new_one() {
    let (space, mut history) = (tree(), History::new(3, 2));
    let (mut stream, mut kept) = (Stream::new(1, 0, Purpose::Sample, 0), [None, None]);
    let mut pending: Vec<usize> = Vec::new();
    for _ in 0..40 {
        for _ in 0..3 {
            pending.push(history.len());
            push(&space, &mut history, &mut stream);
        }
        while pending.len() > 6 {
            let row = pending.remove(stream.below_or_equal(pending.len() as u64 - 1) as usize);
            finish(&mut history, row, 2, 1.0);
        }
        assert_eq!(suggestions(&space, &history, &mut kept), suggestions(&space, &history, &mut [None, None]));
    }
}

/// Rows of the survivors of a finished block of points, some of which are infeasible.
fn survivors(points: &[([f64; 2], f64)], survival: &Survival, size: usize) -> Vec<usize> {
    let (space, mut history) = (tree(), History::new(3, 2));
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    for (row, (values, violation)) in points.iter().enumerate() {
        push(&space, &mut history, &mut stream);
        let measured = values.map(|value| Measurement { value, sem: None, replicates: Vec::new() });
        history.finish(row, Outcome::Complete(measured.into()), &[("c".to_owned(), *violation)], None);
    }
    with_context(&space, &history, 99, |context| {
        let population = Survivors::default().update(size, survival, context).unwrap();
        let mut rows = population.rows();
        rows.sort_unstable();
        rows
    })
}

#[test]
fn feasible_trials_survive_first_then_those_of_small_violation() {
    let points = [([0.0, 0.0], 2.0), ([1.0, 1.0], -1.0), ([2.0, 2.0], 0.0), ([0.0, 0.0], 1.0), ([3.0, 3.0], -1.0)];
    for survival in [Survival::Crowding, Survival::Niches(niches::directions(2, 4))] {
        assert_eq!(survivors(&points, &survival, 4), [1, 2, 3, 4]);
    }
}

/// Four of the points lie close together. Removed one by one, the most crowded of them goes first.
#[test]
fn the_last_front_is_thinned_evenly() {
    let line = |x: f64| ([x, 1.0 - x], 0.0);
    let points: Vec<_> = [0.0, 0.5, 0.51, 0.52, 0.54, 1.0].map(line).into();
    assert_eq!(survivors(&points, &Survival::Crowding, 5), [0, 1, 3, 4, 5]);
    let by_niches = survivors(&points, &Survival::Niches(niches::directions(2, 3)), 5);
    assert!([0, 1, 5].iter().all(|row| by_niches.contains(row)), "{by_niches:?}");
}

/// Every child belongs to the space, and inherits what both parents have in common unless it mutates.
#[test]
fn children_belong_to_the_space() {
    let space = tree();
    let history = history_of(&space, 40, 0..40, 1.0);
    let mut stream = Stream::new(3, 0, Purpose::Sample, 0);
    let mut kept = 0;
    with_context(&space, &history, 40, |context| {
        for trial in 0..400 {
            let (a, b) = (trial % 40, (trial * 7 + 1) % 40);
            let child = variation::child(a, b, context, &mut stream);
            space.validate(&child).unwrap();
            let [first, second] = [a, b].map(|row| history.configuration(&space, row).0[1]);
            kept += usize::from(first != second || child.0[1] == first);
        }
    });
    assert!((300..400).contains(&kept), "{kept}");
}

/// Levels of a number that differ by less than a mutation in unit coordinates.
#[test]
fn a_mutation_changes_an_integer() {
    let domain = Domain::integer(0, 3, 1, false).unwrap();
    let space = SearchSpace::new(vec![Parameter { domain, ..number("n") }], Vec::new()).unwrap();
    let mut history = History::new(1, 1);
    history.push(&space, &Configuration(vec![Some(Value::Level(2))]), Origin::Random);
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    with_context(&space, &history, 1, |context| {
        for _ in 0..50 {
            let child = variation::child(0, 0, context, &mut stream);
            assert!(matches!(child.0[0], Some(Value::Level(0 | 1 | 3))), "{child:?}");
        }
    });
}
