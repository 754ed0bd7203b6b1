//! It learns. Seeds are fixed, so no test here is random; how likely a correct sampler would fail one with other seeds
//! is said beside it.

use std::f64::consts::PI;

use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::Sampler;
use tanteo_core::space::{Domain, SearchSpace};

use super::{TPE, ask, best, cube, motley, optimizer, search, space, unit};

/// In how many of 20 seeds TPE ends with a better value than random search.
fn wins(space: &SearchSpace, n: usize, objective: impl Fn(&[f64]) -> f64) -> usize {
    let end = |sampler: Sampler, seed: u64| {
        let mut optimizer = optimizer(space.clone(), sampler, seed);
        search(&mut optimizer, n, &objective);
        best(&optimizer)
    };
    (0..20).filter(|seed| end(TPE, *seed) < end(Sampler::Random, *seed)).count()
}

/// Of a sampler no better than random search, 2% would pass each. How often one that wins as TPE does would fail has
/// not been measured over other seeds; if it wins in 95% of them, that is below 1e-3.
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

/// The optimum lies in the branch that a third of all random draws reach, and needs its parameters.
#[test]
fn better_than_random_on_a_tree() {
    let objective = |u: &[f64]| {
        let branch = if u[5].is_nan() { 1.0 } else { (u[5] - 0.2).abs() + (u[6] - 0.5).abs() };
        (u[0] - 0.4).abs() + branch
    };
    assert!(wins(&motley(), 80, objective) >= ENOUGH);
}

/// Promise 4. Suggestions after the first 20, of 80, over 10 seeds; random search sends half of them there.
#[test]
fn crash_regions_repel() {
    let mut crashed = 0;
    for seed in 0..10 {
        let mut optimizer = optimizer(cube(2), TPE, seed);
        search(&mut optimizer, 80, |u| if u[0] > 0.5 { f64::NAN } else { (u[0] - 0.4).abs() + (u[1] - 0.5).abs() });
        crashed += (20..80).filter(|id| unit(&optimizer, *id)[0] > 0.5).count();
    }
    assert!(crashed < 600 / 5, "{crashed} of 600");
}

/// The same where nothing tells good from bad but the failures.
#[test]
fn crash_regions_repel_on_a_plateau() {
    let mut crashed = 0;
    for seed in 0..10 {
        let mut optimizer = optimizer(cube(2), TPE, seed);
        search(&mut optimizer, 80, |u| if u[0] > 0.5 { f64::NAN } else { 1.0 });
        crashed += (20..80).filter(|id| unit(&optimizer, *id)[0] > 0.5).count();
    }
    assert!(crashed < 600 / 5, "{crashed} of 600");
}

/// The unconstrained optimum lies far beyond a black-box constraint: suggestions come up to its border, not to the
/// optimum. Random search goes beyond 0.6 in 80 of 200 trials.
#[test]
fn broken_constraints_repel() {
    let mut beyond = 0;
    for seed in 0..5 {
        let mut optimizer = optimizer(cube(2), TPE, seed);
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

/// Two objectives with a known front: `x_1 = .. = 0`, any `x_0`.
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
    assert!(run(TPE) < 0.7 * run(Sampler::Random));
}
