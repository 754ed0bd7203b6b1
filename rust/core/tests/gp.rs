//! The Gaussian process as a sampler, used through the optimizer.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;

use tanteo_core::history::{Measurement, Origin, Outcome};
use tanteo_core::numerics::{Pool, Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, Settings, Tell};
use tanteo_core::sampler::{GpAcquisition, GpSettings, Sampler};
use tanteo_core::space::{Accept, Condition, Configuration, Constraint, Domain, Parameter, Prior, SearchSpace, Value};

fn parameter(name: &str, domain: Domain, when: Vec<Condition>) -> Parameter {
    Parameter { name: name.to_owned(), domain, default: None, prior: Prior::Uniform, when }
}

fn real(name: &str) -> Parameter {
    parameter(name, Domain::real(0.0, 1.0, false).unwrap(), vec![])
}

fn optimizer(space: SearchSpace, acquisition: GpAcquisition, seed: u64) -> Optimizer {
    let sampler = Sampler::Gp(GpSettings { n_startup: 5, acquisition });
    Optimizer::new(space, Settings::new(vec![false], sampler, seed)).unwrap()
}

fn next(optimizer: &mut Optimizer) -> (u64, Configuration) {
    let trial = optimizer.ask(1, &Pool::serial(), &|| false).unwrap();
    (trial, optimizer.history().configuration(optimizer.space(), trial as usize))
}

fn tell(optimizer: &mut Optimizer, trial: u64, value: Option<f64>) {
    let outcome = match value {
        Some(value) => Outcome::Complete(vec![Measurement { value, sem: None, replicates: vec![] }]),
        None => Outcome::Failed { reason: None },
    };
    optimizer.tell(trial, Tell { outcome, constraints: vec![], cost: None }).unwrap();
}

fn numbers(configuration: &Configuration) -> Vec<f64> {
    let number = |v: &Option<Value>| match v {
        Some(Value::Real(x)) => *x,
        Some(Value::Level(k)) => *k as f64,
        None => f64::NAN,
    };
    configuration.0.iter().map(number).collect()
}

/// The best value after `n` trials.
fn minimize(space: SearchSpace, acquisition: GpAcquisition, n: usize, f: impl Fn(&[f64]) -> Option<f64>) -> f64 {
    minimize_from(3, space, acquisition, n, f)
}

fn minimize_from(
    seed: u64,
    space: SearchSpace,
    acquisition: GpAcquisition,
    n: usize,
    f: impl Fn(&[f64]) -> Option<f64>,
) -> f64 {
    let mut optimizer = optimizer(space, acquisition, seed);
    let mut best = f64::INFINITY;
    for _ in 0..n {
        let (trial, configuration) = next(&mut optimizer);
        let value = f(&numbers(&configuration));
        best = best.min(value.unwrap_or(f64::INFINITY));
        tell(&mut optimizer, trial, value);
    }
    assert_eq!(optimizer.counters().fallbacks, 0);
    best
}

fn bowl(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| (1.0 + i as f64) * (x - 0.37) * (x - 0.37)).sum()
}

/// Random search reaches about 0.1 here. Over 48 seeds, the logarithm of the value reached by `LogEI` had a mean of
/// -8.7 and a standard deviation of 1.25 (LCB: -11.9 and 1.2). One run in fifty therefore misses 2e-3, and the median
/// of five does so after one change of the suggestions in 10^4.
#[test]
fn a_bowl_is_found_in_thirty_trials() {
    for acquisition in [GpAcquisition::Lcb, GpAcquisition::LogEi] {
        let run = |seed| {
            let space = SearchSpace::new((0..4).map(|i| real(&format!("x{i}"))).collect(), vec![]).unwrap();
            minimize_from(seed, space, acquisition, 30, |x| Some(bowl(x)))
        };
        let mut values: Vec<f64> = (0..5).map(run).collect();
        values.sort_by(f64::total_cmp);
        assert!(values[2] < 2e-3, "{acquisition:?} {values:?}");
    }
}

