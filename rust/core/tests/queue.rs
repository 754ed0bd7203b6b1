//! Queued points and the defaults, which come before the points of the sampler.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::common::search::{self, ask, ask_many, integer, optimizer, real, refusal, with_default};
use tanteo_core::history::Origin;
use tanteo_core::numerics::{Pool, Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, Settings, Tell};
use tanteo_core::sampler::Sampler;
use tanteo_core::space::{Accept, Clause, Constraint, SearchSpace, Value};

#[test]
fn queued_points_come_first_then_the_defaults_then_the_sampler() {
    let mut search = optimizer(search::training(), Sampler::Random);
    search.enqueue(vec![None, Some(Value::Level(6)), None, None]).unwrap();
    assert!(search.next_is_given(&|| false).unwrap());
    assert_eq!(ask_many(&mut search, 3), Ok(0));
    assert_eq!(search.history().origins(), [Origin::Enqueued, Origin::Default, Origin::Random]);
    assert_eq!(search.configuration(0).unwrap().0[1], Some(Value::Level(6)));
    assert_eq!(Some(search.configuration(1).unwrap()), search.space().default_configuration());
    assert!(!search.next_is_given(&|| false).unwrap());
}

/// A log-scaled float with a default, an integer and a choice without defaults, and a child of one level with a
/// default.
fn space_with_incomplete_defaults() -> SearchSpace {
    let mut parameters = search::training().parameters().to_vec();
    parameters[1].default = None;
    parameters[2].default = None;
    SearchSpace::new(parameters, Vec::new()).unwrap()
}

#[test]
fn incomplete_defaults_are_suggested_once_and_completed_at_random() {
    let rests: BTreeSet<_> = (0..20)
        .map(|seed| {
            let settings = Settings { seed, ..search::settings(Sampler::Random) };
            let mut search = Optimizer::new(space_with_incomplete_defaults(), settings).unwrap();
            assert!(search.next_is_given(&|| false).unwrap());
            ask_many(&mut search, 2).unwrap();
            assert_eq!(search.history().origins(), [Origin::Default, Origin::Random]);
            let first = search.configuration(0).unwrap().0;
            assert_eq!(first[0], Some(Value::Real(1e-3)));
            assert!(first[3].is_none_or(|momentum| momentum == Value::Real(0.9)));
            format!("{:?}", &first[1..])
        })
        .collect();
    assert!(rests.len() > 8, "the depth, the optimizer and its momentum are drawn: {rests:?}");
}

#[test]
fn completed_defaults_satisfy_the_constraints() {
    let parameters = vec![with_default(real("a"), Value::Real(0.5)), real("b"), real("c")];
    let equation = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], lower: 1.0, upper: 1.0 };
    let space = SearchSpace::new(parameters, vec![equation]).unwrap();
    let mut search = optimizer(space.clone(), Sampler::Random);
    ask(&mut search);
    let first = search.configuration(0).unwrap();
    assert_eq!(first.0[0], Some(Value::Real(0.5)));
    assert!(space.satisfies(&first));
}

#[test]
fn an_interrupted_ask_suggests_the_incomplete_defaults_again() {
    let mut search = optimizer(space_with_incomplete_defaults(), Sampler::Random);
    let calls = Cell::new(0);
    let third = || calls.replace(calls.get() + 1) >= 2;
    assert!(search.ask(3, &Pool::serial(), &third).is_err());
    ask(&mut search);
    assert_eq!(search.history().origins(), [Origin::Default]);
}

#[test]
fn a_queued_child_determines_its_parent() {
    let mut search = optimizer(search::training(), Sampler::Random);
    for _ in 0..20 {
        search.enqueue(vec![None, None, None, Some(Value::Real(0.5))]).unwrap();
    }
    ask_many(&mut search, 20).unwrap();
    assert!(
        (0..20).all(|id| search.configuration(id).unwrap().0[2..] == [Some(Value::Level(1)), Some(Value::Real(0.5))])
    );
    let message = refusal(search.enqueue(vec![None, None, Some(Value::Level(0)), Some(Value::Real(0.5))]));
    assert!(message.contains("momentum"), "{message}");
    let message = refusal(search.enqueue(vec![None, Some(Value::Level(8)), None, None]));
    assert!(message.contains("depth"), "{message}");
}

