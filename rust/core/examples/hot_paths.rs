//! Ten hot paths, one by name; `make instructions` counts the instructions of `measured` under callgrind.
//!
//! One thread and AVX2, which valgrind knows. What a path needs is made before it is measured.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a program has arguments, and says what is wrong"
)]

use std::hint::black_box;
use std::process::ExitCode;

use tanteo_core::acquisition::Normal;
use tanteo_core::acquisition::expected_hypervolume::ExpectedHypervolume;
use tanteo_core::model::gp::{Column, GaussianProcess, Inputs};
use tanteo_core::numerics::{Kernel, Pool, Purpose, Sobol, Stream, select_kernel};
use tanteo_core::optimizer::{Optimizer, Settings, Tell};
use tanteo_core::pareto::dominance::front;
use tanteo_core::pareto::{box_decomposition, ranks};
use tanteo_core::sampler::{GpSettings, Sampler, TpeSettings};
use tanteo_core::space::{Configuration, Domain, Parameter, Prior, SearchSpace, Value};

type Work = Box<dyn FnOnce()>;

#[inline(never)]
fn measured(work: Work) {
    black_box(work)();
}

fn parameter(j: usize, domain: Domain) -> Parameter {
    Parameter { name: format!("x{j}"), domain, default: None, prior: Prior::Uniform, when: Vec::new() }
}

fn cube(d: usize) -> SearchSpace {
    let parameters = (0..d).map(|j| parameter(j, Domain::real(0.0, 1.0, false).unwrap())).collect();
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

fn mixed() -> SearchSpace {
    let domains = [
        Domain::real(1e-5, 1e-1, true).unwrap(),
        Domain::integer(1, 1000, 1, true).unwrap(),
        Domain::unordered(5).unwrap(),
        Domain::integer(0, 64, 4, false).unwrap(),
    ];
    let parameters = domains.into_iter().enumerate().map(|(j, domain)| parameter(j, domain)).collect();
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

fn uniform(n: usize, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
    (0..n).map(|_| stream.uniform()).collect()
}

fn rows(n: usize, d: usize) -> Vec<Vec<f64>> {
    uniform(n * d, 1).chunks(d).map(<[f64]>::to_vec).collect()
}

fn bowl(point: &Configuration) -> f64 {
    let square = |value: &Option<Value>| match value {
        Some(Value::Real(x)) => (x - 0.3) * (x - 0.3),
        _ => 0.0,
    };
    point.0.iter().map(square).sum()
}

/// An optimizer over `d` floats that has observed `n` trials.
fn searched(sampler: Sampler, n: usize, d: usize) -> Optimizer {
    let mut optimizer = Optimizer::new(cube(d), Settings::new(vec![false], sampler, 7)).unwrap();
    for row in rows(n, d) {
        let point = Configuration(row.into_iter().map(|x| Some(Value::Real(x))).collect());
        optimizer.observe(&point, Tell::value(bowl(&point))).unwrap();
    }
    optimizer
}

fn ask_and_tell(optimizer: &mut Optimizer, times: usize) {
    for _ in 0..times {
        let trial = optimizer.ask(1, &Pool::serial(), &|| false).unwrap();
        let value = bowl(&optimizer.configuration(trial).unwrap());
        optimizer.tell(trial, Tell::value(value)).unwrap();
    }
}

/// Asks and tells of an optimizer whose first ask, which builds what later ones reuse, is over.
fn asks(sampler: Sampler, n: usize, d: usize, times: usize) -> Work {
    let mut optimizer = searched(sampler, n, d);
    ask_and_tell(&mut optimizer, 1);
    Box::new(move || ask_and_tell(&mut optimizer, times))
}

fn gp_fit() -> Work {
    let columns: Vec<Vec<f64>> = (0..4).map(|j| uniform(100, j)).collect();
    let y: Vec<f64> = (0..100).map(|i| columns[0][i] - columns[1][i] * columns[2][i]).collect();
    let inputs = Inputs::new(columns.into_iter().map(Column::Numeric).collect(), vec![false; 4]);
    Box::new(move || {
        black_box(GaussianProcess::fit(inputs, &y, &[0.0; 100], &|| false).unwrap());
    })
}

fn ehvi() -> Work {
    let points = rows(60, 3);
    let front: Vec<Vec<f64>> = front(&points).into_iter().map(|i| points[i].clone()).collect();
    Box::new(move || {
        let expected = ExpectedHypervolume::new(&box_decomposition(&front, &[1.1; 3]));
        for point in &points {
            let predictions: Vec<Normal> = point.iter().map(|&mean| Normal { mean, std: 0.2 }).collect();
            black_box(expected.log_improvement(&predictions));
        }
    })
}

fn sobol() -> Work {
    Box::new(|| {
        let design = Sobol::new(3);
        let coordinates = (0..1000).flat_map(|i| (0..20).map(move |j| (i, j)));
        black_box(coordinates.map(|(i, j)| design.coordinate(i, j)).sum::<f64>());
    })
}

fn decode() -> Work {
    let space = mixed();
    let units = rows(1000, space.axes().len());
    Box::new(move || units.iter().for_each(|unit| drop(black_box(space.decode(unit)))))
}

fn snapshot() -> Work {
    let optimizer = searched(Sampler::Random, 1000, 10);
    Box::new(move || {
        let bytes = optimizer.snapshot(b"").unwrap();
        black_box(Optimizer::restore(&bytes).unwrap());
    })
}

fn tell() -> Work {
    let mut optimizer = searched(Sampler::Random, 1000, 10);
    let first = optimizer.ask(1000, &Pool::serial(), &|| false).unwrap();
    Box::new(move || (first..first + 1000).for_each(|trial| optimizer.tell(trial, Tell::value(0.5)).unwrap()))
}

fn pareto() -> Work {
    let points = rows(1000, 3);
    Box::new(move || {
        black_box((front(&points), ranks(&points)));
    })
}

fn path(name: &str) -> Option<Work> {
    let tpe = || Sampler::Tpe(TpeSettings::default());
    Some(match name {
        "ask-tell-tpe-100" => asks(tpe(), 100, 10, 50),
        "ask-tell-tpe-1000" => asks(tpe(), 1000, 10, 50),
        "ask-tell-gp" => asks(Sampler::Gp(GpSettings::default()), 60, 5, 2),
        "gp-fit" => gp_fit(),
        "ehvi" => ehvi(),
        "sobol" => sobol(),
        "decode" => decode(),
        "snapshot" => snapshot(),
        "tell" => tell(),
        "pareto" => pareto(),
        _ => return None,
    })
}

fn main() -> ExitCode {
    if !select_kernel(Kernel::Avx2) {
        eprintln!("this processor has no AVX2, for which instructions are counted");
        return ExitCode::FAILURE;
    }
    let name = std::env::args().nth(1).unwrap_or_default();
    if let Some(work) = path(&name) {
        measured(work);
        return ExitCode::SUCCESS;
    }
    eprintln!("there is no path {name:?}");
    ExitCode::FAILURE
}
