//! The properties of ask and tell, one by one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::search::{self, ask, ask_many, constrained, measured, optimizer, pruned, refusal, several};
use proptest::prelude::*;
use tanteo_core::history::{Outcome, TrialState};
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::pruner::{HalvingSettings, Pruner};
use tanteo_core::sampler::{Sampler, SuggestError, TpeSettings};
use tanteo_core::space::{Configuration, Value};

fn settings(n_objectives: usize, sampler: Sampler) -> Settings {
    Settings::new(vec![false; n_objectives], sampler, 1)
}

#[test]
fn invalid_settings_are_refused() {
    let tpe = |n_candidates, gamma| Sampler::Tpe(TpeSettings { n_candidates, gamma, ..TpeSettings::default() });
    let off = Configuration(vec![Some(Value::Real(2.0)), Some(Value::Real(0.5))]);
    let bad = [
        (settings(0, Sampler::Random), "direction"),
        (settings(1, Sampler::Grid { resolution: 0 }), "resolution must be"),
        (settings(1, Sampler::OneAtATime { base: None, resolution: 0 }), "resolution must be"),
        (settings(1, Sampler::OneAtATime { base: Some(off), resolution: 3 }), "x0"),
        (settings(1, tpe(0, 0.15)), "n_candidates must be"),
        (settings(1, tpe(24, 1.0)), "gamma must be"),
        (settings(1, tpe(24, f64::NAN)), "gamma must be"),
        (Settings { budget: Some(0.0), ..settings(1, Sampler::Random) }, "budget must be a positive, finite cost"),
    ];
    for (settings, expected) in bad {
        let message = refusal(Optimizer::new(search::cube(2), settings));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_exhausted_space_is_reported_and_accepts_results() {
    for sampler in [Sampler::Random, Sampler::Sobol, Sampler::Grid { resolution: 5 }] {
        let mut search = optimizer(search::eleven(), sampler);
        assert_eq!(search::drain(&mut search, 100).len(), 11);
        search.tell(3, Tell::value(1.0)).unwrap();
        assert!(search::is_exhausted(&ask_many(&mut search, 1)), "a tell adds no configuration");
        assert_eq!(search.history().len(), 11);
    }
}

#[test]
fn a_batch_is_shortened_to_the_remaining_configurations() {
    let mut search = optimizer(search::eleven(), Sampler::Random);
    search.enqueue(vec![Some(Value::Level(1)), None, None]).unwrap();
    assert_eq!(ask_many(&mut search, 9), Ok(0));
    assert_eq!(ask_many(&mut search, 9), Ok(9));
    assert_eq!((search.history().len(), search.queue().len(), search.counters().asked), (11, 0, 11));
    assert!(search::is_exhausted(&ask_many(&mut search, 9)));
}

#[test]
fn all_feasible_configurations_are_suggested() {
    for sampler in [Sampler::Random, Sampler::Sobol, Sampler::Grid { resolution: 6 }] {
        let mut search = optimizer(search::ordered_pairs(), sampler);
        assert_eq!(search::drain(&mut search, 100).len(), 15);
    }
}

#[test]
fn repetitions_are_allowed_on_request_or_with_noisy_values() {
    let settings = Settings { deduplicate: false, ..settings(1, Sampler::Random) };
    let mut search = Optimizer::new(search::eleven(), settings).unwrap();
    assert_eq!(search::drain(&mut search, 40).len(), 40);
    let mut noisy = optimizer(search::eleven(), Sampler::Random);
    ask(&mut noisy);
    noisy.tell(0, measured(1.0, Some(0.5), &[])).unwrap();
    assert_eq!(search::drain(&mut noisy, 40).len(), 40);
}

#[test]
fn external_points_are_repaired_and_not_repeated() {
    let mut search = optimizer(search::ordered_pairs(), Sampler::External);
    assert_eq!(ask_many(&mut search, 1), Err(OptimizerError::Suggest(SuggestError::External)));
    assert_eq!(search.ask_external(&vec![vec![0.9, 0.1]; 15]), Ok(0));
    assert!(search.counters().fallbacks > 0 && search.counters().fallbacks <= search.counters().duplicates);
    assert!(search::is_exhausted(&search.ask_external(&[vec![0.1, 0.9]])));
    assert!(refusal(search.ask_external(&[vec![0.5]])).contains("expected 2"));
    assert!(refusal(search.ask_external(&[])).contains("at least 1"));
}

#[test]
fn nan_is_a_failure_with_a_reason() {
    let mut search = optimizer(search::cube(2), Sampler::Random);
    ask_many(&mut search, 4).unwrap();
    search.tell(0, Tell::value(f64::NAN)).unwrap();
    search.tell(1, measured(1.0, None, &[1.0, f64::NAN])).unwrap();
    search.tell(2, pruned(Some(f64::NAN))).unwrap();
    assert_eq!(search.history().states()[..3], [TrialState::Failed; 3]);
    for id in 0..3 {
        assert_eq!(search.history().reason(id), Some("the value told was NaN"));
    }
    assert!(search.history().values(0).iter().all(|y| y.is_nan()));
}

#[test]
fn invalid_constraints_errors_and_costs_are_refused_by_name() {
    let mut search = optimizer(search::cube(1), Sampler::Random);
    ask(&mut search);
    for (result, expected) in [
        (constrained(1.0, &[("memory", f64::NAN)]), "constraint 'memory' must be a number"),
        (constrained(1.0, &[("memory", f64::NEG_INFINITY)]), "got -inf"),
        (measured(1.0, Some(-1.0), &[]), "sem must be a finite number that is not negative, got -1.0"),
        (
            Tell { cost: Some(f64::NAN), ..Tell::value(1.0) },
            "cost must be a finite number that is not negative, got nan",
        ),
    ] {
        assert!(refusal(search.tell(0, result)).contains(expected), "{expected}");
    }
    assert_eq!(search.history().states(), [TrialState::Pending]);
    search.tell(0, Tell::value(1.0)).unwrap();
}

#[test]
fn an_infinitely_good_value_is_refused_with_the_sign_of_the_user() {
    for (maximize, shown) in [(false, "value -inf is"), (true, "value inf is")] {
        let settings = Settings { maximize: vec![maximize], ..settings(1, Sampler::Random) };
        let mut search = Optimizer::new(search::cube(1), settings).unwrap();
        ask(&mut search);
        assert!(refusal(search.tell(0, Tell::value(f64::NEG_INFINITY))).contains(shown));
        search.tell(0, Tell::value(1.0)).unwrap();
    }
}

#[test]
fn a_pruned_trial_without_a_value_takes_its_last_report() {
    let mut search = optimizer(search::cube(1), Sampler::Random);
    ask_many(&mut search, 3).unwrap();
    search.report(0, 1, &[3.0], Vec::new()).unwrap();
    search.report(0, 7, &[2.0], Vec::new()).unwrap();
    search.report(1, 1, &[f64::NAN], Vec::new()).unwrap();
    for id in 0..3 {
        search.tell(id, pruned(None)).unwrap();
    }
    assert_eq!(search.history().values(0)[0], 2.0);
    assert!(search.history().values(0)[1..].iter().all(|y| y.is_nan()));
    assert_eq!(search.best(), None);
}

/// A program in Rust may share a search between threads. A type that cannot be shared does not compile here.
#[test]
fn a_search_can_be_sent_and_shared() {
    fn assert_send_sync<T: Send + Sync>() {}
    assert_send_sync::<Optimizer>();
}

#[test]
fn a_paused_trial_is_promoted_when_its_pruner_would_not_stop_it() {
    let halving = HalvingSettings { min_resource: Some(1), reduction_factor: 2, ..HalvingSettings::default() };
    let settings =
        Settings { pausing: true, pruner: Pruner::SuccessiveHalving(halving), ..settings(1, Sampler::Random) };
    let mut search = Optimizer::new(search::cube(1), settings).unwrap();
    ask_many(&mut search, 4).unwrap();
    search.report(0, 1, &[1.0], Vec::new()).unwrap();
    search.report(1, 1, &[2.0], Vec::new()).unwrap();
    let decision = search.should_prune(1).unwrap();
    assert!(decision.stop && decision.pause);
    let outcome = Outcome::Pruned { measurements: None, reason: None, paused: true };
    search.tell(1, Tell { outcome, constraints: Vec::new(), cost: Some(3.0) }).unwrap();
    assert!(refusal(search.resume(0)).contains("not paused"));
    assert_eq!((search.promotable(&|| false).unwrap(), search.history().values(0)[1]), (None, 2.0));
    for (trial, value) in [(2, 3.0), (3, 4.0)] {
        search.report(trial, 1, &[value], Vec::new()).unwrap();
    }
    assert_eq!(search.promotable(&|| false).unwrap(), Some(1));
    search.resume(1).unwrap();
    assert_eq!((search.promotable(&|| false).unwrap(), search.pending()), (None, vec![0, 1, 2, 3]));
    assert!(search.history().values(0)[1].is_nan() && search.history().costs()[1].is_nan());
    assert_eq!((search.history().curve(1), search.history().resumes_from(1)), (&[(1, 2.0)][..], Some(1)));
    search.tell(1, Tell::value(0.5)).unwrap();
    assert_eq!((search.best(), search.history().resumes_from(1)), (Some(1), None));
}

#[test]
fn a_pruned_trial_takes_the_constraints_that_it_reported_last() {
    let mut search = Optimizer::new(search::cube(1), settings(2, Sampler::Random)).unwrap();
    ask_many(&mut search, 2).unwrap();
    for trial in [0, 1] {
        search.report(trial, 1, &[1.0, 2.0], vec![("memory".to_owned(), 3.0)]).unwrap();
        search.report(trial, 2, &[0.5, 1.0], Vec::new()).unwrap();
    }
    search.tell(0, pruned(None)).unwrap();
    search.tell(1, Tell { constraints: vec![("memory".to_owned(), -1.0)], ..pruned(None) }).unwrap();
    assert_eq!(search.history().values(1), [1.0, 1.0]);
    assert_eq!(search.history().constraint(0), [3.0, -1.0]);
}

#[test]
fn messages_name_the_trial_and_what_to_do() {
    let mut search = optimizer(search::cube(1), Sampler::Random);
    assert_eq!(refusal(search.tell(0, Tell::value(0.0))), "trial 0 is unknown: nothing was asked yet");
    ask_many(&mut search, 2).unwrap();
    assert_eq!(refusal(search.tell(2, Tell::value(0.0))), "trial 2 is unknown: ids run from 0 to 1 here");
    search.tell(1, Tell::value(0.0)).unwrap();
    assert_eq!(
        refusal(search.tell(1, Tell::value(0.0))),
        "trial 1 is already complete and takes no more reports or results; to replace its result, call retract(trial) \
         first; for one more run of its configuration, call observe(trial.params, value)"
    );
    assert!(
        refusal(search.tell(0, Tell::value(f64::NEG_INFINITY))).ends_with("; tell a finite value, or state='failed'")
    );
    let step = refusal(search.report(0, 3, &[f64::NEG_INFINITY], Vec::new()));
    let fold = refusal(search.report_fold(0, 3, f64::NEG_INFINITY));
    for (message, place) in [(step, "-inf at step 3"), (fold, "-inf of fold 3")] {
        assert!(message.contains(place) && message.ends_with("; report a finite value, or tell state='failed'"));
    }
    assert!(refusal(search.tell(0, several(&[0.0, 1.0]))).contains("2 objective values were told; expected 1"));
}

#[test]
fn a_paused_trial_is_not_pending_until_it_resumes() {
    let mut search =
        Optimizer::new(search::cube(1), Settings { pausing: true, ..settings(1, Sampler::Random) }).unwrap();
    ask(&mut search);
    let paused = Outcome::Pruned { measurements: None, reason: None, paused: true };
    search.tell(0, Tell { outcome: paused, ..pruned(None) }).unwrap();
    let expected = Err(OptimizerError::Paused { id: 0 });
    assert_eq!(search.check_pending(0), expected);
    assert_eq!(search.tell(0, Tell::value(0.0)), expected);
    assert_eq!(search.report(0, 1, &[0.0], Vec::new()), expected);
    let message = "trial 0 is paused; it takes reports and results again once ask() hands it out";
    assert_eq!(refusal(search.check_pending(0)), message);
    search.resume(0).unwrap();
    assert_eq!(search.check_pending(0), Ok(()));
    search.tell(0, Tell::value(0.0)).unwrap();
    assert!(refusal(search.check_pending(0)).contains("call retract(trial) first"));
    assert_eq!(search.check_pending(1), Err(OptimizerError::UnknownTrial { id: 1, known: 1 }));
}

#[test]
fn the_best_is_feasible_finite_and_the_first_of_equals() {
    let mut search = optimizer(search::cube(2), Sampler::Random);
    ask_many(&mut search, 6).unwrap();
    assert_eq!(search.best(), None);
    search.tell(0, Tell::value(f64::INFINITY)).unwrap();
    assert_eq!(search.best(), None);
    search.tell(1, constrained(-5.0, &[("memory", 0.5)])).unwrap();
    assert_eq!(search.best(), None);
    search.tell(4, constrained(1.0, &[("memory", 0.0)])).unwrap();
    search.tell(3, constrained(1.0, &[("memory", -1.0)])).unwrap();
    assert_eq!(search.best(), Some(3));
    search.tell(2, pruned(Some(-9.0))).unwrap();
    search.tell(5, Tell::value(2.0)).unwrap();
    assert_eq!(search.best(), Some(3));
}

#[test]
fn several_objectives_have_a_front_and_no_best() {
    let mut search = Optimizer::new(search::cube(2), settings(2, Sampler::Random)).unwrap();
    ask_many(&mut search, 7).unwrap();
    let results = [[1.0, 5.0], [2.0, 2.0], [3.0, 3.0], [5.0, 1.0], [2.0, 2.0], [0.0, f64::INFINITY]];
    for (id, values) in results.iter().enumerate() {
        search.tell(id as u64, several(values)).unwrap();
    }
    assert_eq!(search.pareto_front(), [0, 1, 3, 4]);
    assert_eq!((search.best(), search.recommend(&|| false).unwrap()), (None, None));
    search.tell(6, Tell { constraints: vec![("c".to_owned(), 1.0)], ..several(&[0.0, 0.0]) }).unwrap();
    assert_eq!(search.pareto_front(), [0, 1, 3, 4]);
    assert!(refusal(search.report(6, 0, &[1.0], Vec::new())).contains("already complete"));
}

#[test]
fn reports_need_a_value_for_each_objective_and_growing_steps() {
    let mut search = Optimizer::new(search::cube(2), settings(2, Sampler::Random)).unwrap();
    ask(&mut search);
    assert!(
        refusal(search.report(0, 0, &[1.0], Vec::new())).contains("1 intermediate values were reported; expected 2")
    );
    assert!(
        refusal(search.report(0, 0, &[1.0, f64::NEG_INFINITY], Vec::new())).contains("-inf of objective 1 at step 0")
    );
    let unknown = vec![("memory".to_owned(), f64::NAN)];
    assert!(refusal(search.report(0, 0, &[1.0, 2.0], unknown)).contains("constraint 'memory'"));
    assert!(search.history().curve(0).is_empty());
    let mut search = optimizer(search::cube(2), Sampler::Random);
    ask(&mut search);
    search.report(0, 5, &[1.0], Vec::new()).unwrap();
    assert!(refusal(search.report(0, 5, &[1.0], Vec::new())).contains("step 5"));
    assert!(refusal(search.report(0, 4, &[1.0], Vec::new())).contains("larger step than 5"));
}

/// A search with one batch of trials, finished in the given order with results that depend on the id only.
fn finished_in_order(order: &[u64], sampler: Sampler) -> Optimizer {
    let mut search = optimizer(search::training(), sampler);
    ask_many(&mut search, order.len()).unwrap();
    for id in order {
        let y = (*id as f64 * 0.7).fract();
        let names = if id % 2 == 0 { [("b", y - 0.5), ("c", 0.0)] } else { [("a", 0.1 - y), ("b", y)] };
        match id % 5 {
            3 => search.tell(*id, Tell::failed(None)).unwrap(),
            4 => search.tell(*id, pruned(Some(y))).unwrap(),
            _ => search.tell(*id, constrained(y, &names)).unwrap(),
        }
    }
    search
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Promise 12.
    #[test]
    fn the_order_of_independent_tells_changes_nothing(
        order in Just((0..12u64).collect::<Vec<_>>()).prop_shuffle(),
        sampler in 0..search::samplers().len(),
    ) {
        let sampler = search::samplers().swap_remove(sampler);
        let in_order: Vec<u64> = (0..12).collect();
        let (mut a, mut b) = (finished_in_order(&in_order, sampler.clone()), finished_in_order(&order, sampler));
        prop_assert_eq!(a.snapshot(b"").unwrap(), b.snapshot(b"").unwrap());
        prop_assert_eq!(ask_many(&mut a, 2), ask_many(&mut b, 2));
        prop_assert_eq!(a.snapshot(b"").unwrap(), b.snapshot(b"").unwrap());
    }

    /// The front consists of the non-dominated trials after any results, and a restored copy continues as the original.
    #[test]
    fn several_objectives_are_searched(
        results in prop::collection::vec((prop::collection::vec(0..4u8, 3), -1..2i8, any::<bool>()), 1..25)
    ) {
        let mut search = Optimizer::new(search::training(), settings(3, search::samplers().swap_remove(4))).unwrap();
        prop_assert!(search.pareto_front().is_empty());
        let mut eligible: Vec<(u64, Vec<f64>)> = Vec::new();
        for (values, constraint, fails) in results {
            let id = ask(&mut search);
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let tell = Tell { constraints: vec![("c".to_owned(), f64::from(constraint))], ..several(&values) };
            search.tell(id, if fails { Tell::failed(None) } else { tell }).unwrap();
            if !fails && constraint <= 0 {
                eligible.push((id, values));
            }
        }
        let better = |a: &[f64], b: &[f64]| a != b && a.iter().zip(b).all(|(x, y)| x <= y);
        let on_front = |b: &&(u64, Vec<f64>)| !eligible.iter().any(|a| better(&a.1, &b.1));
        let expected: Vec<u64> = eligible.iter().filter(on_front).map(|(id, _)| *id).collect();
        prop_assert_eq!(search.pareto_front(), expected);
        let mut copy = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap().0;
        prop_assert_eq!(search.pareto_front(), copy.pareto_front());
        prop_assert_eq!(ask_many(&mut search, 3), ask_many(&mut copy, 3));
        prop_assert_eq!(search.snapshot(b"").unwrap(), copy.snapshot(b"").unwrap());
    }

    /// Promise 11: the same seed gives the same asks, and a batch equals its trials asked one by one.
    #[test]
    fn the_same_seed_gives_the_same_asks(
        seed in any::<u64>(),
        space in 0..search::spaces().len(),
        sampler in 0..search::samplers().len(),
        cut in 1..5usize,
    ) {
        let (space, sampler) = (search::spaces().swap_remove(space), search::samplers().swap_remove(sampler));
        let settings = Settings { seed, ..settings(1, sampler) };
        let mut in_one_batch = Optimizer::new(space.clone(), settings.clone()).unwrap();
        let mut in_two_batches = Optimizer::new(space, settings).unwrap();
        ask_many(&mut in_one_batch, 5).unwrap();
        ask_many(&mut in_two_batches, cut).unwrap();
        (cut..5).for_each(|_| { ask(&mut in_two_batches); });
        prop_assert_eq!(in_one_batch.snapshot(b"").unwrap(), in_two_batches.snapshot(b"").unwrap());
    }
}

#[test]
fn a_panic_during_an_ask_changes_nothing() {
    let mut search = optimizer(search::cube(2), Sampler::Random);
    ask(&mut search);
    let initial = search.snapshot(b"").unwrap();
    let polls = std::cell::Cell::new(0);
    let interrupted = || {
        polls.set(polls.get() + 1);
        assert!(polls.get() < 5, "provoked");
        false
    };
    let asking = std::panic::AssertUnwindSafe(|| search.ask(9, &Pool::serial(), &interrupted));
    assert!(std::panic::catch_unwind(asking).is_err());
    assert_eq!(search.snapshot(b"").unwrap(), initial);
    assert_eq!(ask(&mut search), 1);
}

#[test]
fn a_retracted_result_has_no_effect() {
    let tpe = || Sampler::Tpe(TpeSettings { n_startup: 3, n_candidates: 8, ..TpeSettings::default() });
    let (mut plain, mut corrected) = (optimizer(search::cube(2), tpe()), optimizer(search::cube(2), tpe()));
    for trial in 0..8 {
        let value = f64::from((trial * 5 % 7) as u32);
        ask(&mut plain);
        ask(&mut corrected);
        let noisy = Tell { constraints: vec![("memory".into(), 1.0)], ..measured(-1.0, Some(0.5), &[]) };
        let wrong = if trial % 2 == 0 { noisy } else { Tell::failed(Some("crash".into())) };
        corrected.tell(trial, wrong).unwrap();
        corrected.retract(trial).unwrap();
        assert_eq!(corrected.pending(), [trial]);
        plain.tell(trial, Tell::value(value)).unwrap();
        corrected.tell(trial, Tell::value(value)).unwrap();
        assert_eq!(corrected.snapshot(b"").unwrap(), plain.snapshot(b"").unwrap());
        assert_eq!(corrected.best(), plain.best());
    }
}

#[test]
fn only_finished_trials_can_be_retracted() {
    let mut search = optimizer(search::cube(2), Sampler::Random);
    assert!(refusal(search.retract(0)).contains('0'));
    ask(&mut search);
    assert!(refusal(search.retract(0)).contains("trial 0 is pending"));
}