#[test]
fn mixed_and_conditional_spaces_are_searched() {
    let levels = |n| Domain::unordered(n).unwrap();
    let child = |k| vec![Condition { parent: 0, accept: Accept::Levels(vec![k]) }];
    let parameters = vec![
        parameter("kind", levels(3), vec![]),
        parameter("a", Domain::real(0.0, 1.0, false).unwrap(), child(0)),
        parameter("b", Domain::integer(0, 9, 1, false).unwrap(), child(1)),
        real("c"),
    ];
    let f = |x: &[f64]| {
        let branch = [1.0 + x[1], 0.1 * (x[2] - 7.0).abs(), 0.6];
        Some(branch[x[0] as usize] + (x[3] - 0.8) * (x[3] - 0.8))
    };
    let best = minimize(SearchSpace::new(parameters, vec![]).unwrap(), GpAcquisition::Lcb, 40, f);
    assert!(best < 0.01, "{best}");
}

#[test]
fn failing_regions_are_avoided() {
    let space = SearchSpace::new(vec![real("x"), real("y")], vec![]).unwrap();
    let mut optimizer = optimizer(space, GpAcquisition::Lcb, 1);
    let mut failed = 0;
    for i in 0..60 {
        let (trial, configuration) = next(&mut optimizer);
        let x = numbers(&configuration);
        let value = (x[0] <= 0.5).then(|| (x[0] - 0.6) * (x[0] - 0.6) + (x[1] - 0.3) * (x[1] - 0.3));
        failed += usize::from(value.is_none() && i >= 20);
        tell(&mut optimizer, trial, value);
    }
    assert!(failed < 8, "{failed} of 40 later suggestions failed");
}

#[test]
fn known_constraints_hold() {
    let constraint = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: f64::NEG_INFINITY, upper: 0.5 };
    let space = SearchSpace::new(vec![real("x"), real("y")], vec![constraint]).unwrap();
    let best = minimize(space, GpAcquisition::Lcb, 25, |x| {
        assert!(x[0] + x[1] <= 0.5 + 1e-9);
        Some((x[0] - 0.5) * (x[0] - 0.5) + (x[1] - 0.5) * (x[1] - 0.5))
    });
    // The optimum, 0.125, lies on the boundary of the constraint.
    assert!(best < 0.13, "{best}");
}

#[test]
fn pending_trials_are_spread_and_a_restored_search_suggests_the_same() {
    let space = SearchSpace::new(vec![real("x"), real("y")], vec![]).unwrap();
    let mut search = optimizer(space, GpAcquisition::Lcb, 2);
    for _ in 0..12 {
        let (trial, configuration) = next(&mut search);
        tell(&mut search, trial, Some(bowl(&numbers(&configuration))));
    }
    let (mut restored, _) = Optimizer::restore(&search.snapshot(&[]).unwrap()).unwrap();
    let points: Vec<Configuration> = (0..20).map(|_| next(&mut search).1).collect();
    let again: Vec<Configuration> = (0..20).map(|_| next(&mut restored).1).collect();
    assert_eq!(points, again);
    let mut distinct: Vec<Vec<u64>> =
        points.iter().map(|c| c.0.iter().flatten().map(|v| v.to_bits()).collect()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() >= 15);
}

/// Incremental state must equal newly built state.
#[test]
fn incremental_state_equals_rebuilt_state() {
    let space = SearchSpace::new(vec![real("x"), real("y")], vec![]).unwrap();
    let mut grown = optimizer(space, GpAcquisition::Lcb, 5);
    // 96 trials, past the first anchor and several milestones, finished in batches and out of order, with some
    // failures.
    for batch in 0..24 {
        let (mut rebuilt, _) = Optimizer::restore(&grown.snapshot(&[]).unwrap()).unwrap();
        let asked: Vec<(u64, Configuration)> = (0..4).map(|_| next(&mut grown)).collect();
        if batch % 4 == 3 {
            let again: Vec<(u64, Configuration)> = (0..4).map(|_| next(&mut rebuilt)).collect();
            assert_eq!(asked, again, "batch {batch}");
        }
        for place in [2, 0, 3, 1] {
            let (trial, configuration) = &asked[place];
            let value = bowl(&numbers(configuration));
            tell(&mut grown, *trial, (trial % 13 != 7).then_some(value));
        }
    }
    assert_eq!(grown.counters().fallbacks, 0);
}

