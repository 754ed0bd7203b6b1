//! Draws lie inside the space, reach all of it, and satisfy the constraints by construction.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::common::spaces::{self, Wanted, brute_force, parameter, stream};
use proptest::prelude::*;
use tanteo_core::space::{
    Accept, Clause, Condition, Configuration, Constraint, Domain, Parameter, SearchSpace, SpaceError, Value,
};

const NONE: f64 = f64::NEG_INFINITY;
const ALL: f64 = f64::INFINITY;

fn free(space: &SearchSpace) -> Vec<Option<Value>> {
    vec![None; space.parameters().len()]
}

fn real(low: f64, high: f64) -> Domain {
    Domain::real(low, high, false).unwrap()
}

fn integer(low: i128, high: i128) -> Domain {
    Domain::integer(low, high, 1, false).unwrap()
}

fn space(domains: Vec<Domain>, constraints: Vec<Constraint>) -> SearchSpace {
    let parameters = domains.into_iter().enumerate().map(|(i, d)| parameter(&format!("p{i}"), d)).collect();
    SearchSpace::new(parameters, constraints).unwrap()
}

fn linear(weights: &[f64], lower: f64, upper: f64) -> Constraint {
    let terms = weights.iter().copied().enumerate().filter(|(_, w)| *w != 0.0).collect();
    Constraint::Linear { terms, lower, upper }
}

fn order(left: usize, right: usize, strict: bool) -> Constraint {
    Constraint::Order { left, right, strict }
}

/// `n` valid draws, converted to numbers in the user's scale.
fn draws(space: &SearchSpace, n: u64) -> Vec<Vec<f64>> {
    (0..n)
        .map(|seed| {
            let drawn = space.draw(&free(space), &mut stream(seed)).unwrap();
            assert_eq!(space.validate(&drawn), Ok(()));
            let number = |(p, v): (&Parameter, &Option<Value>)| v.map_or(f64::NAN, |v| p.domain.number(v).to_f64());
            space.parameters().iter().zip(&drawn.0).map(number).collect()
        })
        .collect()
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_draw_is_valid(space in spaces::spaces(Wanted::ALL), seed: u64) {
        for k in 0..5 {
            match space.draw(&free(&space), &mut stream(seed.wrapping_add(k))) {
                Ok(drawn) => prop_assert_eq!(space.validate(&drawn), Ok(())),
                Err(error) => prop_assert!(matches!(error, SpaceError::Infeasible { .. }), "{}", error),
            }
        }
    }

    #[test]
    fn a_finite_space_is_infeasible_only_if_it_is_empty(
        space in spaces::spaces(Wanted { constraints: 3, ..Wanted::FINITE }), seed: u64,
    ) {
        let drawn = space.draw(&free(&space), &mut stream(seed));
        prop_assert_eq!(drawn.is_ok(), !brute_force(&space).is_empty());
    }

    #[test]
    fn extreme_domains_can_be_drawn_and_encoded(domain in spaces::extreme_domains(), seed: u64) {
        let space = space(vec![domain], vec![]);
        for k in 0..20 {
            let drawn = space.draw(&[None], &mut stream(seed.wrapping_add(k))).unwrap();
            prop_assert_eq!(space.validate(&drawn), Ok(()));
            let unit = space.encode(&drawn);
            prop_assert!((0.0..=1.0).contains(&unit[0]));
            prop_assert_eq!(space.validate(&space.decode(&unit)), Ok(()));
        }
        for u in [0.0, 1.0, f64::NAN, -1.0, 2.0, 1e-300] {
            prop_assert_eq!(space.validate(&space.decode(&[u])), Ok(()));
        }
    }

    #[test]
    fn encoding_is_inverted_by_decoding(space in spaces::spaces(Wanted::FINITE), seed: u64) {
        let drawn = space.draw(&free(&space), &mut stream(seed)).unwrap();
        prop_assert_eq!(space.decode(&space.encode(&drawn)), drawn);
    }

    #[test]
    fn given_values_are_kept(space in spaces::spaces(Wanted::ALL), seed: u64, mask: u64) {
        if let Ok(drawn) = space.draw(&free(&space), &mut stream(seed)) {
            let partial: Vec<_> = drawn.0.iter().enumerate().map(|(i, v)| v.filter(|_| mask >> i & 1 == 1)).collect();
            let completed = space.draw(&partial, &mut stream(seed ^ 1)).unwrap();
            prop_assert_eq!(space.validate(&completed), Ok(()));
            for (given, value) in partial.iter().zip(&completed.0) {
                prop_assert!(given.is_none() || given == value);
            }
        }
    }

    #[test]
    fn repaired_configurations_are_valid(space in spaces::spaces(Wanted::ALL), seed: u64) {
        let loose = SearchSpace::new(space.parameters().to_vec(), vec![]).unwrap();
        let broken = loose.draw(&free(&space), &mut stream(seed)).unwrap();
        match space.repair(broken.clone(), &mut stream(seed)) {
            Some(repaired) => {
                prop_assert_eq!(space.validate(&repaired), Ok(()));
                prop_assert!(!space.satisfies(&broken) || repaired == broken);
            }
            None => prop_assert!(!space.satisfies(&broken)),
        }
    }
}

