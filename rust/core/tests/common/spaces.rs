//! Random search spaces: conditional, constrained and extreme ones.
//!
//! A space is built from a *plan* of plain numbers, which shrink well. Plans with contradictory conditions are
//! discarded.

use proptest::prelude::*;
use tanteo_core::numerics::{Purpose, Stream};
use tanteo_core::space::{
    Accept, Clause, Condition, Configuration, Constraint, Domain, Number, Parameter, Prior, SearchSpace, Value,
};

/// A parameter without default, prior or condition.
pub(crate) fn parameter(name: &str, domain: Domain) -> Parameter {
    Parameter { name: name.to_owned(), domain, default: None, prior: Prior::Uniform, when: Vec::new() }
}

/// A random stream for a test.
pub(crate) fn stream(seed: u64) -> Stream {
    Stream::new(seed, 0, Purpose::Sample, 0)
}

/// The kind of spaces to generate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Largest number of parameters.
    pub(crate) parameters: usize,
    /// Whether continuous parameters may occur.
    pub(crate) continuous: bool,
    /// Whether conditions may occur.
    pub(crate) conditional: bool,
    /// Largest number of constraints.
    pub(crate) constraints: usize,
}

impl Wanted {
    /// Small finite spaces, which can be enumerated.
    pub(crate) const FINITE: Self = Self { parameters: 5, continuous: false, conditional: true, constraints: 0 };
    /// All features together.
    pub(crate) const ALL: Self = Self { parameters: 6, continuous: true, conditional: true, constraints: 2 };
}

/// Small domains of every kind; continuous ones only if `continuous`.
pub(crate) fn domains(continuous: bool) -> BoxedStrategy<Domain> {
    let counted = prop_oneof![
        (-3i128..4, 0i128..6, 1u64..3).prop_map(|(low, width, step)| Domain::integer(low, low + width, step, false)),
        (1i128..4, 0i128..9).prop_map(|(low, width)| Domain::integer(low, low + width, 1, true)),
        (-2i32..3, 0i32..4).prop_map(|(low, width)| Domain::stepped(
            f64::from(low) / 10.0,
            f64::from(low + width) / 10.0,
            0.1
        )),
        (1u64..5).prop_map(Domain::ordered),
        (1u64..5).prop_map(Domain::unordered),
    ];
    let real = prop_oneof![
        (-2.0..2.0f64, 1e-3..3.0f64).prop_map(|(low, width)| Domain::real(low, low + width, false)),
        (1e-6..1.0f64, 1.1..1e4f64).prop_map(|(low, ratio)| Domain::real(low, low * ratio, true)),
    ];
    let unwrapped = |domain: Result<Domain, String>| domain.unwrap();
    if continuous {
        prop_oneof![counted, real].prop_map(unwrapped).boxed()
    } else {
        counted.prop_map(unwrapped).boxed()
    }
}

/// Domains at the limits of floats and 64-bit integers.
pub(crate) fn extreme_domains() -> impl Strategy<Value = Domain> {
    let real = prop_oneof![
        Just((-1e308, 1e308, false)),
        Just((-f64::MAX, f64::MAX, false)),
        Just((0.0, 5e-324, false)),
        Just((5e-324, f64::MAX, true)),
        Just((3.0, 3.0, true)),
        (-1e300..1e300f64).prop_map(|x| (x, x.next_up(), false)),
        (1e-300..1e300f64).prop_map(|x| (x, x * (1.0 + 1e-13), true)),
    ];
    let integer = prop_oneof![
        Just((i128::from(i64::MIN), i128::from(i64::MAX), 1, false)),
        Just((0, i128::from(u64::MAX), 1, false)),
        Just((1, i128::from(u64::MAX), 1, true)),
        Just((1, 10i128.pow(13), 1, true)),
        Just((i128::from(i64::MIN), i128::from(i64::MAX), u64::MAX, false)),
        ((1i128 << 53)..(1 << 62)).prop_map(|n| (n, n + 2, 1, false)),
    ];
    let stepped = prop_oneof![
        Just((0.0, 1.0, 7.0)),
        Just((-1e308, 1e308, 1e307)),
        (1e-3..1e3f64, 1u32..2000).prop_map(|(high, parts)| (0.0, high, high / f64::from(parts))),
        (-1e3..1e3f64, 1e-2..1e2f64, 1e-3..1e3f64).prop_map(|(low, width, step)| (low, low + width, step)),
    ];
    prop_oneof![
        real.prop_map(|(low, high, log)| Domain::real(low, high, log).unwrap()),
        integer.prop_map(|(low, high, step, log)| Domain::integer(low, high, step, log).unwrap()),
        stepped.prop_map(|(low, high, step)| Domain::stepped(low, high, step).unwrap()),
    ]
}

