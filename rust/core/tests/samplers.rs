//! The suggestions of each design. TPE has its own tests.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::search::{self, ask, ask_many, choices, drain, integer, optimizer, real};
use crate::common::spaces::{self, Wanted, brute_force, parameter};
use proptest::prelude::*;
use tanteo_core::history::Origin;
use tanteo_core::numerics::MAX_DIMENSIONS;
use tanteo_core::optimizer::{Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::sampler::{AutoSettings, Sampler, SuggestError};
use tanteo_core::space::{Accept, Clause, Configuration, Constraint, Domain, Parameter, Prior, SearchSpace, Value};

fn space(parameters: Vec<Parameter>) -> SearchSpace {
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

fn levels(configurations: &[Configuration]) -> Vec<Vec<Option<u64>>> {
    let level = |value: &Option<Value>| value.map(Value::to_bits);
    configurations.iter().map(|c| c.0.iter().map(level).collect()).collect()
}

#[test]
fn every_level_is_reached_by_random_and_sobol() {
    for sampler in [Sampler::Random, Sampler::Sobol] {
        let stepped = parameter("stepped", Domain::stepped(0.0, 1.0, 1.0).unwrap());
        let mut search = optimizer(space(vec![stepped, integer("n", -2, 2), choices("c", 3)]), sampler);
        assert_eq!(drain(&mut search, 100).len(), 30);
    }
}

#[test]
fn sobol_points_fill_each_sixteenth_once() {
    let mut search = optimizer(search::cube(3), Sampler::Sobol);
    ask_many(&mut search, 16).unwrap();
    for dimension in 0..3 {
        let mut cells: Vec<u64> = search.history().unit(dimension).iter().map(|u| (u * 16.0) as u64).collect();
        cells.sort_unstable();
        assert!(cells.into_iter().eq(0..16));
    }
}

#[test]
fn enqueued_and_observed_points_leave_no_gap_in_the_sobol_sequence() {
    let mut plain = optimizer(search::cube(2), Sampler::Sobol);
    let mut mixed = plain.clone();
    let expected = drain(&mut plain, 4);
    mixed.observe(&Configuration(vec![Some(Value::Real(0.5)); 2]), Tell::value(0.0)).unwrap();
    let mut suggested = drain(&mut mixed, 2);
    mixed.enqueue(vec![Some(Value::Real(0.25)), None]).unwrap();
    suggested.extend(drain(&mut mixed, 3));
    suggested.remove(2);
    assert_eq!(suggested, expected);
}

#[test]
fn sobol_continues_beyond_its_table() {
    let d = MAX_DIMENSIONS + 4;
    let mut search = optimizer(search::cube(d), Sampler::Sobol);
    ask_many(&mut search, 2).unwrap();
    let last = search.history().unit(d - 1);
    assert!(last[0] != last[1] && search.history().unit(MAX_DIMENSIONS - 1)[0] != last[0]);
}

#[test]
fn sobol_follows_the_priors() {
    let weighted = Parameter { prior: Prior::Weights(vec![0.0, 0.75, 0.25]), ..choices("c", 3) };
    let with_prior = Parameter { prior: Prior::Normal { mean: 0.8, std: 0.05 }, ..real("x") };
    let settings = Settings { deduplicate: false, ..Settings::new(vec![false], Sampler::Sobol, 3) };
    let mut search = Optimizer::new(space(vec![weighted, with_prior]), settings).unwrap();
    ask_many(&mut search, 64).unwrap();
    let count = |level| search.history().cells(0).iter().filter(|cell| **cell == level).count();
    assert_eq!((count(0), count(1), count(2)), (0, 48, 16));
    let near = search.history().unit(1).iter().filter(|u| (**u - 0.8).abs() < 0.1).count();
    assert!((60..=62).contains(&near), "{near} of 64 within two standard deviations");
}

#[test]
fn sobol_points_satisfy_the_constraints() {
    let sum = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], lower: 0.0, upper: 0.25 };
    let search_space = SearchSpace::new(vec![real("a"), real("b"), real("c")], vec![sum]).unwrap();
    let mut search = optimizer(search_space, Sampler::Sobol);
    for configuration in drain(&mut search, 64) {
        search.space().validate(&configuration).unwrap();
    }
    assert!(search.history().origins().iter().all(|origin| *origin == Origin::Design));
}

