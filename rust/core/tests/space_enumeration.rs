//! Enumeration of all configurations, and their number.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::common::spaces::{self, Wanted, brute_force, parameter, stream};
use proptest::prelude::*;
use tanteo_core::space::{Accept, Condition, Configuration, Constraint, Domain, Grid, SearchSpace, Value, WalkStep};

/// All configurations of a walk from the beginning, with one configuration per step.
fn walked(space: &SearchSpace, resolution: Option<u64>) -> Vec<Configuration> {
    let grid = Grid::new(space, resolution).unwrap();
    let mut visited = Vec::new();
    let mut step = grid.first(1);
    loop {
        let here = match step {
            WalkStep::Exhausted => return visited,
            WalkStep::Found(c) => {
                visited.push(c.clone());
                c
            }
            WalkStep::Unfinished(c) => c,
        };
        step = grid.next(&here, 1);
    }
}

fn constrained() -> Wanted {
    Wanted { constraints: 2, ..Wanted::FINITE }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn each_configuration_is_visited_once_in_order(space in spaces::spaces(constrained())) {
        prop_assert_eq!(walked(&space, None), brute_force(&space));
    }

    #[test]
    fn size_is_the_number_of_configurations(space in spaces::spaces(constrained())) {
        prop_assert_eq!(space.size(), brute_force(&space).len() as f64);
    }

    #[test]
    fn a_walk_from_anywhere_visits_every_configuration_once(space in spaces::spaces(constrained()), seed: u64) {
        let expected = brute_force(&space);
        let unconstrained = SearchSpace::new(space.parameters().to_vec(), vec![]).unwrap();
        let start = unconstrained.draw(&vec![None; space.parameters().len()], &mut stream(seed)).unwrap();
        let grid = Grid::new(&space, None).unwrap();
        let mut walk = grid.walk(start.clone());
        let mut visited = Vec::new();
        loop {
            match walk.step(2) {
                WalkStep::Found(c) => visited.push(c),
                WalkStep::Unfinished(_) => {}
                WalkStep::Exhausted => break,
            }
            prop_assert!(visited.len() <= expected.len());
        }
        prop_assert!(space.infeasible_or_last(&start, &visited));
        prop_assert_eq!(walk.step(1), WalkStep::Exhausted);
        let mut sorted = visited.clone();
        sorted.sort_by_key(|c| expected.iter().position(|a| a == c));
        prop_assert_eq!(sorted, expected);
    }

    #[test]
    fn a_coarse_grid_is_a_subset_of_the_space(space in spaces::spaces(Wanted::ALL), resolution in 1u64..4) {
        let visited = walked(&space, Some(resolution));
        for (k, c) in visited.iter().enumerate() {
            prop_assert_eq!(space.validate(c), Ok(()));
            prop_assert!(!visited[..k].contains(c));
        }
    }
}

trait InfeasibleOrLast {
    fn infeasible_or_last(&self, start: &Configuration, visited: &[Configuration]) -> bool;
}

impl InfeasibleOrLast for SearchSpace {
    /// A walk visits its start last, if the start satisfies the constraints.
    fn infeasible_or_last(&self, start: &Configuration, visited: &[Configuration]) -> bool {
        !self.satisfies(start) || visited.last() == Some(start)
    }
}

fn integer(low: i128, high: i128) -> Domain {
    Domain::integer(low, high, 1, false).unwrap()
}

#[test]
fn size_of_large_conditional_domains_needs_no_enumeration() {
    let mut parameters = vec![parameter("n", integer(1, 1_000_000))];
    for k in 0..20 {
        let mut child = parameter(&format!("c{k}"), integer(0, 9));
        let accept = Accept::LevelRange { first: k, last: 999_999 };
        child.when = vec![Condition { parent: 0, accept }];
        parameters.push(child);
    }
    // n = 1 has one child, n = 2 has two, and n >= 20 has all of them.
    let (mut expected, mut children) = ((1e6 - 19.0) * 1e20, 1.0);
    for _ in 1..20 {
        children *= 10.0;
        expected += children;
    }
    let space = SearchSpace::new(parameters, vec![]).unwrap();
    assert!((space.size() / expected - 1.0).abs() < 1e-15);
}

#[test]
fn size_multiplies_independent_groups_and_adds_classes() {
    let mut parameters = Vec::new();
    for k in 0..40 {
        let mut child = parameter(&format!("child{k}"), integer(0, 2));
        child.when = vec![Condition { parent: 2 * k, accept: Accept::Levels(vec![1]) }];
        parameters.push(parameter(&format!("parent{k}"), Domain::unordered(2).unwrap()));
        parameters.push(child);
    }
    let space = SearchSpace::new(parameters, vec![]).unwrap();
    assert_eq!(space.size(), (1u128 << 80) as f64);
}

