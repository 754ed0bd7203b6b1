//! The property of `Scratch`: state kept between suggestions does not change them, with one and with several objectives.

use proptest::prelude::*;
use tanteo_core::history::{Measurement, Outcome};
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{Optimizer, Settings, Tell};
use tanteo_core::sampler::{Context, Sampler, Scratch, SharedRule, Suggestion};

use super::{ask, motley, tpe};

/// Values of up to three objectives, of which a search takes the first ones.
type Values = [f64; 3];

/// One event of a search; numbers select one of the pending trials.
#[derive(Clone, Debug)]
enum Event {
    Ask,
    Tell(usize, Values),
    Fail(usize),
    Prune(usize, u64, Values),
    Break(usize, Values),
    Report(usize, u64, Values),
    /// Repeats the configuration of an earlier trial.
    Observe(usize, Values),
    /// Retracts a result, so that the trial may be told again.
    Retract(usize),
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -1.0..1.0, 1 => (0..4u8).prop_map(f64::from), 1 => Just(f64::INFINITY), 1 => Just(-1e308)]
}

fn event() -> impl Strategy<Value = Event> {
    let (which, values) = (0..8usize, || prop::array::uniform3(value()));
    prop_oneof![
        6 => Just(Event::Ask),
        5 => (which.clone(), values()).prop_map(|(i, y)| Event::Tell(i, y)),
        1 => which.clone().prop_map(Event::Fail),
        1 => (which.clone(), 0..5u64, values()).prop_map(|(i, s, y)| Event::Prune(i, s, y)),
        1 => (which.clone(), values()).prop_map(|(i, y)| Event::Break(i, y)),
        1 => (which.clone(), 0..5u64, values()).prop_map(|(i, s, y)| Event::Report(i, s, y)),
        1 => (which.clone(), values()).prop_map(|(i, y)| Event::Observe(i, y)),
        1 => which.prop_map(Event::Retract),
    ]
}

fn happen(optimizer: &mut Optimizer, event: &Event) {
    let (pending, n_objectives) = (optimizer.pending(), optimizer.history().n_objectives());
    let measured = |value: &f64| Measurement { value: *value, sem: None, replicates: Vec::new() };
    let complete = |values: Values| Outcome::Complete(values[..n_objectives].iter().map(measured).collect());
    let chosen = |i: usize| pending.get(i % pending.len().max(1)).copied();
    let tell = |outcome, broken: Option<(usize, f64)>| Tell {
        outcome,
        constraints: broken.map(|(k, v)| (["memory", "time", "size"][k % 3].to_owned(), v)).into_iter().collect(),
        cost: None,
    };
    match *event {
        Event::Ask => {
            ask(optimizer);
        }
        Event::Tell(i, y) => {
            if let Some(t) = chosen(i) {
                optimizer.tell(t, tell(complete(y), None)).unwrap();
            }
        }
        Event::Fail(i) => {
            if let Some(t) = chosen(i) {
                optimizer.tell(t, Tell::failed(None)).unwrap();
            }
        }
        Event::Prune(i, step, y) => {
            if let Some(t) = chosen(i) {
                // Refused if a later step has been reported; the trial is then pruned at that step.
                let _ = optimizer.report(t, step, &y[..n_objectives], Vec::new());
                optimizer
                    .tell(t, tell(Outcome::Pruned { measurements: None, reason: None, paused: false }, None))
                    .unwrap();
            }
        }
        Event::Break(i, y) => {
            if let Some(t) = chosen(i) {
                let violation = if y[0].is_finite() { y[0].abs().min(9.0) } else { y[0] };
                optimizer.tell(t, tell(complete(y), Some((i, violation)))).unwrap();
            }
        }
        Event::Report(i, step, y) => {
            let _ = chosen(i).map(|t| optimizer.report(t, step, &y[..n_objectives], Vec::new()));
        }
        Event::Observe(i, y) => {
            if let Some(row) = optimizer.history().len().checked_sub(1 + i) {
                let configuration = optimizer.configuration(row as u64).unwrap();
                optimizer.observe(&configuration, tell(complete(y), None)).unwrap();
            }
        }
        Event::Retract(i) => {
            if let Some(row) = optimizer.history().len().checked_sub(1 + i) {
                // Refused if the trial is pending.
                let _ = optimizer.retract(row as u64);
            }
        }
    }
}

fn suggest(optimizer: &Optimizer, sampler: &Sampler, scratch: &mut Scratch) -> Suggestion {
    let context = Context {
        space: optimizer.space(),
        history: optimizer.history().view(),
        earlier: optimizer.earlier(),
        seed: 3,
        trial: optimizer.history().len() as u64,
        attempt: 0,
        cost: None,
        max_violation: None,
        thresholds: &[],
        rule: &SharedRule::default(),
        pool: &Pool::serial(),
        interrupted: &|| false,
    };
    sampler.suggest(&context, scratch).unwrap()
}

/// For each trial that has ended, whether it is feasible.
fn results(optimizer: &Optimizer) -> Vec<Option<bool>> {
    let history = optimizer.history();
    let result = |row: usize| history.states()[row].counts().then(|| history.is_feasible(row));
    (0..history.len()).map(result).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_dropped_scratch_changes_no_suggestion(
        n_objectives in 1..4usize, events in prop::collection::vec(event(), 60..140)
    ) {
        let mut optimizer = Optimizer::new(motley(), Settings::new(vec![false; n_objectives], tpe(), 5)).unwrap();
        let mut kept = Scratch::default();
        for event in &events {
            let before = results(&optimizer);
            happen(&mut optimizer, event);
            let after = results(&optimizer);
            let is_changed = before.iter().zip(&after).any(|(before, after)| before.is_some() && before != after);
            if matches!(event, Event::Retract(_)) || is_changed {
                // Results do not change otherwise. The optimizer also drops the scratch after a retraction, and if a
                // trial shows that earlier ones lack a constraint.
                kept = Scratch::default();
            }
            let expected = suggest(&optimizer, &tpe(), &mut Scratch::default());
            prop_assert_eq!(suggest(&optimizer, &tpe(), &mut kept), expected);
        }
    }
}
