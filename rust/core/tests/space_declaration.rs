//! Promise 6: invalid spaces are refused by name when they are declared; extreme but valid ones work.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::common::spaces::{parameter, stream};
use tanteo_core::space::{
    Accept, Clause, Condition, Configuration, Constraint, Domain, Number, Parameter, Prior, SearchSpace, Value,
};

fn real() -> Domain {
    Domain::real(0.0, 1.0, false).unwrap()
}

fn choices() -> Domain {
    Domain::unordered(3).unwrap()
}

fn child(name: &str, parent: usize, accept: Accept) -> Parameter {
    let when = vec![Condition { parent, accept }];
    Parameter { when, ..parameter(name, real()) }
}

/// The error message for an invalid space.
fn refused(parameters: Vec<Parameter>, constraints: Vec<Constraint>) -> String {
    SearchSpace::new(parameters, constraints).unwrap_err().to_string()
}

#[track_caller]
fn assert_says(message: &str, parts: &[&str]) {
    assert!(parts.iter().all(|part| message.contains(part)), "{message}");
}

#[test]
fn spaces_are_equal_if_their_parameters_and_constraints_are() {
    let parameters = || vec![parameter("a", real()), parameter("b", real())];
    let order = |strict| vec![Constraint::Order { left: 0, right: 1, strict }];
    let space = |parameters, constraints| SearchSpace::new(parameters, constraints).unwrap();
    let ordered = space(parameters(), order(false));
    assert!(ordered == space(parameters(), order(false)));
    assert!(ordered != space(parameters(), order(true)) && ordered != space(parameters(), Vec::new()));
    assert!(ordered != space(vec![parameter("a", real()), parameter("c", real())], order(false)));
}

#[test]
fn impossible_domains_are_refused() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let floats = [(1.0, 0.0, false), (nan, 1.0, false), (0.0, inf, false), (-inf, 0.0, false), (0.0, 1.0, true)];
    for (low, high, log) in floats {
        Domain::real(low, high, log).unwrap_err();
    }
    for (low, high, step) in [(0.0, 1.0, 0.0), (0.0, 1.0, -0.1), (0.0, 1.0, nan), (1.0, 0.0, 0.1), (1e16, 2e16, 0.5)] {
        Domain::stepped(low, high, step).unwrap_err();
    }
    let wide = i128::from(u64::MAX);
    let integers = [
        (1, 0, 1, false),
        (0, 1, 0, false),
        (0, 5, 1, true),
        (1, 5, 2, true),
        (-1, wide, 1, false),
        (0, wide + 1, 1, false),
    ];
    for (low, high, step, log) in integers {
        Domain::integer(low, high, step, log).unwrap_err();
    }
    Domain::ordered(0).unwrap_err();
    Domain::unordered(0).unwrap_err();
    assert_eq!(Domain::real(5.0, 1.0, false).unwrap_err(), "low = 5.0 is greater than high = 1.0; swap them");
}

#[test]
fn extreme_domains_are_accepted() {
    let x = 0.1f64;
    Domain::real(x, x.next_up(), true).unwrap();
    Domain::real(-1e308, 1e308, false).unwrap();
    Domain::real(1.0, 1.0 + 1e-13, true).unwrap();
    Domain::real(2.0, 2.0, true).unwrap();
    Domain::integer(i128::from(i64::MIN), i128::from(i64::MAX), 1, false).unwrap();
    Domain::integer(1, 10i128.pow(13), 1, true).unwrap();
    assert_eq!(Domain::stepped(0.0, 1.0, 5.0).unwrap().last_level(), Some(0));
    assert_eq!(Domain::integer(0, 1, 5, false).unwrap().last_level(), Some(0));
}

#[test]
fn domains_read_from_elsewhere_are_checked_again() {
    let forged = [
        Domain::Real { low: 1.0, high: 0.0, log: false },
        Domain::Stepped { low: 0.0, high: 1.0, step: 0.5, last: 7 },
        Domain::Integer { low: i128::MAX, step: u64::MAX, last: u64::MAX, log: false },
        Domain::Unordered { last: u64::MAX },
    ];
    for domain in forged {
        assert_says(&refused(vec![parameter("forged", domain)], vec![]), &["'forged'"]);
    }
    let prior = Prior::Weights(vec![1.0]);
    assert_says(&refused(vec![Parameter { prior, ..parameter("p", choices()) }], vec![]), &["'p'", "1 weights for 3"]);
    let prior = Prior::Normal { mean: f64::NAN, std: 1.0 };
    assert_says(&refused(vec![Parameter { prior, ..parameter("p", real()) }], vec![]), &["'p'"]);
}

