//! Restoring snapshots from valid and invalid bytes (promises 13 to 15).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use crate::common::fuzzing::check_restore;
use crate::common::search::{self, choices, integer, real, with_default};
use crate::common::spaces::parameter;
use proptest::prelude::*;
use tanteo_core::history::Outcome;
use tanteo_core::numerics::crc32;
use tanteo_core::optimizer::{Evaluation, FORMAT, Note, Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::pruner::{HyperbandSettings, PatientSettings, Pruner};
use tanteo_core::sampler::{Sampler, TpeSettings};
use tanteo_core::space::{
    Accept, Clause, Condition, Configuration, Constraint, Domain, Parameter, Prior, SearchSpace, Value,
};
use tanteo_core::transfer::{Source, SourceRow};

const HEADER: usize = 22;

/// Every kind of domain, prior, condition and constraint.
fn example_space() -> SearchSpace {
    let with_prior = |parameter: Parameter, prior| Parameter { prior, ..parameter };
    let when =
        |parameter: Parameter, parent, accept| Parameter { when: vec![Condition { parent, accept }], ..parameter };
    let histogram = Prior::Histogram { edges: vec![0.0, 0.25, 1.0], masses: vec![0.75, 0.25] };
    let parameters = vec![
        with_prior(parameter("lr", Domain::real(1e-5, 1e-1, true).unwrap()), Prior::Normal { mean: 0.5, std: 0.25 }),
        with_default(integer("depth", 1, 8), Value::Level(2)),
        with_prior(choices("optimizer", 3), Prior::Weights(vec![0.5, 0.25, 0.25])),
        when(with_prior(real("momentum"), histogram), 2, Accept::Levels(vec![1, 2])),
        when(
            parameter("dropout", Domain::stepped(0.0, 0.5, 0.05).unwrap()),
            1,
            Accept::LevelRange { first: 0, last: 5 },
        ),
        when(parameter("augment", Domain::ordered(3).unwrap()), 0, Accept::RealRange { low: 1e-5, high: 1e-2 }),
        parameter("width", Domain::integer(1, 1 << 40, 1, true).unwrap()),
        integer("limit", -3, 12),
    ];
    let constraints = vec![
        Constraint::Linear { terms: vec![(1, 1.0), (7, -0.5)], lower: f64::NEG_INFINITY, upper: 8.0 },
        Constraint::Order { left: 1, right: 6, strict: false },
        Constraint::Forbid(vec![
            Clause { parameter: 1, accept: Accept::Levels(vec![0]) },
            Clause { parameter: 2, accept: Accept::Levels(vec![0]) },
        ]),
    ];
    SearchSpace::new(parameters, constraints).unwrap()
}

/// A search with all kinds of results but without notes.
fn example_without_notes() -> Optimizer {
    let sampler = Sampler::Tpe(TpeSettings { n_startup: 100, ..TpeSettings::default() });
    let mut optimizer = search::optimizer(example_space(), sampler);
    assert_eq!(search::ask_many(&mut optimizer, 6), Ok(0));
    optimizer.report(0, 1, &[0.5], Vec::new()).unwrap();
    optimizer.report(0, 3, &[f64::NAN], Vec::new()).unwrap();
    optimizer.tell(0, search::constrained(0.25, &[("memory", -1.0), ("latency", 2.0)])).unwrap();
    optimizer.tell(1, search::measured(0.5, Some(0.125), &[0.25, 0.75])).unwrap();
    optimizer.tell(2, Tell::failed(Some("out of memory".to_owned()))).unwrap();
    optimizer.report(3, 2, &[0.75], Vec::new()).unwrap();
    optimizer.tell(3, search::pruned(None)).unwrap();
    optimizer.tell(4, Tell { cost: Some(60.0), ..Tell::value(f64::INFINITY) }).unwrap();
    let level = |k| Some(Value::Level(k));
    let observed = vec![Some(Value::Real(0.1)), level(7), level(0), None, None, None, level(1 << 39), level(3)];
    optimizer.observe(&Configuration(observed), Tell::value(0.125)).unwrap();
    let mut queued = vec![None; 8];
    queued[1] = level(5);
    optimizer.enqueue(queued).unwrap();
    optimizer
}

/// A search with all kinds of results and notes.
fn example_with_notes() -> Optimizer {
    let mut optimizer = example_without_notes();
    optimizer.set_evaluation(2, example_evaluation()).unwrap();
    optimizer.report(5, 4, &[0.5], vec![("memory".to_owned(), -0.5), ("latency".to_owned(), 1.0)]).unwrap();
    optimizer.set_attribute(5, "epochs".to_owned(), "12".to_owned()).unwrap();
    optimizer.set_attribute(5, "branch".to_owned(), "\"main\"".to_owned()).unwrap();
    optimizer
}

fn example_evaluation() -> Evaluation {
    Evaluation { started: Some(1.5e9), finished: Some(1.5e9 + 0.25), traceback: Some("line 3".to_owned()) }
}

fn message(bytes: &[u8]) -> String {
    match Optimizer::restore(bytes) {
        Err(OptimizerError::Snapshot(message)) => message,
        other => panic!("expected a snapshot error, found {other:?}"),
    }
}

/// A snapshot of the payload with a matching checksum.
fn sealed(payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"TANTEO\0\0".to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend((payload.len() as u64).to_le_bytes());
    bytes.extend((crc32(payload) ^ u32::from(FORMAT)).to_le_bytes());
    bytes.extend(payload);
    bytes
}

#[test]
fn a_restored_copy_continues_as_the_original() {
    let mut original = example_with_notes();
    let bytes = original.snapshot(b"{\"labels\": 1}").unwrap();
    assert_eq!(bytes, original.snapshot(b"{\"labels\": 1}").unwrap());
    let (mut copy, labels) = Optimizer::restore(&bytes).unwrap();
    assert_eq!(labels, b"{\"labels\": 1}");
    assert_eq!(
        (copy.best(), copy.recommend(&|| false).unwrap(), copy.pending()),
        (original.best(), original.recommend(&|| false).unwrap(), original.pending())
    );
    for _ in 0..5 {
        let id = search::ask(&mut original);
        assert_eq!(search::ask(&mut copy), id);
        assert_eq!(copy.configuration(id), original.configuration(id));
        original.tell(id, Tell::value(0.5)).unwrap();
        copy.tell(id, Tell::value(0.5)).unwrap();
    }
    assert_eq!(copy.snapshot(b"").unwrap(), original.snapshot(b"").unwrap());
}

/// A third of 2.1 is not 0.7 in floats, so the equation of one constraint differs from that of the other.
#[test]
fn constraints_are_saved_as_they_were_declared() {
    let sum = |weight, lower, upper| Constraint::Linear { terms: vec![(0, weight), (1, weight)], lower, upper };
    let declared = vec![sum(3.0, 2.1, f64::INFINITY), sum(1.0, f64::NEG_INFINITY, 0.7)];
    let space = SearchSpace::new(vec![real("x"), real("y")], declared.clone()).unwrap();
    assert_ne!(space.constraints(), declared);
    let bytes = search::optimizer(space.clone(), Sampler::Random).snapshot(b"").unwrap();
    let (restored, _) = Optimizer::restore(&bytes).unwrap();
    assert_eq!((restored.space(), restored.space().declared()), (&space, &declared[..]));
    assert_eq!(restored.snapshot(b"").unwrap(), bytes);
}

#[test]
fn notes_are_saved_and_change_no_suggestion() {
    let (noted, _) = Optimizer::restore(&example_with_notes().snapshot(b"").unwrap()).unwrap();
    let attributes = vec![("branch".to_owned(), "\"main\"".to_owned()), ("epochs".to_owned(), "12".to_owned())];
    let notes = [
        (2, Note { evaluation: example_evaluation(), attributes: Vec::new() }),
        (5, Note { evaluation: Evaluation::default(), attributes }),
    ];
    assert_eq!(noted.notes(), &notes.into());
    let (mut noted, mut plain) = (noted, example_without_notes());
    assert!(plain.notes().is_empty());
    for _ in 0..4 {
        let (left, right) = (search::ask(&mut noted), search::ask(&mut plain));
        assert_eq!(noted.configuration(left), plain.configuration(right));
    }
}

#[test]
fn retracting_removes_the_evaluation_and_keeps_the_attributes() {
    let mut optimizer = example_with_notes();
    optimizer.set_attribute(2, "epochs".to_owned(), "1".to_owned()).unwrap();
    optimizer.retract(2).unwrap();
    assert_eq!(optimizer.notes()[&2].evaluation, Evaluation::default());
    assert_eq!(optimizer.notes()[&2].attributes.len(), 1);
    optimizer.set_evaluation(1, example_evaluation()).unwrap();
    optimizer.retract(1).unwrap();
    assert!(!optimizer.notes().contains_key(&1));
}

#[test]
fn impossible_notes_are_refused() {
    let mut optimizer = example_with_notes();
    let never = Evaluation { started: Some(f64::NAN), ..Evaluation::default() };
    assert!(matches!(optimizer.set_evaluation(2, never), Err(OptimizerError::Argument(_))));
    assert!(matches!(optimizer.set_evaluation(99, example_evaluation()), Err(OptimizerError::UnknownTrial { .. })));
    let unknown = optimizer.set_attribute(99, "a".to_owned(), String::new());
    assert!(matches!(unknown, Err(OptimizerError::UnknownTrial { .. })));
    assert_eq!(optimizer.snapshot(b"").unwrap(), example_with_notes().snapshot(b"").unwrap());
    let mut payload = example_with_notes().snapshot(b"").unwrap()[HEADER..].to_vec();
    let name = payload.windows(6).position(|window| window == b"branch").unwrap();
    payload[name] = b'z';
    assert!(message(&sealed(&payload)).contains("impossible notes of trial 5"));
}

#[test]
fn truncation_anywhere_is_an_error_that_names_the_offset() {
    let bytes = example_with_notes().snapshot(b"labels").unwrap();
    for end in 0..bytes.len() {
        assert!(message(&bytes[..end]).contains(&format!("byte {end}")), "{}", message(&bytes[..end]));
    }
}

#[test]
fn any_flipped_bit_is_an_error() {
    let bytes = example_with_notes().snapshot(b"labels").unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        message(&damaged);
    }
}