#[test]
fn every_level_is_reached() {
    let domains = vec![
        Domain::stepped(0.0, 1.0, 1.0).unwrap(),
        Domain::stepped(0.0, 0.5, 0.05).unwrap(),
        integer(-3, 3),
        Domain::integer(1, 12, 1, true).unwrap(),
        Domain::ordered(3).unwrap(),
        Domain::unordered(7).unwrap(),
    ];
    for domain in domains {
        let space = space(vec![domain.clone()], vec![]);
        let mut drawn_levels = vec![false; domain.last_level().unwrap() as usize + 1];
        for seed in 0..300 {
            let Some(Value::Level(k)) = space.draw(&[None], &mut stream(seed)).unwrap().0[0] else { unreachable!() };
            drawn_levels[k as usize] = true;
        }
        assert!(drawn_levels.iter().all(|&s| s), "{domain:?} {drawn_levels:?}");
    }
}

/// All seeded results depend on these values, so they may change only with the format of streams.
#[test]
fn drawn_values_are_pinned() {
    let domains = vec![
        real(0.0, 1.0),
        Domain::real(1e-5, 1e-1, true).unwrap(),
        Domain::stepped(0.0, 0.5, 0.05).unwrap(),
        integer(1, 1000),
        Domain::integer(1, 1000, 1, true).unwrap(),
        Domain::unordered(5).unwrap(),
    ];
    let drawn = space(domains, vec![]).draw(&[None; 6], &mut stream(7)).unwrap();
    let bits: Vec<u64> = drawn.0.iter().flatten().map(|v| v.to_bits()).collect();
    assert_eq!(bits, [4600403348464037882, 4535765407737218252, 1, 973, 84, 2]);
}

#[test]
fn thin_simplex_is_filled() {
    let space = space(vec![real(0.0, 1.0); 3], vec![linear(&[1.0; 3], NONE, 0.01)]);
    let drawn = draws(&space, 200);
    for i in 0..3 {
        let average = mean(drawn.iter().map(|d| d[i]));
        assert!((average - 0.0025).abs() < 0.0005, "uniform on the simplex has mean 1/4, found {average}");
    }
}

#[test]
fn twenty_shares_of_one_budget_are_treated_alike() {
    let space = space(vec![real(0.0, 1.0); 20], vec![linear(&[1.0; 20], NONE, 1.0)]);
    let drawn = draws(&space, 100);
    for i in 0..20 {
        let average = mean(drawn.iter().map(|d| d[i]));
        assert!((0.015..0.1).contains(&average), "uniform on the simplex has mean 1/21, found {average}");
    }
    assert!(mean(drawn.iter().map(|d| d.iter().sum())) > 0.8, "most of the volume is near the face");
}

