#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use super::super::testing::{
    NO_LOWER, NO_UPPER, choices, fixed, integer, linear, numbers, parameter, point, real, space, stream,
};
use super::*;
use crate::space::{Clause, Condition, Parameter, Prior, Value};

/// A space of two floats in the unit interval with priors.
fn with_priors(priors: [Prior; 2], constraint: Constraint) -> SearchSpace {
    let named = ["a", "b"].into_iter().zip(priors);
    let parameters = named.map(|(name, prior)| Parameter { prior, ..parameter(name, real(0.0, 1.0)) });
    SearchSpace::new(parameters.collect(), vec![constraint]).unwrap()
}

#[test]
fn the_sides_of_forbidden_ranges_are_the_next_floats() {
    let clause = |parameter, low, high| Clause { parameter, accept: Accept::RealRange { low, high } };
    let forbidden = Constraint::Forbid(vec![clause(0, 0.25, 0.5), clause(1, 0.625, 0.75)]);
    let space = space(vec![real(0.0, 1.0); 2], vec![linear(&[1.0, 1.0], NO_LOWER, 1.5), forbidden]);
    assert_eq!(space.forbidden_sides(0), [0.25f64.next_down(), 0.5f64.next_up()]);
    assert_eq!(space.forbidden_sides(1), [0.625f64.next_down(), 0.75f64.next_up()]);
}

#[test]
fn one_search_satisfies_a_linear_constraint() {
    let thin = space(vec![real(0.0, 1.0); 3], vec![linear(&[1.0, 2.0, -1.0], 2.999, NO_UPPER)]);
    for seed in 0..20 {
        let found = thin.construct_once(0, fixed(&[None; 3]), &mut stream(seed));
        assert!(found.is_some_and(|c| thin.satisfies(&c)), "{seed}");
    }
}

/// The first attempt draws no value uniformly, the ninth of 32 a quarter. The uniform density has mass 0.8 below 0.8.
#[test]
fn later_attempts_draw_more_values_uniformly() {
    let narrow = Parameter { prior: Prior::Normal { mean: 0.9, std: 0.01 }, ..parameter("x", real(0.0, 1.0)) };
    let space = SearchSpace::new(vec![narrow], vec![]).unwrap();
    let below = |attempt| {
        let draw = |seed| space.construct_once(attempt, fixed(&[None]), &mut stream(seed)).unwrap();
        (0..400).filter(|&seed| numbers(&draw(seed))[0] < 0.8).count()
    };
    assert_eq!(below(0), 0);
    assert!((50..110).contains(&below(8)), "{}", below(8));
    assert!((190..290).contains(&below(24)), "{}", below(24));
}

