//! TPE learns. Seeds are fixed, so these tests are deterministic; comments give the probability that a correct sampler
//! fails with other seeds.

use std::f64::consts::PI;

use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::Sampler;
use tanteo_core::space::{Domain, SearchSpace};

use super::{ask, best, cube, motley, optimizer, search, space, tpe, unit};

/// Number of seeds of 20 for which TPE reaches a better value than random search.
fn wins(space: &SearchSpace, n: usize, objective: impl Fn(&[f64]) -> f64) -> usize {
    let end = |sampler: Sampler, seed: u64| {
        let mut optimizer = optimizer(space.clone(), sampler, seed);
        search(&mut optimizer, n, &objective);
        best(&optimizer)
    };
    (0..20).filter(|seed| end(tpe(), *seed) < end(Sampler::Random, *seed)).count()
}

/// Number of wins required. A sampler that is no better than random search passes with a probability of 2 %. The rate
/// of failures of TPE with other seeds has not been measured; with wins in 95 % of the seeds it is below 1e-3.
const ENOUGH: usize = 15;

#[test]
fn better_than_random_on_a_sphere() {
    let sphere = |u: &[f64]| u.iter().map(|x| (x - 0.3) * (x - 0.3)).sum::<f64>();
    assert!(wins(&cube(4), 60, sphere) >= ENOUGH);
}

#[test]
fn better_than_random_on_branin() {
    let branin = |u: &[f64]| {
        let (x, y) = (15.0 * u[0] - 5.0, 15.0 * u[1]);
        let square = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
        square * square + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * libm::cos(x) + 10.0
    };
    assert!(wins(&cube(2), 60, branin) >= ENOUGH);
}

#[test]
fn better_than_random_on_categories() {
    let categories = space(vec![Domain::Unordered { last: 4 }; 8]);
    let mismatches = |u: &[f64]| u.iter().enumerate().filter(|(j, x)| (*x * 5.0) as usize != j % 5).count() as f64;
    assert!(wins(&categories, 80, mismatches) >= ENOUGH);
}

#[test]
fn better_than_random_on_integers_and_steps() {
    let integer = |log| Domain::Integer { low: 1, step: 1, last: 499, log };
    let numbers = space([integer(true), integer(false), Domain::Ordered { last: 9 }, integer(true)]);
    let distance = |u: &[f64]| u.iter().map(|x| (x - 0.7).abs()).sum::<f64>();
    assert!(wins(&numbers, 60, distance) >= ENOUGH);
}

/// The optimum lies in a conditional branch and depends on its parameters.
#[test]
fn better_than_random_on_a_tree() {
    let objective = |u: &[f64]| {
        let branch = if u[5].is_nan() { 1.0 } else { (u[5] - 0.2).abs() + (u[6] - 0.5).abs() };
        (u[0] - 0.4).abs() + branch
    };
    assert!(wins(&motley(), 80, objective) >= ENOUGH);
}

/// Promise 4, for suggestions 20 to 80 of 10 seeds; half of the suggestions of random search fail.
#[test]
fn failing_regions_are_avoided() {
    let mut crashed = 0;
    for seed in 0..10 {
        let mut optimizer = optimizer(cube(2), tpe(), seed);
        search(&mut optimizer, 80, |u| if u[0] > 0.5 { f64::NAN } else { (u[0] - 0.4).abs() + (u[1] - 0.5).abs() });
        crashed += (20..80).filter(|id| unit(&optimizer, *id)[0] > 0.5).count();
    }
    assert!(crashed < 600 / 5, "{crashed} of 600");
}

/// The same if all successful trials have the same loss.
#[test]
fn failing_regions_are_avoided_on_a_plateau() {
    let mut crashed = 0;
    for seed in 0..10 {
        let mut optimizer = optimizer(cube(2), tpe(), seed);
        search(&mut optimizer, 80, |u| if u[0] > 0.5 { f64::NAN } else { 1.0 });
        crashed += (20..80).filter(|id| unit(&optimizer, *id)[0] > 0.5).count();
    }
    assert!(crashed < 600 / 5, "{crashed} of 600");
}

/// The unconstrained optimum lies far inside the infeasible region of a black-box constraint. Suggestions approach its
/// border and not the optimum. Random search exceeds 0.6 in 80 of 200 trials.
#[test]
fn infeasible_regions_are_avoided() {
    let mut beyond = 0;
    for seed in 0..5 {
        let mut optimizer = optimizer(cube(2), tpe(), seed);
        for _ in 0..80 {
            let trial = ask(&mut optimizer);
            let u = unit(&optimizer, trial);
            let mut tell = Tell::value(1.0 - u[0] + (u[1] - 0.5).abs());
            tell.constraints = vec![("memory".to_owned(), u[0] - 0.5)];
            beyond += usize::from(trial >= 40 && u[0] > 0.6);
            optimizer.tell(trial, tell).unwrap();
        }
    }
    assert!(beyond < 20, "{beyond} of 200");
}

/// Two objectives with a known front: `x_1 = .. = 0` and any `x_0`.
#[test]
fn several_objectives_are_searched_along_the_front() {
    let objectives = |u: &[f64]| {
        let away: f64 = u[1..].iter().sum();
        [u[0] + away, 1.0 - u[0] + away]
    };
    let run = |sampler: Sampler| -> f64 {
        let settings = tanteo_core::optimizer::Settings::new(vec![false; 2], sampler, 1);
        let mut optimizer = Optimizer::new(cube(4), settings).unwrap();
        for _ in 0..120 {
            let trial = ask(&mut optimizer);
            let values = objectives(&unit(&optimizer, trial));
            let measurement = |value| tanteo_core::history::Measurement { value, sem: None, replicates: Vec::new() };
            let outcome = tanteo_core::history::Outcome::Complete(values.map(measurement).to_vec());
            optimizer.tell(trial, Tell { outcome, constraints: Vec::new(), cost: None }).unwrap();
        }
        (60..120).map(|id| unit(&optimizer, id)[1..].iter().sum::<f64>()).sum::<f64>() / 60.0
    };
    assert!(run(tpe()) < 0.7 * run(Sampler::Random));
}