#[test]
fn an_unknown_format_is_refused_by_name() {
    let mut bytes = example_with_notes().snapshot(b"").unwrap();
    for (format, hint) in [(0, "damaged"), (FORMAT + 1, "later version"), (u16::MAX, "later version")] {
        bytes[8..10].copy_from_slice(&format.to_le_bytes());
        let message = message(&bytes);
        assert!(message.contains(&format!("has format {format};")) && message.contains(hint), "{message}");
    }
}

#[test]
fn other_files_are_refused_as_not_a_snapshot() {
    assert!(message(b"PK\x03\x04 something else").contains("not a snapshot"));
    let mut longer = example_with_notes().snapshot(b"").unwrap();
    let end = longer.len();
    longer.push(0);
    assert!(message(&longer).contains(&format!("its end at byte {end}")));
    assert!(message(&sealed(&[])).contains("cannot be decoded"));
}

#[test]
fn a_length_prefix_alone_reserves_nothing() {
    // The number of parameters, as a varint: 2^63.
    let huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    assert!(message(&sealed(&huge)).contains("cannot be decoded"));
    let payload = example_with_notes().snapshot(b"").unwrap()[HEADER..].to_vec();
    for place in 0..payload.len() {
        let mut crafted = payload.clone();
        crafted.splice(place..=place, huge);
        check_restore(&sealed(&crafted));
    }
}

