//! Counts of what happened.

use serde::{Deserialize, Serialize};

/// Counts of what happened, for `stats()`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Suggestions handed out.
    pub asked: u64,
    /// Proposals turned down because they were evaluated or pending.
    pub duplicates: u64,
    /// Suggestions for which a random draw stood in for a model.
    pub fallbacks: u64,
}
