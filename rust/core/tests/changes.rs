//! Excluded trials, and changes of the space during a search.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::search::{self, ask, ask_many, optimizer, real};
use tanteo_core::history::TrialState;
use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::{GpAcquisition, GpSettings, Sampler};
use tanteo_core::space::{Configuration, SearchSpace, Value};

fn samplers() -> Vec<Sampler> {
    let mut samplers = search::quick_samplers(9);
    samplers.push(Sampler::Gp(GpSettings { n_startup: 3, acquisition: GpAcquisition::LogEi }));
    samplers
}

/// A search with twelve finished trials of two numbers.
fn optimizer_with_results(sampler: Sampler, result: impl Fn(u64) -> Tell) -> Optimizer {
    let mut search = optimizer(search::cube(2), sampler);
    assert_eq!(ask_many(&mut search, 12), Ok(0));
    (0..12).for_each(|trial| search.tell(trial, result(trial)).unwrap());
    search
}

fn loss(trial: u64) -> Tell {
    Tell::value((trial as f64 * 0.7) % 1.0)
}

#[test]
fn results_of_an_excluded_trial_change_no_suggestion() {
    for sampler in samplers() {
        let with = |odd: Tell| {
            let mut search =
                optimizer_with_results(sampler.clone(), |trial| if trial == 5 { odd.clone() } else { loss(trial) });
            search.exclude(5).unwrap();
            let next = ask(&mut search);
            (search.configuration(next).unwrap(), search.best())
        };
        let good = with(Tell::value(-1e6));
        assert_eq!(with(Tell::value(1e6)), good, "{sampler:?}");
        assert_eq!(with(Tell::failed(None)), good, "{sampler:?}");
        assert_eq!(with(search::pruned(Some(0.0))), good, "{sampler:?}");
    }
}

#[test]
fn an_included_trial_counts_as_before_its_exclusion() {
    for sampler in samplers() {
        let (mut changed, mut plain) =
            (optimizer_with_results(sampler.clone(), loss), optimizer_with_results(sampler.clone(), loss));
        let best = changed.best().unwrap();
        changed.exclude(best).unwrap();
        changed.exclude(best).unwrap();
        assert_ne!(changed.best(), Some(best));
        assert_eq!(changed.history().states()[best as usize].name(), "complete");
        let (restored, _) = Optimizer::restore(&changed.snapshot(&[]).unwrap()).unwrap();
        assert_eq!(restored.snapshot(&[]).unwrap(), changed.snapshot(&[]).unwrap());
        assert_eq!(restored.history().n_finished(), 11);
        changed.include(best).unwrap();
        assert_eq!(ask(&mut changed), ask(&mut plain));
        assert_eq!(changed.snapshot(&[]).unwrap(), plain.snapshot(&[]).unwrap(), "{sampler:?}");
    }
}

#[test]
fn an_excluded_failure_is_ignored() {
    let mut search =
        optimizer_with_results(Sampler::Random, |trial| if trial == 0 { Tell::failed(None) } else { loss(trial) });
    search.exclude(0).unwrap();
    assert_eq!((search.history().latest_failed().count(), search.history().n_finished()), (0, 11));
    search.retract(0).unwrap();
    assert_eq!(search.history().states()[0], TrialState::Pending);
    search.tell(0, Tell::failed(None)).unwrap();
    assert_eq!((search.history().latest_failed().count(), search.history().n_finished()), (1, 12));
}

#[test]
fn a_pending_trial_cannot_be_excluded() {
    let mut search = optimizer(search::cube(1), Sampler::Random);
    ask(&mut search);
    assert!(search.exclude(0).unwrap_err().to_string().contains("pending"));
    assert!(search.exclude(7).unwrap_err().to_string().contains("unknown"));
}

#[test]
fn a_search_continues_in_another_space() {
    for sampler in samplers() {
        let mut search = optimizer_with_results(sampler.clone(), loss);
        ask(&mut search);
        let space = SearchSpace::new(vec![real("x0"), real("x1"), real("new")], Vec::new()).unwrap();
        let widened = |trial: u64| {
            let mut values = search.configuration(trial).unwrap().0;
            values.push(Some(Value::Real(0.5)));
            (trial != 3).then_some(Configuration(values))
        };
        let rows: Vec<_> = (0..13).map(widened).collect();
        let mut other = search.respaced(space.clone(), &rows).unwrap();
        assert_eq!(other.pending(), [12]);
        assert_eq!(other.history().n_finished(), 11);
        assert_eq!(other.history().values(0)[..12], search.history().values(0)[..12]);
        assert!(other.include(3).unwrap_err().to_string().contains("does not fit"));
        assert!(other.retract(3).unwrap_err().to_string().contains("does not fit"));
        let complete: Vec<_> = (0..13).map(|trial| Some(search.configuration(trial).unwrap())).collect();
        assert_eq!(other.respaced(search::cube(2), &complete).unwrap().history().n_finished(), 12, "it fits again");
        let mut without = other.clone();
        without.exclude(3).unwrap();
        assert_eq!(without.history().n_finished(), 11);
        assert_eq!(without.respaced(search::cube(2), &complete).unwrap().history().n_finished(), 11, "it is excluded");
        let (mut restored, _) = Optimizer::restore(&other.snapshot(&[]).unwrap()).unwrap();
        let next = ask(&mut other);
        assert_eq!(next, 13);
        assert_eq!(other.configuration(next).unwrap().0.len(), 3);
        assert_eq!(ask(&mut restored), next);
        assert_eq!(restored.configuration(next), other.configuration(next), "{sampler:?}");
    }
}

#[test]
fn invalid_rows_are_refused() {
    let mut search = optimizer_with_results(Sampler::Random, loss);
    ask(&mut search);
    let outside = Some(Configuration(vec![Some(Value::Real(2.0)), Some(Value::Real(0.5))]));
    let inside = Some(Configuration(vec![Some(Value::Real(0.5)), Some(Value::Real(0.5))]));
    let mut rows = vec![inside; 13];
    assert!(search.respaced(search::cube(2), &rows[1..]).unwrap_err().to_string().contains("12 configurations"));
    assert!(search.respaced(search::cube(3), &rows).unwrap_err().to_string().contains("expected 3"));
    rows[4] = outside;
    assert!(search.respaced(search::cube(2), &rows).unwrap_err().to_string().contains("x0"));
    rows[4] = None;
    rows[12] = None;
    assert!(search.respaced(search::cube(2), &rows).unwrap_err().to_string().contains("trial 12 is pending"));
}
