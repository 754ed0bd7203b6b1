#![allow(clippy::unwrap_used, reason = "a test may panic")]

use super::super::super::testing::{
    NO_LOWER, NO_UPPER, choices, fixed, integer, linear, parameter, real, space, stream,
};
use super::*;
use crate::space::{Accept, Clause, Condition, Constraint, Parameter};

const FROM_PRIOR: FromPrior = FromPrior { flat: 0.0 };

fn levels(values: &[u64]) -> Vec<Option<Value>> {
    values.iter().map(|k| Some(Value::Level(*k))).collect()
}

/// A parameter that is active if each of its parents has level 1.
fn child_of(parents: &[usize]) -> Parameter {
    let condition = |&parent: &usize| Condition { parent, accept: Accept::Levels(vec![1]) };
    Parameter { when: parents.iter().map(condition).collect(), ..parameter("child", real(0.0, 1.0)) }
}

fn forbidden(low: f64, high: f64) -> Constraint {
    Constraint::Forbid(vec![Clause { parameter: 0, accept: Accept::RealRange { low, high } }])
}

/// The prior has almost no mass below 0.8, and the uniform density has 0.8.
#[test]
fn a_flat_share_of_the_draws_is_uniform() {
    let narrow = Parameter { prior: Prior::Normal { mean: 0.9, std: 0.01 }, ..parameter("x", real(0.0, 1.0)) };
    let space = SearchSpace::new(vec![narrow], vec![]).unwrap();
    let span = Span::of(&real(0.0, 1.0));
    let below = |flat: f64| {
        let draw = |seed| FromPrior { flat }.choose(&space, 0, span, &mut stream(seed));
        (0..400).filter(|&seed| matches!(draw(seed), Value::Real(x) if x < 0.8)).count()
    };
    assert_eq!(below(0.0), 0);
    assert!((50..110).contains(&below(0.25)), "{}", below(0.25));
}

#[test]
fn a_loose_parent_is_drawn_from_its_prior() {
    let parameters = vec![parameter("parent", choices(4)), child_of(&[0]), parameter("other", choices(4))];
    let space = SearchSpace::new(parameters, vec![]).unwrap();
    let goal = [Some(Value::Level(2)), None, Some(Value::Level(3))];
    let chosen = |i: usize, loose: f64| {
        let near = Near { goal: &goal, loose, nearest: true };
        let choose = |seed| near.choose(&space, i, Span::of(&choices(4)), &mut stream(seed)).to_bits();
        let mut chosen: Vec<u64> = (0..60).map(choose).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    };
    assert_eq!(chosen(0, 1.0), [0, 1, 2, 3]);
    assert_eq!(chosen(0, 0.0), [2]);
    assert_eq!(chosen(2, 1.0), [3], "it has no children");
}

#[test]
fn a_search_is_open_while_no_span_is_empty() {
    let space = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, 1.0], 1.5, NO_UPPER)]);
    let is_open = |x| Search::is_open(&space, fixed(&[Some(Value::Real(x)), None]));
    assert!(is_open(0.75));
    assert!(!is_open(0.25));
}

/// Few choices of `a` in `3 a + 5 b = 101` leave a whole number to `b`.
#[test]
fn a_failed_redraw_restores_the_values() {
    let space = space(vec![integer(40); 2], vec![linear(&[3.0, 5.0], 101.0, 101.0)]);
    let free = [None; 2];
    let mut search = Search::at(&space, fixed(&free), Configuration(levels(&[7, 16])));
    let (mut failed, mut moved) = (0, 0);
    for seed in 0..60 {
        let before = search.values.clone();
        let done = search.redraw(&[0, 1], &FROM_PRIOR, &mut stream(seed));
        assert!(space.satisfies(&Configuration(search.values.clone())));
        assert_eq!(search.spans, search.values.iter().flatten().map(|v| Span::point(*v)).collect::<Vec<_>>());
        assert!(done || search.values == before);
        failed += usize::from(!done);
        moved += usize::from(search.values != before);
    }
    assert!(failed > 0 && moved > 0, "{failed} {moved}");
}