/// A random valid space of the given kind.
pub(crate) fn spaces(wanted: Wanted) -> impl Strategy<Value = SearchSpace> {
    let parameter =
        (domains(wanted.continuous), any::<u64>(), proptest::collection::vec((any::<u64>(), any::<u64>()), 0..3));
    let plans = proptest::collection::vec(parameter, 1..=wanted.parameters);
    let constraints = proptest::collection::vec((any::<u64>(), any::<u64>()), 0..=wanted.constraints);
    (plans, constraints, any::<u64>()).prop_filter_map(
        "conditions contradict each other",
        move |(plans, constraints, seed)| {
            let mut parameters: Vec<Parameter> = Vec::new();
            for (i, (domain, prior, when)) in plans.into_iter().enumerate() {
                let mut grown = parameter_of(i, domain, prior);
                for (parent, accept) in when {
                    if wanted.conditional && i > 0 && parent % 3 > 0 {
                        grown.when.extend(condition(&parameters, parent as usize % i, accept));
                    }
                }
                parameters.push(grown);
            }
            let parameters = reordered(parameters, seed);
            let constraints =
                constraints.iter().filter_map(|&(kind, seed)| constraint(&parameters, kind, seed)).collect();
            SearchSpace::new(parameters, constraints).ok()
        },
    )
}

fn parameter_of(i: usize, domain: Domain, seed: u64) -> Parameter {
    let mut random = stream(seed);
    let mut grown = parameter(&format!("p{i}"), domain);
    let numeric = grown.domain.is_numeric();
    grown.prior = match seed % 4 {
        0 if numeric => Prior::normal(&grown.domain, random.normal(), 0.1 + random.uniform()).unwrap(),
        1 if !numeric => {
            let weights: Vec<f64> = (0..=grown.domain.last_level().unwrap()).map(|_| 0.1 + random.uniform()).collect();
            Prior::weights(&grown.domain, &weights).unwrap()
        }
        _ => Prior::Uniform,
    };
    grown
}

/// Reverses the order of declaration for half of the seeds, so that children may be declared before their parents.
fn reordered(mut parameters: Vec<Parameter>, seed: u64) -> Vec<Parameter> {
    if seed.is_multiple_of(2) {
        let last = parameters.len() - 1;
        parameters.reverse();
        for condition in parameters.iter_mut().flat_map(|p| &mut p.when) {
            condition.parent = last - condition.parent;
        }
    }
    parameters
}

fn condition(parameters: &[Parameter], parent: usize, seed: u64) -> Option<Condition> {
    let accept = accept(&parameters[parent].domain, &mut stream(seed))?;
    Some(Condition { parent, accept })
}

fn accept(domain: &Domain, random: &mut Stream) -> Option<Accept> {
    let (a, b) = (random.uniform(), random.uniform());
    if let Domain::Real { low, high, .. } = *domain {
        let at = |u: f64| Some(Number::Real(low + u * (high - low)));
        return Accept::range(domain, at(a.min(b)), at(a.max(b))).ok();
    }
    let last = domain.last_level()?;
    if domain.is_ordered() && a < 0.5 {
        let first = random.below_or_equal(last);
        return Some(Accept::LevelRange { first, last: first + random.below_or_equal(last - first) });
    }
    let chosen: Vec<_> = (0..=last).filter(|_| random.uniform() < 0.5).map(Value::Level).collect();
    Accept::values(domain, &chosen).ok()
}

