//! Spaces and helpers for tests of the optimizer.

use tanteo_core::history::{Measurement, Outcome};
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::sampler::{AutoSettings, Sampler, SuggestError};
use tanteo_core::setting::{Described, Field};
use tanteo_core::space::{Accept, Condition, Configuration, Constraint, Domain, Parameter, SearchSpace, Value};

use super::spaces::parameter;

pub(crate) fn real(name: &str) -> Parameter {
    parameter(name, Domain::real(0.0, 1.0, false).unwrap())
}

pub(crate) fn integer(name: &str, low: i128, high: i128) -> Parameter {
    parameter(name, Domain::integer(low, high, 1, false).unwrap())
}

pub(crate) fn choices(name: &str, n: u64) -> Parameter {
    parameter(name, Domain::unordered(n).unwrap())
}

pub(crate) fn with_default(parameter: Parameter, default: Value) -> Parameter {
    Parameter { default: Some(default), ..parameter }
}

/// `parameter`, active if the choice `parent` has the given level.
pub(crate) fn child(parameter: Parameter, parent: usize, level: u64) -> Parameter {
    Parameter { when: vec![Condition { parent, accept: Accept::Levels(vec![level]) }], ..parameter }
}

/// A log-scaled float, an integer, a choice of optimizer, and a momentum that is active for one optimizer; all have
/// defaults.
pub(crate) fn training() -> SearchSpace {
    let rate = parameter("lr", Domain::real(1e-5, 1e-1, true).unwrap());
    let parameters = vec![
        with_default(rate, Value::Real(1e-3)),
        with_default(integer("depth", 1, 8), Value::Level(2)),
        with_default(choices("optimizer", 2), Value::Level(0)),
        child(with_default(real("momentum"), Value::Real(0.9)), 2, 1),
    ];
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

/// Eleven configurations: a choice of three levels, two of which have a child with five levels.
pub(crate) fn eleven() -> SearchSpace {
    let parameters = vec![choices("model", 3), child(integer("a", 0, 4), 0, 0), child(integer("b", 0, 4), 0, 2)];
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

/// Two integers in 0..=5, the first smaller than the second: fifteen configurations.
pub(crate) fn ordered_pairs() -> SearchSpace {
    let order = Constraint::Order { left: 0, right: 1, strict: true };
    SearchSpace::new(vec![integer("low", 0, 5), integer("high", 0, 5)], vec![order]).unwrap()
}

/// `d` floats.
pub(crate) fn cube(d: usize) -> SearchSpace {
    SearchSpace::new((0..d).map(|j| real(&format!("x{j}"))).collect(), Vec::new()).unwrap()
}

pub(crate) fn spaces() -> Vec<SearchSpace> {
    vec![training(), eleven(), ordered_pairs(), cube(2)]
}

pub(crate) fn samplers() -> Vec<Sampler> {
    vec![
        Sampler::Random,
        Sampler::Sobol,
        Sampler::Grid { resolution: 6 },
        Sampler::OneAtATime { base: None, resolution: 9 },
        Sampler::Auto(AutoSettings { n_startup: Some(4) }),
    ]
}

/// Every sampler that hands out points itself, with few trials before the models take over and designs of
/// `resolution` levels.
pub(crate) fn quick_samplers(resolution: u64) -> Vec<Sampler> {
    let mut samplers = Sampler::all();
    samplers.retain(|sampler| *sampler != Sampler::External);
    for sampler in &mut samplers {
        let shortened = sampler.fields(&mut |name, field| -> Result<(), ()> {
            match field {
                Field::Count(n, _) if name == "n_startup" => *n = 3,
                Field::MaybeCount(n, _) if name == "n_startup" => *n = Some(3),
                Field::Count(n, _) if name == "resolution" => *n = resolution,
                _ => {}
            }
            Ok(())
        });
        shortened.unwrap();
    }
    samplers
}

pub(crate) fn optimizer(space: SearchSpace, sampler: Sampler) -> Optimizer {
    Optimizer::new(space, settings(sampler)).unwrap()
}

/// One objective to minimize, without repetitions.
pub(crate) fn settings(sampler: Sampler) -> Settings {
    Settings::new(vec![false], sampler, 7)
}

pub(crate) fn ask(optimizer: &mut Optimizer) -> u64 {
    ask_many(optimizer, 1).unwrap()
}

pub(crate) fn ask_many(optimizer: &mut Optimizer, n: usize) -> Result<u64, OptimizerError> {
    optimizer.ask(n, &Pool::serial(), &|| false)
}

pub(crate) fn is_exhausted(result: &Result<u64, OptimizerError>) -> bool {
    matches!(result, Err(OptimizerError::Suggest(SuggestError::Exhausted(_))))
}

/// Asks for all remaining configurations of the space, at most `limit`.
pub(crate) fn drain(optimizer: &mut Optimizer, limit: usize) -> Vec<Configuration> {
    let mut configurations = Vec::new();
    while configurations.len() < limit {
        match ask_many(optimizer, 1) {
            Ok(id) => configurations.push(optimizer.configuration(id).unwrap()),
            refused => {
                assert!(is_exhausted(&refused), "{refused:?}");
                break;
            }
        }
    }
    configurations
}

/// The message of a refused call.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, OptimizerError>) -> String {
    result.unwrap_err().to_string()
}

pub(crate) fn measured(value: f64, sem: Option<f64>, replicates: &[f64]) -> Tell {
    let measurement = Measurement { value, sem, replicates: replicates.to_vec() };
    Tell { outcome: Outcome::Complete(vec![measurement]), constraints: Vec::new(), cost: None }
}

pub(crate) fn several(values: &[f64]) -> Tell {
    let measurement = |y: &f64| Measurement { value: *y, sem: None, replicates: Vec::new() };
    Tell { outcome: Outcome::Complete(values.iter().map(measurement).collect()), constraints: Vec::new(), cost: None }
}

pub(crate) fn constrained(value: f64, constraints: &[(&str, f64)]) -> Tell {
    let constraints = constraints.iter().map(|(name, c)| ((*name).to_owned(), *c)).collect();
    Tell { constraints, ..Tell::value(value) }
}

pub(crate) fn pruned(value: Option<f64>) -> Tell {
    let measurements = value.map(|value| vec![Measurement { value, sem: None, replicates: Vec::new() }]);
    Tell { outcome: Outcome::Pruned { measurements, reason: None, paused: false }, constraints: Vec::new(), cost: None }
}