#[test]
fn the_grid_is_suggested_in_order() {
    let mut search = optimizer(search::eleven(), Sampler::Grid { resolution: 2 });
    let n = Some;
    let expected: [[Option<u64>; 3]; 5] =
        [[n(0), n(0), None], [n(0), n(4), None], [n(1), None, None], [n(2), None, n(0)], [n(2), None, n(4)]];
    assert_eq!(levels(&drain(&mut search, 100)), expected);
    let message = ask_many(&mut search, 1).unwrap_err().to_string();
    assert!(message.ends_with("suggested; a higher resolution has more levels of floats and long ranges"), "{message}");
}

#[test]
fn no_higher_resolution_is_advised_where_none_helps() {
    let mut search = optimizer(search::eleven(), Sampler::Grid { resolution: 5 });
    drain(&mut search, 100);
    let message = ask_many(&mut search, 1).unwrap_err().to_string();
    assert!(message.ends_with("all of its configurations have been suggested"), "{message}");
}

#[test]
fn the_grid_skips_observed_configurations_and_needs_no_state() {
    let mut search = optimizer(search::ordered_pairs(), Sampler::Grid { resolution: 6 });
    let pair = |a, b| Configuration(vec![Some(Value::Level(a)), Some(Value::Level(b))]);
    search.observe(&pair(0, 2), Tell::value(0.0)).unwrap();
    let mut suggested = Vec::new();
    while let Ok(id) = ask_many(&mut search, 1) {
        suggested.push(search.configuration(id).unwrap());
        search = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap().0;
    }
    let expected = (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b))).filter(|p| *p != (0, 2));
    assert!(suggested.into_iter().eq(expected.map(|(a, b)| pair(a, b))));
}

#[test]
fn the_grid_contains_excluded_values_only_if_nothing_else_is_feasible() {
    let with_prior = || Parameter { prior: Prior::Weights(vec![0.0, 0.5, 0.5]), ..choices("c", 3) };
    let forbidden =
        |levels: Vec<u64>| Constraint::Forbid(vec![Clause { parameter: 0, accept: Accept::Levels(levels) }]);
    let suggested_without = |levels: Vec<u64>| {
        let space = SearchSpace::new(vec![with_prior()], vec![forbidden(levels)]).unwrap();
        drain(&mut optimizer(space, Sampler::Grid { resolution: 3 }), 10)
    };
    let configuration = |level| Configuration(vec![Some(Value::Level(level))]);
    assert_eq!(suggested_without(vec![1]), [configuration(2)]);
    assert_eq!(suggested_without(vec![1, 2]), [configuration(0)]);
}

#[test]
fn a_grid_without_a_feasible_configuration_is_refused() {
    let thin = Constraint::Linear { terms: vec![(0, 1.0)], lower: 0.4, upper: 0.41 };
    let space = SearchSpace::new(vec![real("x")], vec![thin]).unwrap();
    let message = ask_many(&mut optimizer(space, Sampler::Grid { resolution: 4 }), 1).unwrap_err().to_string();
    assert!(message.contains("no configuration of the grid satisfies the constraints"), "{message}");
}