#[test]
fn an_infeasible_point_cannot_be_enqueued() {
    let mut search = optimizer(search::ordered_pairs(), Sampler::Random);
    assert!(search.enqueue(vec![Some(Value::Level(5)), None]).is_err());
    assert!(search.enqueue(vec![Some(Value::Level(3)), Some(Value::Level(2))]).is_err());
    assert_eq!(search.queue().len(), 0);
    search.enqueue(vec![Some(Value::Level(4)), None]).unwrap();
    ask(&mut search);
    assert_eq!(search.configuration(0).unwrap().0, [Some(Value::Level(4)), Some(Value::Level(5))]);
}

#[test]
fn a_check_of_a_point_gives_the_error_of_enqueue_and_queues_nothing() {
    let mut search = optimizer(search::ordered_pairs(), Sampler::Random);
    let level = |a: u64, b: Option<u64>| vec![Some(Value::Level(a)), b.map(Value::Level)];
    for point in [level(5, None), level(3, Some(2)), level(99, None), Vec::new()] {
        for n_before in [0, 1, 7] {
            let message = refusal(search.check_enqueue(&point, n_before));
            assert_eq!(message, refusal(search.enqueue(point.clone())), "{point:?}");
        }
    }
    assert!(search.check_enqueue(&level(4, None), 0).unwrap());
    assert_eq!(search.queue().len(), 0);
}

/// A float and `n` bits. Every constraint forbids one combination of three bits, chosen at random among those that leave
/// the configuration without a set bit feasible. Few others are feasible, and a bounded search often finds none.
fn space_that_is_hard_to_complete(n: u64) -> SearchSpace {
    let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
    let triples = std::iter::repeat_with(|| [(); 3].map(|()| stream.below_or_equal(n - 1)))
        .filter(|t| t[0] < t[1] && t[1] < t[2]);
    let constraints = triples.zip((1..8).cycle()).take(6 * n as usize).map(|(triple, bits)| {
        let clause =
            |k: usize| Clause { parameter: 1 + triple[k] as usize, accept: Accept::Levels(vec![bits >> k & 1]) };
        Constraint::Forbid((0..3).map(clause).collect())
    });
    let parameters = (0..=n).map(|i| if i == 0 { real("x") } else { integer(&format!("bit{i}"), 0, 1) });
    SearchSpace::new(parameters.collect(), constraints.collect()).unwrap()
}

#[test]
fn a_check_of_a_point_completes_it_as_the_trial_that_it_will_be() {
    let n = 28;
    let space = space_that_is_hard_to_complete(n);
    let mut open = vec![None; 1 + n as usize];
    open[0] = Some(Value::Real(0.5));
    let solution = [&open[..1], &vec![Some(Value::Level(0)); n as usize]].concat();
    let search = optimizer(space.clone(), Sampler::Random);
    let completed: BTreeSet<_> = (0..5)
        .map(|n_before| {
            let mut queue = optimizer(space.clone(), Sampler::Random);
            for _ in 0..n_before {
                queue.enqueue(solution.clone()).unwrap();
            }
            let checked = search.check_enqueue(&open, n_before).map(drop);
            assert_eq!(checked, queue.enqueue(open.clone()), "after {n_before} points");
            checked.is_ok()
        })
        .collect();
    assert_eq!(completed.len(), 2, "the outcome depends on the position: {completed:?}");
}

#[test]
fn a_tried_configuration_may_be_enqueued() {
    let mut search = optimizer(search::eleven(), Sampler::Random);
    for _ in 0..2 {
        search.enqueue(vec![Some(Value::Level(1)), None, None]).unwrap();
    }
    ask_many(&mut search, 2).unwrap();
    assert_eq!(search.configuration(0), search.configuration(1));
}

#[test]
fn observed_defaults_are_not_suggested_again() {
    let mut search = optimizer(search::training(), Sampler::Random);
    let defaults = search.space().default_configuration().unwrap();
    search.observe(&defaults, Tell::value(1.0)).unwrap();
    assert!(!search.next_is_given(&|| false).unwrap());
    assert_eq!(ask(&mut search), 1);
    assert_eq!(search.history().origins()[1], Origin::Random);
}
