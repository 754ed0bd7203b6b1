//! Thin feasible sets of continuous spaces: repaired points are spread over them, and no sampler exhausts them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use crate::common::search::{ask, optimizer};
use crate::common::spaces::{parameter, stream};
use proptest::prelude::*;
use tanteo_core::optimizer::Tell;
use tanteo_core::sampler::{AutoSettings, GpSettings, Sampler, TpeSettings};
use tanteo_core::space::{Accept, Clause, Configuration, Constraint, Domain, Number, SearchSpace, Value};

fn samplers() -> Vec<Sampler> {
    vec![
        Sampler::Random,
        Sampler::Sobol,
        Sampler::Tpe(TpeSettings { n_startup: 3, ..TpeSettings::default() }),
        Sampler::Gp(GpSettings { n_startup: 3, ..GpSettings::default() }),
        Sampler::Auto(AutoSettings { n_startup: Some(3) }),
    ]
}

/// A corner of the unit cube (`sum w x >= (1 - share) sum w`), a slab or a plane across it.
fn slab(weights: &[f64], share: f64, kind: u8) -> SearchSpace {
    let real = |i: usize| parameter(&format!("x{i}"), Domain::real(0.0, 1.0, false).unwrap());
    let total: f64 = weights.iter().sum();
    let (lower, upper) = match kind {
        0 => ((1.0 - share) * total, f64::INFINITY),
        1 => (0.5 * total, 0.5 * total + 1e-9 * share),
        _ => (0.4 * total, 0.4 * total),
    };
    let terms = weights.iter().copied().enumerate().collect();
    SearchSpace::new((0..weights.len()).map(real).collect(), vec![Constraint::Linear { terms, lower, upper }]).unwrap()
}

/// The values of one parameter, in the user's scale.
fn column(points: &[Configuration], i: usize) -> Vec<f64> {
    points.iter().map(|c| if let Some(Value::Real(x)) = c.0[i] { x } else { f64::NAN }).collect()
}

fn std(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64).sqrt()
}

fn distinct(points: &[Configuration]) -> usize {
    points.iter().map(|c| c.0.iter().map(|v| v.map(Value::to_bits)).collect::<Vec<_>>()).collect::<BTreeSet<_>>().len()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(25) })]

    /// Compares repaired points of the whole cube with draws from the set.
    #[test]
    fn repaired_points_are_spread(
        weights in prop::collection::vec(0.3..3.0f64, 2..7), share in 1e-6..0.02f64, kind in 0..3u8,
    ) {
        let space = slab(&weights, share, kind);
        let loose = SearchSpace::new(space.parameters().to_vec(), vec![]).unwrap();
        let free = vec![None; weights.len()];
        let drawn: Vec<_> = (0..60).map(|k| space.draw(&free, &mut stream(k)).unwrap()).collect();
        let repaired: Vec<_> = (0..60)
            .map(|k| space.repair(loose.draw(&free, &mut stream(1000 + k)).unwrap(), &mut stream(k)).unwrap())
            .collect();
        prop_assert_eq!(distinct(&repaired), 60);
        for i in 0..weights.len() {
            let (repaired_values, drawn_values) = (column(&repaired, i), column(&drawn, i));
            let values: BTreeSet<u64> = repaired_values.iter().map(|x| x.to_bits()).collect();
            prop_assert!(values.len() > 50, "x{} has {} values in 60 points", i, values.len());
            prop_assert!(std(&repaired_values) > 0.25 * std(&drawn_values), "x{}", i);
        }
    }

    #[test]
    fn no_sampler_exhausts_a_thin_set(
        weights in prop::collection::vec(0.3..3.0f64, 2..7), share in 1e-6..0.02f64, kind in 0..3u8, which in 0..5usize,
    ) {
        let mut search = optimizer(slab(&weights, share, kind), samplers().swap_remove(which));
        let mut points = Vec::new();
        for k in 0..14 {
            let id = ask(&mut search);
            points.push(search.configuration(id).unwrap());
            prop_assert_eq!(search.space().validate(&points[k]), Ok(()));
            search.tell(id, Tell::value((k * 5 % 7) as f64)).unwrap();
        }
        prop_assert_eq!(distinct(&points), 14);
    }
}

/// Points in a forbidden range are not all moved to the nearest float outside it.
#[test]
fn points_repaired_from_a_forbidden_range_are_spread() {
    let real = |name| parameter(name, Domain::real(0.0, 1.0, false).unwrap());
    let accept = |low, high| {
        Accept::range(&Domain::real(0.0, 1.0, false).unwrap(), Some(Number::Real(low)), Some(Number::Real(high)))
    };
    let clause = |parameter| Clause { parameter, accept: accept(0.01, 1.0).unwrap() };
    let space = SearchSpace::new(vec![real("a"), real("b")], vec![Constraint::Forbid(vec![clause(0), clause(1)])]);
    let space = space.unwrap();
    let middle = Configuration(vec![Some(Value::Real(0.5)); 2]);
    let repaired: Vec<_> = (0..40).map(|k| space.repair(middle.clone(), &mut stream(k)).unwrap()).collect();
    assert!(repaired.iter().all(|c| space.satisfies(c)));
    assert_eq!(distinct(&repaired), 40);
}

/// If only one point is feasible, it is suggested repeatedly, and no search ends.
#[test]
fn a_single_point_is_repeated() {
    let corner = || slab(&[1.0, 1.0], 0.0, 0);
    for sampler in samplers() {
        let mut search = optimizer(corner(), sampler);
        for _ in 0..6 {
            let id = ask(&mut search);
            assert_eq!(search.configuration(id).unwrap().0, [Some(Value::Real(1.0)); 2]);
            search.tell(id, Tell::value(0.0)).unwrap();
        }
    }
}

/// The nearest feasible point lies on the boundary; repaired points lie near it.
#[test]
fn the_nearest_point_is_on_the_boundary() {
    let real = |name| parameter(name, Domain::real(0.0, 1.0, false).unwrap());
    let budget = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: f64::NEG_INFINITY, upper: 1.0 };
    let space = SearchSpace::new(vec![real("a"), real("b")], vec![budget]).unwrap();
    let goal = Configuration(vec![Some(Value::Real(0.6)), Some(Value::Real(0.5))]);
    let sum = |c: Configuration| (0..2).map(|i| column(std::slice::from_ref(&c), i)[0]).sum::<f64>();
    for k in 0..20 {
        assert!((sum(space.nearest(goal.clone(), &mut stream(k)).unwrap()) - 1.0).abs() < 1e-12);
        assert!((0.8..=1.0).contains(&sum(space.repair(goal.clone(), &mut stream(k)).unwrap())));
    }
}