#[test]
fn a_crafted_payload_never_panics() {
    let payload = example_with_notes().snapshot(b"labels").unwrap()[HEADER..].to_vec();
    for place in 0..payload.len() {
        for byte in [0x00, 0x01, 0x02, 0x7f, 0x80, 0xff, payload[place].wrapping_add(1)] {
            let mut crafted = payload.clone();
            crafted[place] = byte;
            check_restore(&sealed(&crafted));
        }
        check_restore(&sealed(&payload[..place]));
    }
}

proptest! {
    #[test]
    fn garbage_is_an_error(garbage in prop::collection::vec(any::<u8>(), 0..400)) {
        message(&sealed(&garbage));
        prop_assert!(Optimizer::restore(&garbage).is_err());
    }
}

/// The file of the first release of this format. It is never rewritten: the reader may change, but not the bytes.
const V1: &[u8] = include_bytes!("snapshots/v1.tanteo");

fn restore_example(bytes: &[u8]) -> Optimizer {
    let (mut optimizer, labels) = Optimizer::restore(bytes).unwrap();
    assert_eq!(labels, b"labels");
    assert_eq!(optimizer.history().len(), 7);
    assert_eq!(optimizer.best(), Some(6));
    assert_eq!(optimizer.pending(), [5]);
    assert_eq!(optimizer.history().reason(2), Some("out of memory"));
    assert_eq!(optimizer.history().constraint_names(), ["latency", "memory"]);
    assert_eq!(search::ask(&mut optimizer), 7);
    assert_eq!(optimizer.configuration(7).unwrap().0[1], Some(Value::Level(5)));
    optimizer
}