#[test]
fn equations_over_floats_are_solved() {
    let shares = space(vec![real(0.0, 1.0); 3], vec![linear(&[1.0; 3], 1.0, 1.0)]);
    let drawn = draws(&shares, 200);
    assert!(drawn.iter().all(|d| (d.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    for i in 0..3 {
        assert!((mean(drawn.iter().map(|d| d[i])) - 1.0 / 3.0).abs() < 0.06);
        assert!(drawn.iter().any(|d| d[i] > 0.7), "the corners are reached");
    }
    let two = vec![linear(&[1.0, 1.0, 1.0], 1.0, 1.0), linear(&[1.0, 2.0, 3.0], 2.0, 2.0)];
    let line = draws(&space(vec![real(0.0, 1.0); 3], two), 50);
    assert!(line.iter().all(|d| (d[0] - d[2]).abs() < 1e-6), "both equations together imply x = z");
    assert!(mean(line.iter().map(|d| d[0])) > 0.05);
}

#[test]
fn equations_over_mixed_numbers_are_solved() {
    let mixed = space(vec![real(0.0, 10.0), integer(0, 10)], vec![linear(&[1.0, 1.0], 7.5, 7.5)]);
    assert!(draws(&mixed, 50).iter().all(|d| (d[0] + d[1] - 7.5).abs() < 1e-12));
    let coins = space(vec![integer(0, 40), integer(0, 40)], vec![linear(&[3.0, 5.0], 101.0, 101.0)]);
    let drawn = draws(&coins, 50);
    assert!(drawn.iter().all(|d| 3.0 * d[0] + 5.0 * d[1] == 101.0));
    assert!(drawn.iter().any(|d| d != &drawn[0]));
}

#[test]
fn chains_of_orders_are_sorted() {
    let chain = (0..14).map(|i| order(i, i + 1, true)).collect();
    let sorted = draws(&space(vec![real(0.0, 1.0); 15], chain), 50);
    assert!((mean(sorted.iter().map(|d| d[7])) - 0.5).abs() < 0.1);
    let chain = (0..9).map(|i| order(i, i + 1, true)).collect();
    let forced = draws(&space(vec![integer(0, 9); 10], chain), 5);
    assert!(forced.iter().all(|d| d.iter().enumerate().all(|(i, &x)| x == i as f64)), "there is one solution");
}

#[test]
fn orders_of_64_bit_integers_are_exact() {
    let whole = Domain::integer(i128::from(i64::MIN), i128::from(i64::MAX), 1, false).unwrap();
    let space = space(vec![whole.clone(), whole], vec![order(0, 1, true)]);
    draws(&space, 50);
    let top = Value::Level(u64::MAX);
    let fixed = space.draw(&[None, Some(Value::Level(1))], &mut stream(0)).unwrap();
    assert_eq!(fixed.0[0], Some(Value::Level(0)));
    let repaired = space.repair(Configuration(vec![Some(top), Some(top)]), &mut stream(0)).unwrap();
    assert!(space.satisfies(&repaired));
}

#[test]
fn equations_between_64_bit_integers_are_exact() {
    let whole = Domain::integer(0, i128::from(u64::MAX), 1, false).unwrap();
    let equal = space(vec![whole.clone(), whole.clone()], vec![linear(&[1.0, -1.0], 0.0, 0.0)]);
    let drawn = equal.draw(&free(&equal), &mut stream(0)).unwrap();
    assert_eq!(drawn.0[0], drawn.0[1]);
    let shared = space(vec![whole.clone(), whole], vec![linear(&[1.0, 1.0], 2e18, 2e18)]);
    let [Some(Value::Level(a)), Some(Value::Level(b))] = shared.draw(&free(&shared), &mut stream(0)).unwrap().0[..]
    else {
        unreachable!()
    };
    assert_eq!(u128::from(a) + u128::from(b), 2_000_000_000_000_000_000);
}

#[test]
fn a_single_feasible_point_is_found() {
    let corner = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, 1.0], NONE, 0.0)]);
    assert_eq!(draws(&corner, 3), vec![vec![0.0, 0.0]; 3]);
    let corner = space(vec![real(0.5, 1.0); 2], vec![linear(&[1.0, 1.0], NONE, 1.0)]);
    assert_eq!(draws(&corner, 3), vec![vec![0.5, 0.5]; 3]);
}

#[test]
fn points_inside_polytopes_with_many_faces_are_found() {
    for seed in 0..20 {
        let mut random = stream(seed);
        let d = 12;
        let inside: Vec<f64> = (0..d).map(|_| random.uniform()).collect();
        let constraints = (0..24)
            .map(|_| {
                let weights: Vec<f64> = (0..d).map(|_| random.normal()).collect();
                let upper = weights.iter().zip(&inside).map(|(w, x)| w * x).sum::<f64>() + 0.02;
                linear(&weights, NONE, upper)
            })
            .collect();
        draws(&space(vec![real(0.0, 1.0); d], constraints), 2);
    }
}

