//! Replays the corpus of the fuzzers in `fuzz/` and a bounded number of mutations of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common::fuzzing;
use crate::common::spaces::{Wanted, spaces};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The files of a corpus in order of their names.
#[expect(clippy::disallowed_methods, reason = "the corpus is a folder of files; the core itself reads none")]
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "the corpus of {target} is empty");
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A change of a few bytes, the most frequent kind of mutation of a fuzzer.
#[derive(Clone, Debug)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Truncate(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    let byte = || prop_oneof![Just(0x00), Just(0x01), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()];
    prop_oneof![
        6 => (place(), byte()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (place(), prop::collection::vec(byte(), 1..10)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        2 => (place(), 1..9usize).prop_map(|(at, n)| Mutation::Remove(at, n)),
        1 => place().prop_map(Mutation::Truncate),
    ]
}

fn mutated(mut bytes: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let length = bytes.len();
        if length == 0 {
            break;
        }
        match mutation {
            Mutation::Set(at, byte) => bytes[at.index(length)] = *byte,
            Mutation::Insert(at, new) => drop(bytes.splice(at.index(length)..at.index(length), new.iter().copied())),
            Mutation::Remove(at, n) => drop(bytes.drain(at.index(length)..(at.index(length) + n).min(length))),
            Mutation::Truncate(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}

/// Runs `body` on every file of the corpus, then on `cases` mutations.
fn replay(target: &str, cases: u32, body: fn(&[u8])) {
    let files = corpus(target);
    for bytes in &files {
        body(bytes);
    }
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let mutations = prop::collection::vec(mutation(), 1..4);
    proptest!(config, |(file in any::<prop::sample::Index>(), mutations in mutations)| {
        body(&mutated(file.get(&files).clone(), &mutations));
    });
}

#[test]
fn snapshots_are_refused_or_restore_a_working_search() {
    replay("snapshot", 1000, fuzzing::snapshot);
}

#[test]
fn spaces_are_refused_or_searched_by_every_sampler() {
    replay("space", 150, fuzzing::space);
}

#[test]
fn programs_of_ask_and_tell_agree_with_the_model() {
    replay("ask_tell", 60, fuzzing::ask_tell);
}

/// Writes the first files of the corpora `space` and `ask_tell`, which hold random spaces and bytes. Fuzzing adds
/// others.
#[test]
#[expect(clippy::disallowed_methods, reason = "writes the corpus, which is a folder of files")]
#[ignore = "writes files of the corpus; run only when the stored format of a space changes"]
fn write_the_first_corpus_files() {
    let wanted = Wanted { parameters: 4, ..Wanted::ALL };
    let mut runner = TestRunner::deterministic();
    let folder = format!("{}/../../fuzz/corpus", env!("CARGO_MANIFEST_DIR"));
    for i in 0..24u8 {
        let space = spaces(wanted).new_tree(&mut runner).unwrap().current();
        let stored = postcard::to_stdvec(&(space.parameters(), space.constraints())).unwrap();
        let program = prop::collection::vec(any::<u8>(), 120).new_tree(&mut runner).unwrap().current();
        let length = (stored.len() as u16).to_le_bytes();
        std::fs::write(format!("{folder}/space/first-{i:02}"), &stored).unwrap();
        std::fs::write(format!("{folder}/ask_tell/first-{i:02}"), [&[i][..], &length, &stored, &program].concat())
            .unwrap();
    }
}
