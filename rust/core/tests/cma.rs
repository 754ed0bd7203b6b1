//! CMA-ES as the model of Auto for many trials, used through the optimizer.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::search::{ask, ask_many, cube, optimizer};
use tanteo_core::history::{Measurement, Origin, Outcome};
use tanteo_core::numerics::{Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::{AutoSettings, Sampler};
use tanteo_core::space::{Configuration, Value};

fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::Real(x)) => *x,
        _ => f64::NAN,
    }
}

/// A valley along the diagonal with its minimum at 0.3.
fn valley(configuration: &Configuration) -> f64 {
    let x: Vec<f64> = configuration.0.iter().map(|value| number(value.as_ref())).collect();
    let across: f64 = x.windows(2).map(|pair| (pair[0] - pair[1]) * (pair[0] - pair[1])).sum();
    x.iter().map(|x| (x - 0.3) * (x - 0.3)).sum::<f64>() + 100.0 * across
}

/// A search with so many random results that CMA-ES takes over from the Gaussian process.
fn beyond_the_gaussian_process(n_parameters: usize) -> Optimizer {
    let mut search = optimizer(cube(n_parameters), Sampler::Auto(AutoSettings { n_startup: None }));
    for i in 0..=(10 * n_parameters as u64).max(200) {
        let mut stream = Stream::new(5, i, Purpose::Sample, 0);
        let configuration = Configuration((0..n_parameters).map(|_| Some(Value::Real(stream.uniform()))).collect());
        let value = valley(&configuration);
        search.observe(&configuration, Tell::value(value)).unwrap();
    }
    search
}

fn best_value(search: &Optimizer) -> f64 {
    search.history().values(0)[search.best().unwrap() as usize]
}

fn tell(search: &mut Optimizer, trial: u64) {
    let value = valley(&search.configuration(trial).unwrap());
    // Some trials fail.
    let result = if trial.is_multiple_of(17) { Tell::failed(None) } else { Tell::value(value) };
    search.tell(trial, result).unwrap();
}

#[test]
fn a_valley_is_followed_to_its_minimum() {
    let mut search = beyond_the_gaussian_process(4);
    for _ in 0..100 {
        let trial = ask(&mut search);
        assert_eq!(search.history().origins()[trial as usize], Origin::CmaEs);
        tell(&mut search, trial);
    }
    // The best random result is about 1.
    assert!(best_value(&search) < 1e-6, "{}", best_value(&search));
    assert_eq!(search.counters().fallbacks, 0);
}

/// With many parameters a population needs thousands of trials; local steps do not.
#[test]
fn many_parameters_do_not_stand_still() {
    let mut search = beyond_the_gaussian_process(40);
    let random = best_value(&search);
    for _ in 0..200 {
        let trial = ask(&mut search);
        tell(&mut search, trial);
    }
    assert!(best_value(&search) < 0.1 * random, "{} after {random}", best_value(&search));
}

/// Repetitions are allowed under noise, but a step is the same until a trial is told.
#[test]
fn a_batch_does_not_repeat_a_local_step_under_noise() {
    let mut search = beyond_the_gaussian_process(2);
    let noisy = Measurement { value: 5.0, sem: Some(1e-6), replicates: Vec::new() };
    let outcome = Outcome::Complete(vec![noisy]);
    let corner = Configuration(vec![Some(Value::Real(0.0)), Some(Value::Real(1.0))]);
    search.observe(&corner, Tell { outcome, constraints: Vec::new(), cost: None }).unwrap();
    let first = ask_many(&mut search, 16).unwrap();
    let batch: Vec<Configuration> = (first..first + 16).map(|trial| search.configuration(trial).unwrap()).collect();
    for (i, configuration) in batch.iter().enumerate() {
        assert!(!batch[..i].contains(configuration), "{configuration:?}");
    }
}

#[test]
fn it_does_not_take_over_while_almost_all_trials_fail() {
    let mut search = optimizer(cube(2), Sampler::Auto(AutoSettings { n_startup: None }));
    for i in 0..201 {
        let mut stream = Stream::new(5, i, Purpose::Sample, 0);
        let configuration = Configuration((0..2).map(|_| Some(Value::Real(stream.uniform()))).collect());
        let result = if i % 40 == 0 { Tell::value(valley(&configuration)) } else { Tell::failed(None) };
        search.observe(&configuration, result).unwrap();
    }
    let trial = ask(&mut search);
    assert_ne!(search.history().origins()[trial as usize], Origin::CmaEs);
}

#[test]
fn suggestions_do_not_depend_on_restores_or_the_order_of_tells() {
    let (mut first_search, mut second_search) = (beyond_the_gaussian_process(4), beyond_the_gaussian_process(4));
    for round in 0..12 {
        let (first, second) = (ask_many(&mut first_search, 7).unwrap(), ask_many(&mut second_search, 7).unwrap());
        for i in 0..7 {
            let trial = first + i;
            assert_eq!(
                first_search.configuration(trial).unwrap(),
                second_search.configuration(second + i).unwrap(),
                "{round}"
            );
        }
        (first..first + 6).for_each(|trial| tell(&mut first_search, trial));
        (first..first + 6).rev().for_each(|trial| tell(&mut second_search, trial));
        // The last trial of each round finishes one round later, which changes the generations.
        if let Some(late) = first.checked_sub(8).filter(|trial| first_search.pending().contains(trial)) {
            tell(&mut first_search, late);
            tell(&mut second_search, late);
        }
        second_search = Optimizer::restore(&second_search.snapshot(b"").unwrap()).unwrap().0;
    }
}

#[test]
fn a_converged_run_restarts_elsewhere() {
    let mut search = beyond_the_gaussian_process(4);
    let mut far = 0;
    for _ in 0..900 {
        let trial = ask(&mut search);
        let configuration = search.configuration(trial).unwrap();
        far += u64::from(trial > 550 && configuration.0.iter().any(|v| (number(v.as_ref()) - 0.3).abs() > 0.1));
        tell(&mut search, trial);
    }
    assert!(far > 20, "{far}");
}