/// `a + w n = v` with `a` in `[low, low + 1]`: every level is drawn for which `a` lies between its bounds or at one.
#[test]
fn every_level_that_solves_an_equation_is_drawn() {
    let solutions = [(-1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (0.5, 0.85)];
    let cases = solutions.into_iter().flat_map(|solution| (0..5).map(move |level| (solution, level)));
    for ((low, a), level) in cases {
        for weight in [2.0, -3.0, 0.5, 0.1, -0.1] {
            let sum = a + weight * f64::from(level);
            let equation = space(vec![real(low, low + 1.0), integer(4)], vec![linear(&[1.0, weight], sum, sum)]);
            let draw = |seed| equation.draw(&[None, None], &mut stream(seed)).unwrap().0[1];
            let drawn: BTreeSet<_> = (0..60).filter_map(draw).map(Value::to_bits).collect();
            let solved = |k: &u64| (low - 1e-12..low + 1.0 + 1e-12).contains(&(sum - weight * *k as f64));
            assert_eq!(drawn, (0..5).filter(solved).collect(), "{low} {weight} {sum}");
        }
    }
}

#[test]
fn a_projected_configuration_satisfies_the_constraints() {
    let slab = vec![linear(&[1.0, 1.0], NO_LOWER, 1.0), linear(&[1.0, 1.0], 0.99, NO_UPPER)];
    let floats = space(vec![real(0.0, 1.0); 2], slab);
    let found = floats.projected(&point(&[0.9, 0.9]), fixed(&[None; 2]), &mut stream(0)).unwrap();
    assert_eq!(floats.validate(&found), Ok(()));
    // The projection of (9, 9) onto the slab lies between levels.
    let levels = space(vec![integer(9); 2], vec![linear(&[1.0, 1.0], 4.75, 5.25)]);
    let goal = Configuration(vec![Some(Value::Level(9)); 2]);
    let found = levels.projected(&goal, fixed(&[None; 2]), &mut stream(0)).unwrap();
    assert_eq!(levels.validate(&found), Ok(()));
}

/// The squared length of the ranges is beyond the range of floats, and a comparison with NaN would not reveal it.
#[test]
fn a_projected_configuration_of_the_widest_domains_is_valid() {
    let order = Constraint::Order { left: 0, right: 1, strict: false };
    let wide = space(vec![real(-1e200, 1e200); 2], vec![order]);
    let found = wide.projected(&point(&[5e199, -5e199]), fixed(&[None; 2]), &mut stream(0)).unwrap();
    assert_eq!(wide.validate(&found), Ok(()));
}

/// Two bands that are nearly parallel in the metric of the ranges. Projections do not reach the diamond in which they
/// meet: its width is 0.0008 of the range of the first parameter, and 1 / 60,000 of that of the second.
#[test]
fn points_are_spread_over_the_set_where_bands_that_are_nearly_parallel_meet() {
    let (x, y, width) = (0.1, 1.0, 1e-4);
    let band = |weight: f64| linear(&[1.0, weight], x + weight * y - width, x + weight * y + width);
    let space = space(vec![real(0.0, 0.25), real(0.0, 6.0)], vec![band(-2.0), band(2.0)]);
    let (free, goal) = (fixed(&[None; 2]), point(&[0.2, 5.0]));
    assert!(!space.project(&goal, free).has_converged);
    let found: Vec<Vec<f64>> = (0..50)
        .map(|seed| {
            let inside = space.inside(&goal, free, &mut stream(seed)).unwrap();
            assert_eq!(space.validate(&inside), Ok(()), "{seed}");
            numbers(&space.construct(free, |_| goal.clone(), &mut stream(seed)).unwrap())
        })
        .collect();
    for (i, half) in [width, width / 2.0].into_iter().enumerate() {
        let values = || found.iter().map(|point| point[i]);
        let spread = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
        assert!(spread > half, "{i}: {spread}");
    }
}

#[test]
fn a_vertex_that_alone_satisfies_the_constraints_is_found() {
    let constraints = vec![
        linear(&[1.0, 1.0], NO_LOWER, 2.0),
        linear(&[1.0, -1.0], 1.0, NO_UPPER),
        Constraint::Linear { terms: vec![(1, 1.0)], lower: 0.5, upper: NO_UPPER },
    ];
    let space = space(vec![real(0.0, 4.0); 2], constraints);
    assert_eq!(space.inside(&point(&[0.0, 0.0]), fixed(&[None; 2]), &mut stream(0)), Some(point(&[1.5, 0.5])));
}

#[test]
fn a_walk_finds_the_only_configuration() {
    let forbid = |parameter, levels: &[u64]| {
        Constraint::Forbid(vec![Clause { parameter, accept: Accept::Levels(levels.to_vec()) }])
    };
    let constraints = vec![linear(&[1.0, 1.0], 4.0, 4.0), forbid(0, &[0, 2, 4, 5, 6, 7, 8, 9]), forbid(1, &[1])];
    let only = space(vec![integer(9); 2], constraints);
    let configuration = |a, b| Configuration(vec![Some(Value::Level(a)), Some(Value::Level(b))]);
    for start in [configuration(0, 0), configuration(5, 5), configuration(1, 3)] {
        assert_eq!(only.walked(&start, fixed(&[None; 2])), Some(configuration(1, 3)));
    }
    let given = [Some(Value::Level(1)), None];
    assert_eq!(only.walked(&configuration(0, 0), fixed(&given)), None, "a value is fixed");
}

/// The point (0.6, 0.8) lies 0.1 below the line, and the priors leave nothing above it.
#[test]
fn a_repair_stays_near_its_goal_where_the_priors_leave_nothing() {
    let low = Prior::Normal { mean: 0.1, std: 0.01 };
    let space = with_priors([low.clone(), low], linear(&[1.0, 1.0], 1.5, NO_UPPER));
    for seed in 0..10 {
        let found = space.nearest(point(&[0.6, 0.8]), &mut stream(seed)).unwrap();
        let [a, b] = numbers(&found)[..] else { unreachable!() };
        assert!((a - 0.6).abs() + (b - 0.8).abs() < 0.1 + 1e-9, "{a} {b}");
    }
}

#[test]
fn a_repaired_value_is_likely_where_the_priors_leave_values() {
    let priors = [Prior::Normal { mean: 0.3, std: 0.05 }, Prior::Uniform];
    let space = with_priors(priors, linear(&[1.0, 1.0], NO_LOWER, 0.75));
    for seed in 0..20 {
        let found = space.repair(point(&[0.9, 0.9]), &mut stream(seed)).unwrap();
        assert!(space.satisfies(&found) && space.is_likely(0, found.0[0].unwrap()), "{found:?}");
    }
}

/// The first choice must change, since its child has no value. The second is kept by the searches that redraw few
/// choices.
#[test]
fn a_repair_keeps_the_choices_that_need_not_change() {
    let child = |name: &str, parent| {
        let when = vec![Condition { parent, accept: Accept::Levels(vec![0]) }];
        Parameter { when, ..parameter(name, real(0.0, 1.0)) }
    };
    let parameters = vec![
        parameter("first", choices(100)),
        parameter("second", choices(100)),
        child("impossible", 0),
        child("possible", 1),
        parameter("other", real(0.0, 1.0)),
    ];
    let not_above = Constraint::Order { left: 2, right: 4, strict: false };
    let far_above = Constraint::Linear { terms: vec![(2, 1.0), (4, -1.0)], lower: 0.5, upper: NO_UPPER };
    let space = SearchSpace::new(parameters, vec![not_above, far_above]).unwrap();
    let (first, half) = (Some(Value::Level(0)), Some(Value::Real(0.5)));
    let goal = Configuration(vec![first, first, half, half, half]);
    let kept = (0..40).filter(|&seed| space.repair(goal.clone(), &mut stream(seed)).unwrap().0[1] == first).count();
    assert!(kept > 20, "{kept}");
}