#[test]
fn format_1_stays_readable() {
    let optimizer = restore_example(V1);
    assert_eq!(optimizer.notes()[&2].evaluation, example_evaluation());
    assert_eq!(optimizer.notes()[&5].attributes[1], ("epochs".to_owned(), "12".to_owned()));
    assert_eq!(optimizer.settings().pruner, Pruner::Auto);
    assert!(optimizer.earlier().sources().is_empty());
}

/// Three trials of an earlier search of two numbers.
fn source() -> Source {
    let known = |x: f64, loss| SourceRow { values: vec![Some(Value::Real(x)), None], loss, is_eligible: true };
    Source { rows: vec![known(0.25, 1.0), known(0.5, 0.0), known(0.75, 2.0)] }
}

#[test]
fn earlier_searches_are_saved() {
    let mut optimizer = Optimizer::new(search::cube(2), search::settings(Sampler::Random)).unwrap();
    optimizer.learn_from(vec![source()]).unwrap();
    let (restored, _) = Optimizer::restore(&optimizer.snapshot(b"").unwrap()).unwrap();
    assert_eq!(restored.earlier().sources(), [source()]);
}

#[test]
fn earlier_searches_of_another_space_or_for_several_objectives_are_refused() {
    let mut optimizer = Optimizer::new(search::cube(3), search::settings(Sampler::Random)).unwrap();
    assert!(optimizer.learn_from(vec![source()]).is_err());
    let mut two = Settings::new(vec![false, false], Sampler::Random, 1);
    two.deduplicate = true;
    let mut optimizer = Optimizer::new(search::cube(2), two).unwrap();
    assert!(optimizer.learn_from(vec![source()]).is_err());
}

#[test]
fn folds_are_saved() {
    let mut optimizer = search::optimizer(search::cube(2), Sampler::Random);
    let trial = search::ask(&mut optimizer);
    optimizer.report_fold(trial, 4, 1.0).unwrap();
    optimizer.report_fold(trial, 0, f64::NAN).unwrap();
    let bytes = optimizer.snapshot(b"").unwrap();
    let (restored, _) = Optimizer::restore(&bytes).unwrap();
    assert_eq!(restored.history().folds(trial)[0], (4, 1.0));
    assert_eq!(restored.history().folds(trial).len(), 2);
    assert_eq!(restored.snapshot(b"").unwrap(), bytes);
}

#[test]
fn a_pruner_is_saved() {
    let hyperband = HyperbandSettings { min_resource: 2, max_resource: Some(81), ..HyperbandSettings::default() };
    let patient =
        PatientSettings { within: Some(Box::new(Pruner::Hyperband(hyperband))), patience: 4, min_delta: 0.25 };
    let settings = Settings { pruner: Pruner::Patient(patient), ..search::settings(Sampler::Random) };
    let optimizer = Optimizer::new(search::cube(2), settings.clone()).unwrap();
    let (restored, _) = Optimizer::restore(&optimizer.snapshot(b"").unwrap()).unwrap();
    assert_eq!(*restored.settings(), settings);
}