#[test]
fn names_are_given_and_unique() {
    assert_says(&refused(vec![parameter("lr", real()), parameter("lr", choices())], vec![]), &["'lr'", "twice"]);
    assert_says(&refused(vec![parameter("", real())], vec![]), &["parameter 0", "empty name"]);
}

#[test]
fn defaults_lie_in_their_domain() {
    let with = |default| Parameter { default: Some(default), ..parameter("lr", real()) };
    assert_says(&refused(vec![with(Value::Real(2.0))], vec![]), &["'lr'", "default", "2.0", "from 0.0 to 1.0"]);
    assert_says(&refused(vec![with(Value::Level(0))], vec![]), &["'lr'", "default"]);
}

#[test]
fn conditions_that_never_hold_are_refused() {
    let to = |domain: Domain, accept| refused(vec![parameter("parent", domain), child("child", 0, accept)], vec![]);
    assert_says(&to(choices(), Accept::Levels(vec![3])), &["'child'", "'parent'", "level 3"]);
    assert_says(&to(choices(), Accept::Levels(vec![])), &["'child'", "no value is accepted"]);
    assert_says(&to(choices(), Accept::LevelRange { first: 0, last: 1 }), &["'child'", "without an order"]);
    assert_says(&to(real(), Accept::Levels(vec![0])), &["'child'", "probability zero"]);
    assert_says(&to(real(), Accept::RealRange { low: 0.5, high: 0.5 }), &["'child'", "probability zero"]);
    assert_says(&to(real(), Accept::RealRange { low: 2.0, high: 3.0 }), &["'child'", "misses"]);
    assert_says(&refused(vec![child("child", 7, Accept::Levels(vec![0]))], vec![]), &["'child'", "unknown"]);
    assert_says(&refused(vec![child("child", 0, Accept::Levels(vec![0]))], vec![]), &["'child'", "its own parent"]);
}

#[test]
fn ranges_are_clipped_to_the_domain() {
    let ints = Domain::integer(0, 10, 1, false).unwrap();
    let range = |low, high| Accept::range(&ints, low, high);
    assert_eq!(range(Some(Number::Real(2.5)), None), Ok(Accept::LevelRange { first: 3, last: 10 }));
    assert_eq!(
        range(Some(Number::Integer(-5)), Some(Number::Integer(3))),
        Ok(Accept::LevelRange { first: 0, last: 3 })
    );
    range(Some(Number::Integer(11)), None).unwrap_err();
    range(Some(Number::Real(2.2)), Some(Number::Real(2.8))).unwrap_err();
    range(None, Some(Number::Integer(-1))).unwrap_err();
    Accept::range(&choices(), None, None).unwrap_err();
    Accept::values(&real(), &[Value::Real(0.5)]).unwrap_err();
    let list = [Value::Level(2), Value::Level(0), Value::Level(2)];
    assert_eq!(Accept::values(&choices(), &list), Ok(Accept::Levels(vec![0, 2])));
}

#[test]
fn cycles_are_named() {
    let above = || Accept::RealRange { low: 0.5, high: 1.0 };
    let cycle = vec![child("a", 1, above()), child("b", 2, above()), child("c", 0, above()), child("d", 0, above())];
    assert_says(&refused(cycle, vec![]), &["cycle", "'a' needs 'b' needs 'c' needs 'a'"]);
}

#[test]
fn parameters_that_are_never_active_are_refused() {
    let mut grandchild = child("grandchild", 1, Accept::RealRange { low: 0.0, high: 1.0 });
    grandchild.when.push(Condition { parent: 0, accept: Accept::Levels(vec![0, 1]) });
    let parameters = |accept| vec![parameter("top", choices()), child("child", 0, accept), grandchild.clone()];
    assert_says(&refused(parameters(Accept::Levels(vec![2])), vec![]), &["'grandchild'", "never exist", "'top'"]);
    SearchSpace::new(parameters(Accept::Levels(vec![1, 2])), vec![]).unwrap();
}

