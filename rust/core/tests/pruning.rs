//! Pruning, pausing and promotion of trials.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::cell::Cell;

use crate::common::search;
use tanteo_core::history::{Outcome, TrialState};
use tanteo_core::numerics::{Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::pruner::{HalvingSettings, HyperbandSettings, PercentileSettings, Pruner};
use tanteo_core::sampler::{GpSettings, Sampler, SuggestError, TpeSettings};
use tanteo_core::space::{Configuration, Value};
use tanteo_core::transfer::{Source, SourceRow};

/// A random search with `n` pending trials; `auto` never stops a third of them.
fn started(n_objectives: usize, pruner: Pruner, n: usize) -> Optimizer {
    let settings = Settings { pruner, pausing: true, ..Settings::new(vec![false; n_objectives], Sampler::Random, 1) };
    let mut search = Optimizer::new(search::cube(2), settings).unwrap();
    search::ask_many(&mut search, n).unwrap();
    search
}

fn named(constraint: f64) -> Vec<(String, f64)> {
    vec![("memory".to_owned(), constraint)]
}

/// The trials that would be stopped now.
fn stopped(search: &mut Optimizer, trials: std::ops::Range<u64>) -> Vec<u64> {
    trials.filter(|trial| search.should_prune(*trial).unwrap().stop).collect()
}

fn median() -> Pruner {
    Pruner::Percentile(PercentileSettings { percentile: 50.0, n_startup: 0, ..PercentileSettings::default() })
}

fn halving(reduction_factor: u64) -> Pruner {
    Pruner::SuccessiveHalving(HalvingSettings { min_resource: Some(1), reduction_factor, ..HalvingSettings::default() })
}

/// A checkpoint lies between two reports; at it, other trials have only their previous report.
#[test]
fn values_are_compared_at_the_same_step_with_rare_reports() {
    for sign in [1.0, -1.0] {
        let mut search = started(1, Pruner::Auto, 16);
        for step in [10, 20] {
            for trial in 0..16 {
                let value = 0.01 * trial as f64 + sign * 100.0 / step as f64;
                search.report(trial, step, &[value], Vec::new()).unwrap();
            }
        }
        let stopped = stopped(&mut search, 0..16);
        assert!(!stopped.is_empty() && stopped.iter().all(|trial| *trial >= 8), "{sign}: {stopped:?}");
    }
}

#[test]
fn violations_are_compared_at_the_same_step_with_rare_reports() {
    let mut search = started(1, Pruner::Auto, 18);
    for trial in 0..6 {
        for (step, constraint) in [(10, 1.0), (20, -1.0), (30, 1.0)] {
            search.report(trial, step, &[1.0], named(constraint)).unwrap();
        }
        search.tell(trial, search::constrained(1.0, &[("memory", 1.0)])).unwrap();
    }
    for trial in 6..18 {
        search.report(trial, 10, &[1.0], named(-1.0)).unwrap();
        search.report(trial, 20, &[1.0], named(1.0)).unwrap();
    }
    assert_eq!(stopped(&mut search, 6..18), []);
}

#[test]
fn with_results_without_curves_the_better_half_continues() {
    let mut search = started(1, Pruner::Auto, 16);
    for i in 0..8 {
        let configuration = Configuration(vec![Some(Value::Real(0.1 * f64::from(i))); 2]);
        search.observe(&configuration, Tell::value(f64::from(i))).unwrap();
    }
    for trial in 0..16 {
        search.report(trial, 1, &[trial as f64], Vec::new()).unwrap();
    }
    let stopped = stopped(&mut search, 0..16);
    assert!(!stopped.is_empty() && stopped.iter().all(|trial| *trial >= 8), "{stopped:?}");
}

#[test]
fn violations_of_an_excluded_trial_are_ignored() {
    for is_final in [true, false] {
        let mut search = started(1, Pruner::Auto, 17);
        if !is_final {
            search.report(16, 1, &[0.0], named(1.0)).unwrap();
        }
        let constraints = if is_final { named(1.0) } else { Vec::new() };
        search.tell(16, Tell { constraints, ..Tell::value(0.0) }).unwrap();
        for trial in 0..16 {
            search.report(trial, 1, &[trial as f64], Vec::new()).unwrap();
        }
        assert_eq!(stopped(&mut search, 0..16), [], "a trial that is not excluded counts");
        search.exclude(16).unwrap();
        assert!(!stopped(&mut search, 0..16).is_empty(), "{is_final}");
    }
}

#[test]
fn an_infinitely_bad_trial_is_stopped_and_not_paused() {
    for pruner in [median(), halving(2)] {
        let mut search = started(1, pruner, 4);
        for (trial, value) in [(0, 1.0), (1, f64::NAN), (2, 2.0), (3, 1.0)] {
            search.report(trial, 1, &[value], Vec::new()).unwrap();
        }
        let mut decision = |trial| search.should_prune(trial).unwrap();
        assert!(decision(1).stop && !decision(1).pause, "{:?}", decision(1));
        assert!(decision(2).stop && decision(2).pause, "{:?}", decision(2));
    }
    let mut search = started(1, Pruner::Auto, 1);
    search.report_fold(0, 0, f64::NAN).unwrap();
    let decision = search.should_prune(0).unwrap();
    assert!(decision.stop && !decision.pause, "{decision:?}");
}

/// The first complete trials looked bad at the step but ended on the front; for the many after them, the step was
/// informative.
#[test]
fn the_latest_complete_trials_determine_whether_a_step_is_misleading() {
    let (misled, then) = (60, 280);
    let mut search = started(2, Pruner::Auto, misled + then + 12);
    for trial in 0..(misled + then) as u64 {
        let is_misled = trial < misled as u64;
        let bad = if is_misled || trial % 2 == 0 { 10.0 } else { 1.0 };
        search.report(trial, 1, &[bad, bad], Vec::new()).unwrap();
        search.report(trial, 9, &[bad, bad], Vec::new()).unwrap();
        let end = if is_misled { 0.0 } else { bad };
        search.tell(trial, search::several(&[end, end])).unwrap();
    }
    let pending = (misled + then) as u64..(misled + then + 12) as u64;
    for trial in pending.clone() {
        search.report(trial, 1, &[11.0, 11.0], Vec::new()).unwrap();
    }
    assert!(!stopped(&mut search, pending).is_empty());
}

/// A search in which the first trial is the best, and all others, each better than the previous one, are paused.
fn waiting(reduction_factor: u64) -> Optimizer {
    let mut search = started(1, halving(reduction_factor), 300);
    search.report(0, 1, &[0.0], Vec::new()).unwrap();
    for trial in 1..300 {
        search.report(trial, 1, &[400.0 - trial as f64], Vec::new()).unwrap();
        let outcome = Outcome::Pruned { measurements: None, reason: None, paused: true };
        search.tell(trial, Tell { outcome, constraints: Vec::new(), cost: None }).unwrap();
    }
    search
}

#[test]
fn only_the_best_paused_trials_are_checked_for_promotion() {
    let mut search = waiting(301);
    let polls = Cell::new(0);
    let count = || {
        polls.set(polls.get() + 1);
        false
    };
    assert_eq!(search.promotable(&count).unwrap(), None);
    assert_eq!(polls.get(), 64);
    // The best three of 300 may continue; of these, the paused trial with the lowest id comes first.
    assert_eq!(waiting(100).promotable(&|| false).unwrap(), Some(298));
    let stopped = waiting(100).promotable(&|| true);
    assert!(matches!(stopped, Err(OptimizerError::Suggest(SuggestError::Interrupted))));
}

#[test]
fn next_is_given_can_be_interrupted() {
    let known = |i: u32| {
        let x = f64::from(i) / 10.0;
        SourceRow { values: vec![Some(Value::Real(x)), Some(Value::Real(x))], loss: x * x, is_eligible: true }
    };
    let mut search = search::optimizer(search::cube(2), Sampler::Random);
    search.learn_from(vec![Source { rows: (0..8).map(known).collect() }]).unwrap();
    let stopped = search.next_is_given(&|| true);
    assert!(matches!(stopped, Err(OptimizerError::Suggest(SuggestError::Interrupted))));
    assert!(search.next_is_given(&|| false).unwrap());
}

/// A random change of a search with trials: a report, an end, or a change of what is known already.
fn change(search: &mut Optimizer, mut draw: impl FnMut(u64) -> u64) {
    let trial = draw(search.history().len() as u64);
    let (state, last) = (search.history().states()[trial as usize], search.history().curve(trial).last().copied());
    let paused = Outcome::Pruned { measurements: None, reason: None, paused: true };
    match (state, draw(12)) {
        (TrialState::Pending, 0) => search.tell(trial, Tell { outcome: paused, ..Tell::failed(None) }).unwrap(),
        (TrialState::Pending, 1) => search.tell(trial, Tell::value(draw(9) as f64)).unwrap(),
        (TrialState::Pending, what) => {
            let step = last.map_or(1, |(step, _)| step + 1) + draw(2);
            let value = if what == 2 { f64::NAN } else { draw(9) as f64 };
            search.report(trial, step, &[value], Vec::new()).unwrap();
        }
        (TrialState::Pruned, 0..6) => search.resume(trial).unwrap(),
        (TrialState::Complete, 0..3) => search.retract(trial).unwrap(),
        (_, 6) => search.exclude(trial).unwrap(),
        (state, _) if state.is_excluded() => search.include(trial).unwrap(),
        _ => {}
    }
}

/// What rules keep from decision to decision changes none.
#[test]
fn a_decision_does_not_depend_on_earlier_ones() {
    let hyperband = HyperbandSettings { min_resource: 1, ..HyperbandSettings::default() };
    let default_halving = HalvingSettings { min_resource: None, ..HalvingSettings::default() };
    let pruners =
        [median(), halving(2), Pruner::SuccessiveHalving(default_halving), Pruner::Hyperband(hyperband), Pruner::Auto];
    for (seed, pruner) in (0..).zip(pruners.iter().chain(&pruners)) {
        let mut search = started(1, pruner.clone(), 12);
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        let mut draws = move |n: u64| stream.below_or_equal(n - 1);
        for _ in 0..300 {
            change(&mut search, &mut draws);
            let mut revived = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap().0;
            for trial in search.pending() {
                assert_eq!(search.should_prune(trial), revived.should_prune(trial), "{seed}");
            }
            assert_eq!(search.promotable(&|| false), revived.promotable(&|| false), "{seed}");
        }
    }
}

/// Eight trials at a time end in any order, and every other one is stopped.
#[test]
fn what_is_kept_of_stopped_trials_changes_no_suggestion() {
    let samplers = [(Sampler::Tpe(TpeSettings::default()), 80), (Sampler::Gp(GpSettings::default()), 24)];
    for (sampler, n) in samplers {
        let mut search = search::optimizer(search::cube(2), sampler);
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        for _ in 0..n {
            let mut revived = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap().0;
            let trial = search::ask_many(&mut search, 1).unwrap();
            search::ask_many(&mut revived, 1).unwrap();
            assert_eq!(search.configuration(trial), revived.configuration(trial));
            let pending = search.pending();
            if pending.len() < 8 {
                continue;
            }
            let trial = pending[stream.below_or_equal(7) as usize];
            for step in 1..=4 {
                search.report(trial, step, &[stream.uniform()], Vec::new()).unwrap();
            }
            let stopped = Outcome::Pruned { measurements: None, reason: None, paused: false };
            let value = Tell::value(stream.uniform());
            let tell = if trial.is_multiple_of(2) { value } else { Tell { outcome: stopped, ..value } };
            search.tell(trial, tell).unwrap();
        }
    }
}