#[test]
fn the_only_combination_not_forbidden_is_found() {
    let only = |parameter| Constraint::Forbid(vec![Clause { parameter, accept: Accept::Levels(vec![0, 1, 3]) }]);
    let space = space(vec![Domain::unordered(4).unwrap(); 12], (0..12).map(only).collect());
    let drawn = space.draw(&free(&space), &mut stream(0)).unwrap();
    assert!(drawn.0.iter().all(|v| *v == Some(Value::Level(2))));
}

#[test]
fn forbidden_ranges_are_avoided() {
    let accept = Accept::RealRange { low: 1e-9, high: 1.0 };
    let space = space(vec![real(0.0, 1.0)], vec![Constraint::Forbid(vec![Clause { parameter: 0, accept }])]);
    assert!(draws(&space, 5).iter().all(|d| d[0] < 1e-9));
}

#[test]
fn constraints_between_parents_and_children_are_met() {
    let mut child = parameter("child", real(0.0, 1.0));
    child.when = vec![Condition { parent: 0, accept: Accept::RealRange { low: 0.0, high: 0.5 } }];
    let parameters = vec![parameter("parent", real(0.0, 1.0)), child, parameter("other", real(0.0, 1.0))];
    let constraints = vec![linear(&[1.0, 1.0, 1.0], NONE, 0.001), linear(&[1.0, 0.0, 1.0], NONE, 0.002)];
    let space = SearchSpace::new(parameters, constraints).unwrap();
    assert!(draws(&space, 100).iter().all(|d| d.iter().sum::<f64>() <= 0.001));
}

#[test]
fn infeasible_constraints_are_named_in_the_error() {
    let constraints = vec![order(0, 1, true), order(1, 0, false)];
    let space = space(vec![real(0.0, 1.0); 2], constraints);
    let error = space.draw(&free(&space), &mut stream(0)).unwrap_err();
    assert!(error.to_string().contains("p0 < p1") || error.to_string().contains("p1 <= p0"), "{error}");
}

#[test]
fn given_values_are_checked() {
    let mut child = parameter("child", real(0.0, 1.0));
    child.when = vec![Condition { parent: 0, accept: Accept::Levels(vec![1]) }];
    let space = SearchSpace::new(vec![parameter("parent", Domain::unordered(3).unwrap()), child], vec![]).unwrap();
    let draw = |fixed: [Option<Value>; 2]| space.draw(&fixed, &mut stream(0));
    let completed = draw([None, Some(Value::Real(0.5))]).unwrap();
    assert_eq!(completed.0, [Some(Value::Level(1)), Some(Value::Real(0.5))]);
    let misplaced = draw([Some(Value::Level(0)), Some(Value::Real(0.5))]).unwrap_err().to_string();
    assert!(misplaced.contains("'child'") && misplaced.contains("'parent' is choice 1"), "{misplaced}");
    let outside = draw([Some(Value::Level(3)), None]).unwrap_err().to_string();
    assert!(outside.contains("'parent'") && outside.contains("level 3"), "{outside}");
}

#[test]
fn the_nearest_point_is_close() {
    let budget = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, 1.0], NONE, 1.0)]);
    let repaired = budget.nearest(Configuration(vec![Some(Value::Real(0.6)), Some(Value::Real(0.5))]), &mut stream(0));
    let [Some(Value::Real(x)), Some(Value::Real(y))] = repaired.unwrap().0[..] else { unreachable!() };
    assert!((x - 0.6).abs() + (y - 0.5).abs() < 0.1 + 1e-9, "{x} {y}");
    let sorted = space(vec![integer(0, 9); 2], vec![order(0, 1, false)]);
    let repaired = sorted.nearest(Configuration(vec![Some(Value::Level(6)), Some(Value::Level(4))]), &mut stream(0));
    let [Some(Value::Level(a)), Some(Value::Level(b))] = repaired.unwrap().0[..] else { unreachable!() };
    assert!(a <= b && (4..=6).contains(&a) && (4..=6).contains(&b));
}

#[test]
fn a_space_without_parameters_has_one_configuration() {
    let nothing = SearchSpace::new(vec![], vec![]).unwrap();
    let only = Configuration(vec![]);
    assert_eq!(nothing.draw(&[], &mut stream(0)), Ok(only.clone()));
    assert_eq!(nothing.default_configuration(), Some(only));
}

#[test]
fn unbounded_sides_of_linear_constraints_work_alike() {
    let space = space(vec![real(-1e308, 1e308); 2], vec![linear(&[1.0, -1.0], 0.0, ALL)]);
    draws(&space, 20);
}