#[test]
fn constraints_must_use_suitable_parameters_and_numbers() {
    let parameters = || vec![parameter("a", real()), parameter("b", real()), parameter("c", choices())];
    let refused = |constraint| refused(parameters(), vec![constraint]);
    let linear = |terms: &[(usize, f64)], lower, upper| Constraint::Linear { terms: terms.to_vec(), lower, upper };
    let (no, inf) = (f64::NEG_INFINITY, f64::INFINITY);
    assert_says(&refused(linear(&[(9, 1.0)], 0.0, 1.0)), &["parameter 9", "unknown"]);
    assert_says(&refused(linear(&[], 0.0, 1.0)), &["names no parameter"]);
    assert_says(&refused(linear(&[(2, 1.0)], 0.0, 1.0)), &["'c' is not numeric"]);
    for weight in [f64::NAN, f64::INFINITY, 0.0] {
        assert_says(&refused(linear(&[(0, weight)], 0.0, 1.0)), &["weight of 'a'"]);
    }
    for (lower, upper) in [(1.0, 0.0), (no, inf), (f64::NAN, 1.0), (inf, inf)] {
        assert_says(&refused(linear(&[(0, 1.0)], lower, upper)), &["no bounds"]);
    }
    assert_says(&refused(linear(&[(0, 1.0), (0, 1.0)], no, 1.0)), &["'a' is named twice"]);
    assert_says(&refused(linear(&[(0, 1.0), (1, 1.0)], 3.0, inf)), &["a + b >= 3.0", "can never hold", "0.0 and 2.0"]);
    assert_says(&refused(Constraint::Order { left: 0, right: 2, strict: false }), &["a <= c", "two ordinals"]);
    assert_says(&refused(Constraint::Order { left: 0, right: 0, strict: true }), &["a < a", "twice"]);
    assert_says(&refused(Constraint::Forbid(vec![])), &["names no parameter"]);
    let clause = Clause { parameter: 2, accept: Accept::Levels(vec![5]) };
    assert_says(&refused(Constraint::Forbid(vec![clause])), &["'c'", "level 5"]);
}

#[test]
fn constraints_that_can_never_hold_together_are_named() {
    let whole = |name| parameter(name, Domain::integer(0, 9, 1, false).unwrap());
    let parameters = || vec![parameter("a", real()), parameter("b", real()), whole("m"), whole("n")];
    let linear = |terms: &[(usize, f64)], lower, upper| Constraint::Linear { terms: terms.to_vec(), lower, upper };
    let at_least = |i, low| linear(&[(i, 1.0)], low, f64::INFINITY);
    let sum = linear(&[(0, 1.0), (1, 1.0)], 1.0, 1.0);
    let together = refused(parameters(), vec![at_least(0, 0.75), at_least(2, 5.0), at_least(1, 0.5), sum]);
    assert_says(&together, &["the constraints a >= 0.75 and b >= 0.5 and a + b = 1.0 can never hold together"]);
    let odd = refused(parameters(), vec![linear(&[(2, 2.0), (3, 4.0)], 7.0, 7.0)]);
    assert_says(&odd, &["constraint 2.0*m + 4.0*n = 7.0: it can never hold; loosen it"]);
}

/// A combination that holds for all values of its other parameters forbids values of one.
#[test]
fn combinations_that_forbid_all_values_of_a_parameter_are_refused() {
    let levels = |parameter: usize, levels: &[u64]| Clause { parameter, accept: Accept::Levels(levels.to_vec()) };
    let reals = |low, high| Clause { parameter: 3, accept: Accept::RealRange { low, high } };
    let built = |combinations: &[&[Clause]]| {
        let child = child("child", 0, Accept::Levels(vec![1]));
        let parameters = vec![parameter("a", choices()), parameter("b", choices()), child, parameter("x", real())];
        SearchSpace::new(parameters, combinations.iter().map(|clauses| Constraint::Forbid(clauses.to_vec())).collect())
    };
    let refused = |combinations: &[&[Clause]]| built(combinations).unwrap_err().to_string();
    let n = choices().last_level().unwrap();
    let (all, some): (Vec<u64>, Vec<u64>) = ((0..=n).collect(), (1..=n).collect());
    assert_says(&refused(&[&[levels(1, &all)]]), &["'b'", "the constraints forbid all of its values; loosen one"]);
    assert_says(&refused(&[&[levels(1, &some)], &[levels(1, &[0])]]), &["'b'"]);
    assert_says(&refused(&[&[levels(1, &some), reals(0.0, 1.0)], &[levels(1, &[0]), levels(0, &all)]]), &["'b'"]);
    assert_says(&refused(&[&[levels(1, &all), reals(0.0, 1.0)]]), &["'b'"]);
    assert_says(&refused(&[&[reals(0.0, 0.5)], &[reals(0.25, 1.0)]]), &["'x'"]);
    assert!(built(&[&[levels(1, &some)], &[levels(0, &[0])], &[reals(0.0, 0.5)]]).is_ok());
    assert!(built(&[&[levels(1, &some)], &[levels(1, &[0]), reals(0.0, 0.5)]]).is_ok(), "x > 0.5 is left");
    let of_child = [Clause { parameter: 2, accept: Accept::RealRange { low: 0.0, high: 1.0 } }];
    assert!(built(&[&of_child]).is_ok(), "it does not exist for other choices");
}