#[test]
fn one_at_a_time_changes_one_parameter_at_a_time() {
    let mut search = optimizer(search::training(), Sampler::OneAtATime { base: None, resolution: 3 });
    let suggested = drain(&mut search, 100);
    let base = &suggested[0];
    assert_eq!(Some(base), search.space().default_configuration().as_ref());
    let differing = |c: &Configuration| (0..3).filter(|j| c.0[*j] != base.0[*j]).collect::<Vec<_>>();
    let expected = [vec![], vec![0], vec![0], vec![1], vec![1], vec![1], vec![2], vec![2], vec![2], vec![2]];
    assert!(suggested.iter().map(differing).eq(expected), "{suggested:?}");
    let momentum = |c: &Configuration| c.0[3];
    assert_eq!(momentum(&suggested[6]), Some(Value::Real(0.9)), "momentum becomes active with its default");
    let varied = suggested[7..].iter().filter_map(momentum).filter(|momentum| *momentum != Value::Real(0.9));
    assert_eq!(varied.count(), 3, "and is varied with its parent at the level that activates it");
}

#[test]
fn one_at_a_time_does_not_repeat_the_base_for_a_rounding_error() {
    let domain = Domain::real(1e-5, 1e-1, true).unwrap();
    let rate = Parameter { default: Some(Value::Real(1.0 / 1000.0)), ..parameter("rate", domain) };
    let third = Parameter {
        default: Some(Value::Real(1.0 / 3.0)),
        ..parameter("x", Domain::real(0.0, 2.0 / 3.0, false).unwrap())
    };
    let mut search = optimizer(space(vec![rate, third]), Sampler::OneAtATime { base: None, resolution: 5 });
    assert_eq!(drain(&mut search, 100).len(), 1 + 4 + 4);
}

#[test]
fn one_at_a_time_starts_from_the_centre_or_from_a_given_base() {
    let parameters = || vec![real("x"), integer("n", 0, 4), choices("c", 2)];
    let mut centred = optimizer(space(parameters()), Sampler::OneAtATime { base: None, resolution: 2 });
    let centre = Configuration(vec![Some(Value::Real(0.5)), Some(Value::Level(2)), Some(Value::Level(0))]);
    let suggested = drain(&mut centred, 100);
    assert_eq!((suggested.len(), &suggested[0]), (6, &centre));
    let base = Configuration(vec![Some(Value::Real(0.0)), Some(Value::Level(1)), Some(Value::Level(1))]);
    let sampler = Sampler::OneAtATime { base: Some(base.clone()), resolution: 2 };
    let mut based = optimizer(space(parameters()), sampler);
    let suggested = drain(&mut based, 100);
    assert_eq!((suggested.len(), &suggested[0]), (5, &base), "one level of x is the base itself");
    let message = ask_many(&mut based, 1).unwrap_err().to_string();
    assert!(message.contains("one-at-a-time design is finished"), "{message}");
}

#[test]
fn one_at_a_time_skips_infeasible_configurations() {
    let mut search = optimizer(search::ordered_pairs(), Sampler::OneAtATime { base: None, resolution: 6 });
    let suggested = drain(&mut search, 100);
    assert!(suggested.iter().all(|c| search.space().validate(c).is_ok()));
    let distance = |c: &Configuration| (0..2).filter(|j| c.0[*j] != suggested[0].0[*j]).count();
    assert!(suggested.len() > 4 && suggested[1..].iter().all(|c| distance(c) == 1));
}