/// Number of times that a prediction polls for an interruption; it must stop if interrupted at the last poll.
fn polls_of_a_prediction(n_configurations: usize) -> usize {
    let space = SearchSpace::new(vec![real("x")], vec![]).unwrap();
    let mut optimizer = optimizer(space, GpAcquisition::Lcb, 6);
    for _ in 0..12 {
        let (trial, configuration) = next(&mut optimizer);
        tell(&mut optimizer, trial, Some(bowl(&numbers(&configuration))));
    }
    let configurations = vec![Configuration(vec![Some(Value::Real(0.5))]); n_configurations];
    let polls = Cell::new(0);
    let poll = |last: usize| {
        polls.set(polls.get() + 1);
        polls.get() == last
    };
    assert!(optimizer.predict(&configurations, 0, &|| poll(usize::MAX)).is_ok());
    let n = polls.replace(0);
    assert!(optimizer.predict(&configurations, 0, &|| poll(n)).is_err());
    n
}

#[test]
fn predictions_can_be_interrupted_between_blocks() {
    // Each of the 16 models that are averaged polls before every block.
    assert_eq!(polls_of_a_prediction(5 * 128), polls_of_a_prediction(1) + 4 * 16);
}

#[test]
fn failed_equal_or_infinite_results_cause_no_fallback() {
    for value in [None, Some(1.0), Some(f64::INFINITY), Some(1e308), Some(-1e308)] {
        let space = SearchSpace::new(vec![real("x"), real("y")], vec![]).unwrap();
        let mut optimizer = optimizer(space, GpAcquisition::Lcb, 4);
        for _ in 0..15 {
            let (trial, _) = next(&mut optimizer);
            tell(&mut optimizer, trial, value);
        }
        assert_eq!(optimizer.counters().fallbacks, 0, "{value:?}");
    }
}

/// A search after 64 trials, every second of them stopped. The values that they were stopped with are exact, and the
/// final values of the others scatter around them, so that the estimates of the stopped ones seem noisy.
fn half_stopped(seed: u64) -> Optimizer {
    let space = SearchSpace::new(vec![real("x")], vec![]).unwrap();
    let mut search = optimizer(space, GpAcquisition::LogEi, seed);
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    for trial in 0..64 {
        let x = (trial * 29 % 64) as f64 / 63.0;
        let value = (x - 0.3) * (x - 0.3);
        search.adopt(&[(Configuration(vec![Some(Value::Real(x))]), Origin::Random)], 0, 0, 0).unwrap();
        search.report(trial, 1, &[value], vec![]).unwrap();
        if trial % 2 == 0 {
            search.report(trial, 2, &[value], vec![]).unwrap();
            tell(&mut search, trial, Some(value + 0.2 * stream.normal()));
        } else {
            let outcome = Outcome::Pruned { measurements: None, reason: None, paused: false };
            search.tell(trial, Tell { outcome, constraints: vec![], cost: None }).unwrap();
        }
    }
    search
}

/// The standard errors of estimates are trusted, those that are told may be wrong. The first one of a search that is
/// told makes both doubtful, also for hyperparameters that were fitted before.
#[test]
fn the_first_told_noise_changes_suggestions_as_a_restored_search_does() {
    for seed in 0..4 {
        let mut live = half_stopped(seed);
        let (trial, _) = next(&mut live);
        let measured = Measurement { value: 1.0, sem: Some(0.1), replicates: vec![] };
        let outcome = Outcome::Complete(vec![measured]);
        live.tell(trial, Tell { outcome, constraints: vec![], cost: None }).unwrap();
        let mut restored = Optimizer::restore(&live.snapshot(b"").unwrap()).unwrap().0;
        assert_eq!(next(&mut live), next(&mut restored), "seed {seed}");
    }
}