/// A child of two parents counts as one of the first: exactly if the number is small enough to be counted.
#[test]
fn size_is_an_upper_bound_of_large_spaces_in_which_a_parameter_has_two_parents() {
    let space = |last: i128| {
        let when = |parent| Condition { parent, accept: Accept::Levels(vec![0]) };
        let mut child = parameter("child", integer(0, 9));
        child.when = vec![when(0), when(1)];
        let parents = ["a", "b"].map(|name| parameter(name, integer(0, last)));
        SearchSpace::new([&parents[..], &[child]].concat(), vec![]).unwrap()
    };
    assert_eq!(space(9).size(), 99.0 + 10.0);
    assert_eq!(space(999_999).size(), (1e6 + 9.0) * 1e6);
}

#[test]
fn sizes_of_extreme_spaces() {
    let space = |domains: Vec<Domain>| {
        SearchSpace::new(domains.into_iter().enumerate().map(|(i, d)| parameter(&i.to_string(), d)).collect(), vec![])
            .unwrap()
    };
    assert_eq!(space(vec![]).size(), 1.0);
    assert_eq!(space(vec![integer(0, i128::from(u64::MAX))]).size(), (1u128 << 64) as f64);
    assert_eq!(space(vec![Domain::real(0.0, 1.0, false).unwrap()]).size(), f64::INFINITY);
    assert_eq!(space(vec![Domain::real(2.0, 2.0, true).unwrap(), integer(1, 3)]).size(), 3.0);
    assert_eq!(walked(&space(vec![]), None), [Configuration(vec![])]);
    assert_eq!(walked(&space(vec![Domain::real(2.0, 2.0, true).unwrap()]), None).len(), 1);
    assert!(Grid::new(&space(vec![Domain::real(0.0, 1.0, false).unwrap()]), None).is_err());
    assert!(Grid::new(&space(vec![integer(0, 3)]), Some(0)).is_err());
}

#[test]
fn levels_are_spread_and_include_both_ends() {
    let cases = [
        (Domain::real(0.0, 1.0, false).unwrap(), 5, 5),
        (Domain::real(1e-4, 1e4, true).unwrap(), 9, 9),
        (integer(0, 1000), 4, 4),
        (integer(0, 2), 4, 3),
        (Domain::integer(1, 1_000_000, 1, true).unwrap(), 7, 7),
        (Domain::integer(1, 20, 1, true).unwrap(), 19, 12),
        (Domain::real(1.0, 1f64.next_up(), false).unwrap(), 100, 2),
        (Domain::unordered(6).unwrap(), 2, 6),
    ];
    for (domain, resolution, expected) in cases {
        let space = SearchSpace::new(vec![parameter("x", domain.clone())], vec![]).unwrap();
        let levels: Vec<Value> = Grid::new(&space, Some(resolution)).unwrap().levels(0).collect();
        assert_eq!(levels.len(), expected, "{domain:?}");
        assert_eq!((levels[0], levels[levels.len() - 1]), domain.ends());
    }
}

#[test]
fn levels_between_the_ends_are_numbers_that_a_person_writes() {
    let levels = |low: f64, high: f64, log: bool, resolution: u64| {
        let space = SearchSpace::new(vec![parameter("x", Domain::real(low, high, log).unwrap())], vec![]).unwrap();
        Grid::new(&space, Some(resolution)).unwrap().levels(0).collect::<Vec<Value>>()
    };
    let written = |numbers: &[f64]| numbers.iter().map(|x| Value::Real(*x)).collect::<Vec<Value>>();
    assert_eq!(levels(1e-5, 1e-1, true, 5), written(&[1e-5, 1e-4, 1e-3, 1e-2, 1e-1]));
    assert_eq!(levels(0.1, 5.0, false, 3), written(&[0.1, 2.55, 5.0]));
    // Rounding leaves no narrow range.
    let (low, high) = (1.0 / 3.0, 1.0 / 3.0 + 1e-14);
    let is_within = |level: &Value| matches!(level, Value::Real(x) if (low..=high).contains(x));
    assert!(levels(low, high, false, 9).iter().all(is_within));
}

#[test]
fn thin_feasible_sets_are_enumerated_without_their_surroundings() {
    let parameters = (0..10).map(|i| parameter(&i.to_string(), integer(0, 99))).collect();
    let terms = (0..10).map(|i| (i, 1.0)).collect();
    let sum = Constraint::Linear { terms, lower: f64::NEG_INFINITY, upper: 3.0 };
    let space = SearchSpace::new(parameters, vec![sum]).unwrap();
    let grid = Grid::new(&space, None).unwrap();
    let (mut visited, mut step) = (0, grid.first(20));
    while let WalkStep::Found(c) = step {
        visited += 1;
        step = grid.next(&c, 20);
    }
    assert_eq!(step, WalkStep::Exhausted);
    assert_eq!(visited, 286, "13 choose 3");
}