fn constraint(parameters: &[Parameter], kind: u64, seed: u64) -> Option<Constraint> {
    let mut random = stream(seed);
    let numeric: Vec<usize> = (0..parameters.len()).filter(|&i| parameters[i].domain.is_numeric()).collect();
    let mut pick = |from: &[usize]| {
        let index = random.below_or_equal(from.len() as u64 - 1) as usize;
        from[index]
    };
    match kind % 3 {
        0 if numeric.len() > 1 => Some(linear(parameters, &numeric, &mut random)),
        1 if numeric.len() > 1 => {
            let (left, right) = (pick(&numeric), pick(&numeric));
            Some(Constraint::Order { left, right, strict: kind.is_multiple_of(2) })
        }
        _ => {
            let parameters_of_any_kind: Vec<usize> = (0..parameters.len()).collect();
            let clauses: Option<Vec<Clause>> = [pick(&parameters_of_any_kind), pick(&parameters_of_any_kind)]
                .into_iter()
                .map(|parameter| {
                    Some(Clause { parameter, accept: accept(&parameters[parameter].domain, &mut random)? })
                })
                .collect();
            clauses.map(Constraint::Forbid)
        }
    }
}

/// A linear constraint that a random point satisfies.
fn linear(parameters: &[Parameter], numeric: &[usize], random: &mut Stream) -> Constraint {
    let terms: Vec<(usize, f64)> = numeric.iter().map(|&i| (i, 0.5 - random.uniform())).collect();
    let point = terms.iter().map(|&(i, weight)| {
        let (low, high) = parameters[i].domain.ends();
        let chosen = if random.uniform() < 0.5 { low } else { high };
        weight * parameters[i].domain.number(chosen).to_f64()
    });
    let sum = point.sum::<f64>();
    match random.below_or_equal(2) {
        0 => Constraint::Linear { terms, lower: f64::NEG_INFINITY, upper: sum + 0.1 },
        1 => Constraint::Linear { terms, lower: sum - 0.1, upper: f64::INFINITY },
        _ => Constraint::Linear { terms, lower: sum - 0.1, upper: sum + 0.1 },
    }
}

/// All configurations of a finite space by brute force: every combination of levels without inactive values, sorted and
/// without duplicates.
pub(crate) fn brute_force(space: &SearchSpace) -> Vec<Configuration> {
    let mut keys: Vec<Vec<u64>> = Vec::new();
    let lasts: Vec<u64> = space.parameters().iter().map(|p| p.domain.last_level().unwrap()).collect();
    let mut digits = vec![0u64; lasts.len()];
    loop {
        let values: Vec<_> = digits.iter().map(|&k| Some(Value::Level(k))).collect();
        let configuration = space.complete(values, |_| unreachable!("every value is given"));
        if space.satisfies(&configuration) {
            let key = space.order().iter().map(|&i| configuration.0[i].map_or(0, |v| v.to_bits() + 1)).collect();
            keys.push(key);
        }
        let Some(i) = (0..digits.len()).find(|&i| digits[i] < lasts[i]) else { break };
        digits[..i].fill(0);
        digits[i] += 1;
    }
    keys.sort_unstable();
    keys.dedup();
    keys.iter().map(|key| configuration_of(space, key)).collect()
}

fn configuration_of(space: &SearchSpace, key: &[u64]) -> Configuration {
    let mut values = vec![None; key.len()];
    for (&i, &k) in space.order().iter().zip(key) {
        values[i] = (k > 0).then(|| Value::Level(k - 1));
    }
    Configuration(values)
}