#[test]
fn validation_names_what_is_wrong() {
    let parameters =
        vec![parameter("top", choices()), child("child", 0, Accept::Levels(vec![1])), parameter("x", real())];
    let constraint = Constraint::Linear { terms: vec![(1, 1.0), (2, 1.0)], lower: f64::NEG_INFINITY, upper: 1.0 };
    let space = SearchSpace::new(parameters, vec![constraint]).unwrap();
    let message = |values: &[Option<Value>]| space.validate(&Configuration(values.to_vec())).unwrap_err().to_string();
    let (top, x) = (Some(Value::Level(1)), Some(Value::Real(0.9)));
    assert_eq!(space.validate(&Configuration(vec![top, Some(Value::Real(0.1)), x])), Ok(()));
    assert_eq!(space.validate(&Configuration(vec![Some(Value::Level(0)), None, x])), Ok(()));
    assert_says(&message(&[top, None, x]), &["'child'", "no value given"]);
    assert_says(&message(&[Some(Value::Level(0)), x, x]), &["'child'", "exists only if 'top' is choice 1"]);
    assert_says(&message(&[top, Some(Value::Real(-0.5)), x]), &["'child'", "-0.5"]);
    assert_says(&message(&[top, x, x]), &["child + x <= 1.0", "broken"]);
    assert_says(&message(&[top]), &["1 values given for 3 parameters"]);
}

#[test]
fn parents_come_first_and_otherwise_the_order_of_declaration() {
    let above = || Accept::RealRange { low: 0.5, high: 1.0 };
    let parameters =
        vec![child("a", 2, above()), parameter("b", real()), parameter("c", real()), child("d", 0, above())];
    let space = SearchSpace::new(parameters, vec![]).unwrap();
    assert_eq!(space.order(), [1, 2, 0, 3]);
}

#[test]
fn defaults_make_a_configuration_only_if_they_are_complete() {
    let with = |default, p: Parameter| Parameter { default: Some(default), ..p };
    let top = with(Value::Level(0), parameter("top", choices()));
    let optional = child("optional", 0, Accept::Levels(vec![1]));
    let x = with(Value::Real(0.75), parameter("x", real()));
    let space = |parameters, constraints| SearchSpace::new(parameters, constraints).unwrap();
    let configuration = space(vec![top.clone(), optional, x.clone()], vec![]).default_configuration();
    assert_eq!(configuration, Some(Configuration(vec![Some(Value::Level(0)), None, Some(Value::Real(0.75))])));
    let needed = child("needed", 0, Accept::Levels(vec![0]));
    assert_eq!(space(vec![top, needed, x.clone()], vec![]).default_configuration(), None);
    let half = Constraint::Linear { terms: vec![(0, 1.0)], lower: 0.0, upper: 0.5 };
    assert_says(&refused(vec![x], vec![half]), &["defaults", "x <= 0.5"]);
}

#[test]
fn defaults_that_make_the_space_infeasible_are_refused() {
    let a = Parameter { default: Some(Value::Real(0.75)), ..parameter("a", real()) };
    let sum = |upper| Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: 0.0, upper };
    assert_says(&refused(vec![a.clone(), parameter("b", real())], vec![sum(0.5)]), &["defaults", "a + b"]);
    assert!(SearchSpace::new(vec![a, parameter("b", real())], vec![sum(0.75)]).is_ok());
}

#[test]
fn priors_shift_what_is_drawn() {
    let domain = Domain::real(0.0, 1.0, false).unwrap();
    let prior = Prior::normal(&domain, 0.2, 0.05).unwrap();
    let space = SearchSpace::new(vec![Parameter { prior, ..parameter("x", domain) }], vec![]).unwrap();
    let mut random = stream(0);
    for _ in 0..100 {
        let Some(Value::Real(x)) = space.draw(&[None], &mut random).unwrap().0[0] else { unreachable!() };
        assert!((0.0..0.5).contains(&x), "six standard deviations around 0.2");
    }
}
