#![no_main]

#[path = "../../rust/core/tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::fuzzing::space(data));