/// A mixture of three shares and a parameter beside it, at three levels each.
#[test]
fn one_at_a_time_varies_shares_while_the_others_keep_their_ratios() {
    let sum = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], lower: 1.0, upper: 1.0 };
    let mixture = || SearchSpace::new(["a", "b", "c", "x"].map(real).to_vec(), vec![sum.clone()]).unwrap();
    let values = |c: &Configuration| -> Vec<f64> {
        c.0.iter().map(|value| if let Some(Value::Real(x)) = value { *x } else { f64::NAN }).collect()
    };
    let third = 1.0 / 3.0;
    let mut search = optimizer(mixture(), Sampler::OneAtATime { base: None, resolution: 3 });
    let expected = [
        [third, third, third, 0.5],
        [0.0, 0.5, 0.5, 0.5],
        [0.5, 0.25, 0.25, 0.5],
        [1.0, 0.0, 0.0, 0.5],
        [0.5, 0.0, 0.5, 0.5],
        [0.25, 0.5, 0.25, 0.5],
        [0.0, 1.0, 0.0, 0.5],
        [0.5, 0.5, 0.0, 0.5],
        [0.25, 0.25, 0.5, 0.5],
        [0.0, 0.0, 1.0, 0.5],
        [third, third, third, 0.0],
        [third, third, third, 1.0],
    ];
    let suggested: Vec<Vec<f64>> = drain(&mut search, 100).iter().map(values).collect();
    let is_near =
        |(found, expected): (&Vec<f64>, &[f64; 4])| found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12);
    assert!(suggested.len() == expected.len() && suggested.iter().zip(&expected).all(is_near), "{suggested:?}");
    let message = ask_many(&mut search, 1).unwrap_err().to_string();
    assert!(message.ends_with("all levels of all parameters have been suggested"), "{message}");

    let base = Configuration([0.5, 0.375, 0.125, 0.5].map(|x| Some(Value::Real(x))).to_vec());
    let sampler = Sampler::OneAtATime { base: Some(base.clone()), resolution: 3 };
    let suggested = drain(&mut optimizer(mixture(), sampler), 100);
    assert_eq!((&suggested[0], values(&suggested[1])), (&base, vec![0.0, 0.75, 0.25, 0.5]));
}

/// The lines of both shares are the same, and those of two of three are if the third is zero. Tenths are not dyadic, so
/// that the points of the lines differ by rounding errors.
#[test]
fn one_at_a_time_suggests_points_of_two_shares_once() {
    let mixture = |names: &[&str]| {
        let terms = (0..names.len()).map(|i| (i, 1.0)).collect();
        let sum = Constraint::Linear { terms, lower: 1.0, upper: 1.0 };
        SearchSpace::new(names.iter().copied().map(real).collect(), vec![sum]).unwrap()
    };
    let count = |names: &[&str], base: Option<&[f64]>| {
        let base = base.map(|shares| Configuration(shares.iter().map(|x| Some(Value::Real(*x))).collect()));
        drain(&mut optimizer(mixture(names), Sampler::OneAtATime { base, resolution: 11 }), 100).len()
    };
    assert_eq!(count(&["a", "b"], None), 11);
    assert_eq!(count(&["a", "b", "c"], Some(&[0.3, 0.7, 0.0])), 11 + 10);
    assert_eq!(count(&["a", "b"], Some(&[0.25, 0.75])), 1 + 11);
}

#[test]
fn the_end_of_one_at_a_time_counts_the_levels_that_constraints_leave_out() {
    let below = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: f64::NEG_INFINITY, upper: 1.0 };
    let space = SearchSpace::new(vec![real("x"), real("y")], vec![below]).unwrap();
    let mut search = optimizer(space, Sampler::OneAtATime { base: None, resolution: 5 });
    assert_eq!(drain(&mut search, 100).len(), 1 + 2 + 2);
    for _ in 0..2 {
        let message = ask_many(&mut search, 1).unwrap_err().to_string();
        let end = "suggested, except those that break the constraints: 2 of 'x', 2 of 'y'";
        assert!(message.ends_with(end), "{message}");
    }
}

/// The limits of two shares leave the centre out.
#[test]
fn one_at_a_time_starts_from_a_mixture_within_limits() {
    let at_least = |i, low| Constraint::Linear { terms: vec![(i, 1.0)], lower: low, upper: f64::INFINITY };
    let sum = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], lower: 1.0, upper: 1.0 };
    let space = SearchSpace::new(["a", "b", "c"].map(real).to_vec(), vec![at_least(0, 0.5), sum]).unwrap();
    let mut search = optimizer(space, Sampler::OneAtATime { base: None, resolution: 5 });
    let suggested = drain(&mut search, 100);
    let Some(Value::Real(a)) = suggested[0].0[0] else { unreachable!() };
    assert!(
        (0.5..0.6).contains(&a) && suggested[0].0[1..].iter().all(|v| matches!(v, Some(Value::Real(x)) if *x > 0.2))
    );
    assert!(suggested.iter().all(|c| search.space().validate(c).is_ok()) && suggested.len() > 6, "{suggested:?}");
}

