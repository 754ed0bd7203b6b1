//! Helpers shared by the integration tests.
#![allow(dead_code, reason = "the fuzz targets compile this module too and use a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

pub(crate) mod fuzzing;
pub(crate) mod machine;
pub(crate) mod search;
pub(crate) mod spaces;
