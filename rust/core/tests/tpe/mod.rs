//! The tree-structured Parzen estimator as a whole: learning, robustness and invariances.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod hostile;
mod invariance;
mod learning;
mod noise;
mod quality;
mod scale;
mod scratch;
mod tree;

use tanteo_core::numerics::{Pool, Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, Settings, Tell};
use tanteo_core::sampler::{Sampler, TpeSettings};
use tanteo_core::space::{Accept, Condition, Constraint, Domain, Parameter, Prior, SearchSpace};

pub(crate) fn tpe() -> Sampler {
    Sampler::Tpe(TpeSettings { n_startup: 8, ..TpeSettings::default() })
}

pub(crate) fn parameter(name: &str, domain: Domain) -> Parameter {
    Parameter { name: name.to_owned(), domain, default: None, prior: Prior::Uniform, when: Vec::new() }
}

pub(crate) fn real() -> Domain {
    Domain::Real { low: 0.0, high: 1.0, log: false }
}

pub(crate) fn space(domains: impl IntoIterator<Item = Domain>) -> SearchSpace {
    let named = |(i, domain)| parameter(&format!("x{i}"), domain);
    SearchSpace::new(domains.into_iter().enumerate().map(named).collect(), Vec::new()).unwrap()
}

pub(crate) fn cube(d: usize) -> SearchSpace {
    space(vec![real(); d])
}

/// Reals, integers, steps, categories, a conditional branch and a known constraint.
pub(crate) fn motley() -> SearchSpace {
    let integer = Domain::Integer { low: 1, step: 1, last: 99, log: true };
    let stepped = Domain::Stepped { low: 0.0, high: 1.0, step: 0.25, last: 4 };
    let mut parameters = vec![
        parameter("x", real()),
        parameter("kind", Domain::Unordered { last: 2 }),
        parameter("n", integer),
        parameter("many", Domain::Unordered { last: 79 }),
        parameter("y", real()),
        parameter("a", real()),
        parameter("b", stepped),
    ];
    for child in &mut parameters[5..] {
        child.when = vec![Condition { parent: 1, accept: Accept::Levels(vec![1, 2]) }];
    }
    let constraint = Constraint::Linear { terms: vec![(0, 1.0), (4, 1.0)], lower: f64::NEG_INFINITY, upper: 1.5 };
    SearchSpace::new(parameters, vec![constraint]).unwrap()
}

pub(crate) fn optimizer(space: SearchSpace, sampler: Sampler, seed: u64) -> Optimizer {
    Optimizer::new(space, Settings::new(vec![false], sampler, seed)).unwrap()
}

pub(crate) fn stream(seed: u64) -> Stream {
    Stream::new(seed, 0, Purpose::Sample, 0)
}

pub(crate) fn ask(optimizer: &mut Optimizer) -> u64 {
    optimizer.ask(1, &Pool::serial(), &|| false).unwrap()
}

/// Unit coordinates of a trial.
pub(crate) fn unit(optimizer: &Optimizer, trial: u64) -> Vec<f64> {
    (0..optimizer.space().parameters().len()).map(|j| optimizer.history().unit(j)[trial as usize]).collect()
}

/// Asks and tells until there are `n` trials; NaN is told as a failure.
pub(crate) fn search(optimizer: &mut Optimizer, n: usize, objective: impl Fn(&[f64]) -> f64) {
    while optimizer.history().len() < n {
        let trial = ask(optimizer);
        let value = objective(&unit(optimizer, trial));
        let tell = if value.is_nan() { Tell::failed(None) } else { Tell::value(value) };
        optimizer.tell(trial, tell).unwrap();
    }
}

pub(crate) fn best(optimizer: &Optimizer) -> f64 {
    optimizer.history().values(0)[optimizer.best().unwrap() as usize]
}
