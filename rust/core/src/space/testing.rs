//! Helpers that declare spaces in tests.

use std::collections::BTreeMap;

use super::feasible::Restriction;
use super::{Accept, Configuration, Constraint, Domain, Parameter, Prior, SearchSpace, Value};
use crate::numerics::{Purpose, Stream};

/// The lower bound of a sum that has none.
pub(crate) const NO_LOWER: f64 = f64::NEG_INFINITY;
/// The upper bound of a sum that has none.
pub(crate) const NO_UPPER: f64 = f64::INFINITY;

pub(crate) fn parameter(name: &str, domain: Domain) -> Parameter {
    Parameter { name: name.to_owned(), domain, default: None, prior: Prior::Uniform, when: Vec::new() }
}

/// An unconditional float between 0 and 1.
pub(crate) fn number(name: &str) -> Parameter {
    parameter(name, real(0.0, 1.0))
}

pub(super) fn real(low: f64, high: f64) -> Domain {
    Domain::Real { low, high, log: false }
}

/// The integers from 0 to `last`.
pub(crate) fn integer(last: u64) -> Domain {
    Domain::Integer { low: 0, step: 1, last, log: false }
}

/// `n` choices without an order.
pub(super) fn choices(n: u64) -> Domain {
    Domain::Unordered { last: n - 1 }
}

/// The configuration of these floats.
pub(super) fn point(numbers: &[f64]) -> Configuration {
    Configuration(numbers.iter().map(|x| Some(Value::Real(*x))).collect())
}

/// The floats of a configuration; NaN for other values.
pub(super) fn numbers(configuration: &Configuration) -> Vec<f64> {
    configuration.0.iter().map(|value| if let Some(Value::Real(x)) = value { *x } else { f64::NAN }).collect()
}

/// A space of unconditional parameters.
#[allow(clippy::unwrap_used, reason = "a test may panic")]
pub(super) fn space(domains: Vec<Domain>, constraints: Vec<Constraint>) -> SearchSpace {
    let parameters = domains.into_iter().enumerate().map(|(i, d)| parameter(&format!("p{i}"), d)).collect();
    SearchSpace::new(parameters, constraints).unwrap()
}

/// `lower <= sum of weight * value <= upper`; the weights are those of the first parameters.
pub(super) fn linear(weights: &[f64], lower: f64, upper: f64) -> Constraint {
    Constraint::Linear { terms: weights.iter().copied().enumerate().collect(), lower, upper }
}

/// A restriction to some fixed values.
pub(super) fn fixed(values: &[Option<Value>]) -> Restriction<'_> {
    static NOTHING: BTreeMap<usize, Accept> = BTreeMap::new();
    Restriction { fixed: values, required: &NOTHING, likely: false }
}

pub(super) fn stream(seed: u64) -> Stream {
    Stream::new(seed, 0, Purpose::Sample, 0)
}