#[test]
fn each_discrete_parameter_may_be_picked_first() {
    let space = space(vec![real(0.0, 1.0), integer(9), integer(9), real(0.0, 1.0), integer(9)], vec![]);
    let search = Search::new(&space, fixed(&[None; 5])).unwrap();
    let picked = |ready: &[usize]| {
        let mut picked: Vec<usize> = (0..60).map(|seed| ready[search.pick(ready, &mut stream(seed))]).collect();
        picked.sort_unstable();
        picked.dedup();
        picked
    };
    assert_eq!(picked(&[0, 1, 2, 3, 4]), [1, 2, 4]);
    assert_eq!(picked(&[3, 0]), [0, 3]);
    assert_eq!(picked(&[3]), [3]);
}

#[test]
fn a_child_waits_until_all_its_parents_are_decided() {
    let parameters = vec![parameter("p", choices(2)), parameter("q", choices(2)), child_of(&[0, 1])];
    let space = SearchSpace::new(parameters, vec![]).unwrap();
    for (parents, active) in [([1, 1], true), ([1, 0], false), ([0, 1], false)] {
        let mut given = levels(&parents);
        given.push(None);
        for seed in 0..10 {
            let search = Search::run(&space, fixed(&given), &FROM_PRIOR, &mut stream(seed)).unwrap();
            assert_eq!(search.is_active(2), active);
            assert_eq!(space.validate(&search.into_configuration()), Ok(()));
        }
    }
}

/// The two forbidden ranges overlap, so the ends 8.5 and 9 are forbidden too. Together they exclude `[2, 9.5]`.
#[test]
fn a_forbidden_float_moves_to_the_nearest_side() {
    let space = space(vec![real(0.0, 10.0)], vec![forbidden(2.0, 9.0), forbidden(8.5, 9.5)]);
    for (x, low, high) in [(3.0, 1.0, 2.0), (5.0, 0.0, 2.0), (6.0, 9.5, 10.0), (7.0, 9.5, 10.0), (8.0, 9.5, 10.0)] {
        for seed in 0..10 {
            let mut search = Search::new(&space, fixed(&[None])).unwrap();
            let moved = search.neighbour(0, Value::Real(x), &mut stream(seed)).unwrap();
            let Value::Real(y) = moved else { unreachable!() };
            assert!((low - 1e-9..=high).contains(&y) && search.accepts(0, moved), "{x} {y}");
        }
    }
}

#[test]
fn a_strict_chain_is_narrowed_to_its_only_solution() {
    let n = 50;
    let chain = (1..n).map(|right| Constraint::Order { left: right - 1, right, strict: true }).collect();
    let space = space(vec![integer(n as u64 - 1); n], chain);
    let free = vec![None; n];
    let mut search = Search::new(&space, fixed(&free)).unwrap();
    search.propagate((0..n - 1).collect()).unwrap();
    assert_eq!(search.spans, (0..n as u64).map(|k| Span::point(Value::Level(k))).collect::<Vec<_>>());
}

/// Two constraints that hold in turn but never together leave no value after a few visits.
#[test]
fn contradicting_constraints_are_found_by_propagation() {
    let order = Constraint::Order { left: 0, right: 1, strict: false };
    let space_of_three = space(vec![real(0.0, 1.0); 3], vec![order, linear(&[1.0, -1.0, 1.0], 0.25, NO_UPPER)]);
    let is_open = |third| Search::is_open(&space_of_three, fixed(&[None, None, Some(Value::Real(third))]));
    assert!(!is_open(0.0) && is_open(0.5));
    let one = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, -1.0], NO_LOWER, 0.25)]);
    assert!(Search::is_open(&one, fixed(&[None; 2])));
}
