//! Twins: an optimizer that adopts the trials of another one continues exactly as that one, bit for bit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::search::{self, ask_many, optimizer};
use tanteo_core::history::Origin;
use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::{GpAcquisition, GpSettings, Sampler};
use tanteo_core::space::{Configuration, Value};

fn samplers() -> Vec<Sampler> {
    let mut samplers = search::quick_samplers(9);
    samplers.push(Sampler::Gp(GpSettings { n_startup: 3, acquisition: GpAcquisition::LogEi }));
    samplers
}

/// Lets `twin` adopt the trials of `asker` from `first` on.
fn catch_up(twin: &mut Optimizer, asker: &Optimizer, first: u64) {
    let rows = first as usize..asker.history().len();
    let trials: Vec<(Configuration, Origin)> =
        rows.map(|row| (asker.configuration(row as u64).unwrap(), asker.history().origins()[row])).collect();
    let counters = asker.counters();
    assert_eq!(twin.adopt(&trials, counters.duplicates, counters.fallbacks, 0), Ok(first));
}

fn loss(trial: u64) -> f64 {
    (trial as f64 * 0.7) % 1.0
}

#[test]
fn a_twin_continues_bit_for_bit() {
    for sampler in samplers() {
        for space in search::spaces() {
            // Two searches ask alternately, and each adopts the trials of the other.
            let mut twins = [optimizer(space.clone(), sampler.clone()), optimizer(space.clone(), sampler.clone())];
            for twin in &mut twins {
                twin.enqueue(vec![None; space.parameters().len()]).unwrap();
            }
            for round in 0..7 {
                let [asker, twin] = &mut twins;
                let Ok(first) = ask_many(asker, 1 + round % 2) else { break };
                catch_up(twin, asker, first);
                for trial in first..asker.history().len() as u64 {
                    let result = if trial % 4 == 3 { Tell::failed(None) } else { Tell::value(loss(trial)) };
                    for optimizer in &mut twins {
                        optimizer.tell(trial, result.clone()).unwrap();
                    }
                }
                twins.reverse();
            }
            let [left, right] = twins.map(|twin| twin.snapshot(&[]).unwrap());
            assert!(left == right, "{sampler:?}");
        }
    }
}

#[test]
fn impossible_trials_are_refused_and_change_nothing() {
    let mut search = optimizer(search::cube(2), Sampler::Random);
    let initial = search.snapshot(&[]).unwrap();
    let outside = Configuration(vec![Some(Value::Real(2.0)), Some(Value::Real(0.5))]);
    let inside = Configuration(vec![Some(Value::Real(0.25)), Some(Value::Real(0.5))]);
    let cases = [
        (vec![(inside.clone(), Origin::Random), (outside, Origin::Random)], "x0"),
        (vec![(inside, Origin::Enqueued)], "a queue of 0"),
    ];
    for (trials, expected) in cases {
        let message = search.adopt(&trials, 0, 0, 0).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(search.snapshot(&[]).unwrap(), initial);
}

#[test]
fn every_origin_is_found_by_its_name() {
    let names = ["default", "enqueued", "observed", "design", "random", "tpe", "external", "gp", "cma_es", "nsga"];
    for name in names {
        assert_eq!(Origin::from_name(name).map(Origin::name), Some(name));
    }
    assert_eq!(Origin::from_name("nobody"), None);
}