/// A search with two objectives in which one trial is paused and another was resumed.
fn example_with_pauses() -> Optimizer {
    let settings = Settings { pausing: true, maximize: vec![false, true], ..search::settings(Sampler::Random) };
    let mut optimizer = Optimizer::new(search::cube(2), settings).unwrap();
    search::ask_many(&mut optimizer, 3).unwrap();
    for trial in [0, 1] {
        optimizer.report(trial, 2, &[0.5, -0.25], vec![("memory".to_owned(), 1.0)]).unwrap();
        optimizer.report(trial, 3, &[0.25, f64::NAN], Vec::new()).unwrap();
        let outcome = Outcome::Pruned { measurements: None, reason: Some("rank 2 of 2".to_owned()), paused: true };
        optimizer.tell(trial, Tell { outcome, constraints: Vec::new(), cost: Some(1.0) }).unwrap();
    }
    optimizer.resume(1).unwrap();
    optimizer
}

#[test]
fn reports_and_pauses_are_saved() {
    let bytes = example_with_pauses().snapshot(b"").unwrap();
    let (restored, _) = Optimizer::restore(&bytes).unwrap();
    assert_eq!(restored.snapshot(b"").unwrap(), bytes);
    let history = restored.history();
    assert!(restored.settings().pausing);
    assert_eq!((history.is_paused(0), history.resumes_from(1)), (true, Some(3)));
    assert_eq!(history.report_at(0, 0), [0.5, -0.25]);
    assert_eq!(history.reported_broken(0, 9), ["memory"]);
    assert_eq!((history.reason(0), history.reason(1)), (Some("rank 2 of 2"), None));
}

#[test]
fn crafted_pauses_and_folds_never_panic() {
    for search in [example_with_pauses(), example_with_folds()] {
        let payload = search.snapshot(b"").unwrap()[HEADER..].to_vec();
        for place in 0..payload.len() {
            for byte in [0x00, 0x01, 0x02, 0x7f, 0x80, 0xff, payload[place].wrapping_add(1)] {
                let mut crafted = payload.clone();
                crafted[place] = byte;
                check_restore(&sealed(&crafted));
            }
        }
    }
}

/// A search that learns from an earlier one, with a pending and a finished trial that reported folds.
fn example_with_folds() -> Optimizer {
    let mut optimizer = search::optimizer(search::cube(2), Sampler::Random);
    optimizer.learn_from(vec![source()]).unwrap();
    search::ask_many(&mut optimizer, 2).unwrap();
    for (trial, fold, value) in [(0, 4, 1.0), (0, 0, f64::NAN), (1, 0, 0.5), (1, 4, 0.25)] {
        optimizer.report_fold(trial, fold, value).unwrap();
    }
    optimizer.tell(1, Tell::value(0.375)).unwrap();
    optimizer
}

#[test]
fn a_budget_is_saved() {
    let settings = Settings { budget: Some(2.5), ..search::settings(Sampler::Random) };
    let optimizer = Optimizer::new(search::cube(2), settings).unwrap();
    let stored = optimizer.snapshot(b"").unwrap();
    let (restored, _) = Optimizer::restore(&stored).unwrap();
    assert_eq!(restored.settings().budget, Some(2.5));
    // Minus infinity is not a valid budget.
    let mut payload = stored[HEADER..].to_vec();
    let place = payload.windows(8).position(|bytes| bytes == 2.5_f64.to_le_bytes()).unwrap();
    payload[place..place + 8].copy_from_slice(&f64::NEG_INFINITY.to_le_bytes());
    assert!(message(&sealed(&payload)).contains("budget must be"), "{}", message(&sealed(&payload)));
}

/// Writes the file of the current format; run once at its release.
#[test]
#[expect(clippy::disallowed_methods, reason = "the one file this crate ever writes is its own golden file")]
#[ignore = "writes the golden file; run only for the release of a new format"]
fn write_the_golden_file() {
    let file = format!("{}/tests/snapshots/v{FORMAT}.tanteo", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(file, example_with_notes().snapshot(b"labels").unwrap()).unwrap();
}
