//! Promise 5: many trials, many parameters and many levels. These tests check counts and results; the benchmarks
//! measure times.

use std::cell::Cell;

use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{OptimizerError, Tell};
use tanteo_core::sampler::SuggestError;
use tanteo_core::space::{Domain, Value};

use super::{ask, cube, optimizer, search, space, stream, tpe, unit};

#[test]
fn ten_thousand_parameters() {
    let mut optimizer = optimizer(cube(10_000), tpe(), 1);
    search(&mut optimizer, 11, |u| u.iter().sum());
    assert!(unit(&optimizer, 10).iter().all(|u| (0.0..=1.0).contains(u)));
    assert_eq!(optimizer.counters().fallbacks, 0);
}

/// Each level has a loss from 0 to 6, independent of the order of levels, so good levels must be combined anew. The sum
/// for two random levels has a mean of 6, with a standard error of 0.28 over 100 trials. Once all good trials have the
/// lowest possible loss, nothing more can be learned.
#[test]
fn a_thousand_levels_are_learned() {
    let mut optimizer = optimizer(space(vec![Domain::Unordered { last: 999 }; 2]), tpe(), 3);
    let loss = |u: &[f64]| u.iter().map(|x| ((x * 1000.0) as u64 % 7) as f64).sum::<f64>();
    search(&mut optimizer, 200, loss);
    let last = (100..200).map(|id| loss(&unit(&optimizer, id))).sum::<f64>() / 100.0;
    assert!(last < 4.0, "{last}");
}

#[test]
fn every_configuration_of_a_small_space_is_suggested() {
    let levels = Domain::Integer { low: 0, step: 1, last: 6, log: false };
    let mut optimizer = optimizer(space([levels.clone(), Domain::Unordered { last: 3 }, levels]), tpe(), 3);
    search(&mut optimizer, 7 * 4 * 7, |u| u[0] + u[1]);
    assert!(matches!(
        optimizer.ask(1, &Pool::serial(), &|| false),
        Err(OptimizerError::Suggest(SuggestError::Exhausted(_)))
    ));
}

#[test]
fn an_ask_can_be_interrupted_and_repeated() {
    let search_of = |polls: Option<usize>| {
        let mut optimizer = optimizer(cube(3), tpe(), 1);
        let mut stream = stream(1);
        for _ in 0..3000 {
            let at = (0..3).map(|_| Some(Value::Real(stream.uniform()))).collect();
            optimizer.observe(&tanteo_core::space::Configuration(at), Tell::value(stream.uniform())).unwrap();
        }
        if let Some(polls) = polls {
            let left = Cell::new(polls);
            let interrupted = || left.replace(left.get().saturating_sub(1)) == 0;
            let stopped = optimizer.ask(2, &Pool::serial(), &interrupted);
            assert!(matches!(stopped, Err(OptimizerError::Suggest(SuggestError::Interrupted))));
            assert_eq!(optimizer.history().len(), 3000);
        }
        let trial = ask(&mut optimizer);
        unit(&optimizer, trial)
    };
    let expected = search_of(None);
    for polls in [0, 1, 3, 5, 8] {
        assert_eq!(search_of(Some(polls)), expected);
    }
}