#[test]
fn the_initial_design_of_auto_grows_with_the_dimensions() {
    for (d, startup) in [(1, 5), (4, 5), (16, 8), (100, 12)] {
        let mut search = optimizer(search::cube(d), Sampler::Auto(AutoSettings { n_startup: None }));
        for id in 0..startup + 3 {
            ask(&mut search);
            search.tell(id, Tell::value(id as f64)).unwrap();
        }
        let designed = search.history().origins().iter().take_while(|origin| **origin == Origin::Design).count();
        assert_eq!(designed as u64, startup);
        assert!(search.history().origins()[designed..].iter().all(|origin| origin.is_model()));
    }
}

#[test]
fn a_model_needs_a_result_before_it_suggests() {
    let mut search = optimizer(search::cube(2), Sampler::Auto(AutoSettings { n_startup: Some(0) }));
    ask_many(&mut search, 20).unwrap();
    assert!(search.history().origins().iter().all(|origin| *origin == Origin::Design));
}

/// With hundreds of pending trials an ask of the Gaussian process takes too long.
#[test]
fn auto_leaves_many_pending_trials_to_tpe() {
    let mut search = optimizer(search::cube(2), Sampler::Auto(AutoSettings { n_startup: Some(1) }));
    ask(&mut search);
    search.tell(0, Tell::value(0.0)).unwrap();
    ask_many(&mut search, 140).unwrap();
    let origins = &search.history().origins()[1..];
    assert!(origins[..129].iter().filter(|origin| **origin == Origin::Gp).count() > 60);
    assert!(origins[129..].iter().all(|origin| *origin == Origin::Tpe));
}

/// Promise 7.
#[test]
fn pending_trials_are_distinct_and_two_hundred_do_not_fail() {
    for sampler in search::samplers().into_iter().filter(|s| !matches!(s, Sampler::OneAtATime { .. })) {
        let mut search = optimizer(space(vec![real("x"), integer("n", 0, 19)]), sampler.clone());
        let n = if matches!(sampler, Sampler::Grid { .. }) { 36 } else { 200 };
        let mut suggested = levels(&drain(&mut search, n));
        assert_eq!(suggested.len(), n);
        suggested.sort();
        suggested.dedup();
        assert_eq!(suggested.len(), n);
    }
}

/// Promise 25, for a range that contains only two floats.
#[test]
fn a_range_of_two_floats_is_repeated() {
    let narrow = parameter("x", Domain::real(1.0, 1.0f64.next_up(), false).unwrap());
    for sampler in [Sampler::Random, Sampler::Sobol, Sampler::Auto(AutoSettings { n_startup: None })] {
        let mut search = optimizer(space(vec![narrow.clone()]), sampler);
        let drawn = drain(&mut search, 10);
        assert_eq!(drawn.len(), 10);
        assert!(drawn[0] != drawn[1] && drawn[2..].iter().all(|c| drawn[..2].contains(c)));
    }
}

#[test]
fn a_space_without_parameters_has_one_configuration() {
    for sampler in search::samplers() {
        let mut search = optimizer(space(Vec::new()), sampler);
        assert_eq!(drain(&mut search, 10).len(), 1);
    }
}

/// `61 a + 41 b = 3173` has two solutions among the 10^4 pairs below 100, too few to be found by chance.
#[test]
fn rare_feasible_configurations_are_found_by_enumeration() {
    let equation = Constraint::Linear { terms: vec![(0, 61.0), (1, 41.0)], lower: 3173.0, upper: 3173.0 };
    for sampler in [Sampler::Random, Sampler::Sobol, Sampler::Grid { resolution: 100 }] {
        let parameters = vec![integer("a", 0, 99), integer("b", 0, 99)];
        let mut search = optimizer(SearchSpace::new(parameters, vec![equation.clone()]).unwrap(), sampler);
        let mut suggested = levels(&drain(&mut search, 10));
        suggested.sort();
        assert_eq!(suggested, [[Some(9), Some(64)], [Some(50), Some(3)]]);
    }
}

#[test]
fn a_space_without_a_feasible_configuration_names_the_constraint() {
    let equation = Constraint::Linear { terms: vec![(0, 2.0), (1, 4.0), (2, 6.0)], lower: 7.0, upper: 7.0 };
    let parameters = ["a", "b", "c"].map(|name| integer(name, 0, 9)).to_vec();
    let mut search = optimizer(SearchSpace::new(parameters, vec![equation]).unwrap(), Sampler::Random);
    let message = ask_many(&mut search, 1).unwrap_err().to_string();
    assert!(message.contains("no configuration satisfies the constraints") && message.contains('7'), "{message}");
}

/// An ask must not compare with all earlier trials; the number of polls would reveal it.
#[test]
fn a_grid_of_ten_thousand_takes_linear_time() {
    let mut search =
        optimizer(space(vec![integer("a", 0, 99), integer("b", 0, 99)]), Sampler::Grid { resolution: 100 });
    let polls = std::cell::Cell::new(0u64);
    let count = || {
        polls.set(polls.get() + 1);
        false
    };
    for _ in 0..10_000 {
        search.ask(1, &tanteo_core::numerics::Pool::serial(), &count).unwrap();
    }
    assert!(polls.get() < 50_000, "{} polls", polls.get());
}

fn is_infeasible(result: &Result<u64, OptimizerError>) -> bool {
    matches!(result, Err(OptimizerError::Suggest(SuggestError::Space(_))))
}

/// Samplers that are exhausted only if the space is.
fn endless() -> Vec<Sampler> {
    vec![Sampler::Random, Sampler::Sobol, Sampler::Auto(AutoSettings { n_startup: Some(2) })]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    /// Promise 1. Some of the spaces have no feasible configuration.
    #[test]
    fn every_suggestion_is_valid(space in spaces::spaces(Wanted::ALL), sampler in 0..5usize, seed in any::<u64>()) {
        let sampler = search::samplers().swap_remove(sampler);
        let settings = Settings::new(vec![false], sampler, seed);
        let mut search = Optimizer::new(space, settings).unwrap();
        for _ in 0..20 {
            let asked = ask_many(&mut search, 1);
            let Ok(id) = asked else {
                prop_assert!(search::is_exhausted(&asked) || is_infeasible(&asked), "{:?}", asked);
                break;
            };
            prop_assert_eq!(search.space().validate(&search.configuration(id).unwrap()), Ok(()));
            search.tell(id, Tell::value(id as f64 % 3.0)).unwrap();
        }
    }

    /// Promise 7: every configuration of a finite space that no prior excludes is suggested once, and then exhaustion
    /// is reported.
    #[test]
    fn finite_spaces_are_exhausted_exactly(
        space in spaces::spaces(Wanted { constraints: 1, ..Wanted::FINITE }),
        sampler in 0..4usize,
    ) {
        let sampler = endless().into_iter().nth(sampler).unwrap_or(Sampler::Grid { resolution: 100 });
        let likely = |c: &Configuration| (0..c.0.len()).all(|i| c.0[i].is_none_or(|v| space.is_likely(i, v)));
        let mut expected: Vec<_> = brute_force(&space).into_iter().filter(likely).collect();
        prop_assume!((1..300).contains(&expected.len()));
        let mut search = optimizer(space, sampler);
        let mut suggested = drain(&mut search, 1000);
        for configurations in [&mut expected, &mut suggested] {
            configurations.sort_by_key(|c| levels(std::slice::from_ref(c)));
        }
        prop_assert_eq!(suggested, expected);
    }
}
