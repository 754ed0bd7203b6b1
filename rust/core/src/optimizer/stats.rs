//! Counters for `stats()`.

use serde::{Deserialize, Serialize};

/// Counters for `stats()`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Suggestions handed out.
    pub asked: u64,
    /// Proposals rejected because they were evaluated or pending.
    pub duplicates: u64,
    /// Suggestions for which a random draw replaced a model's proposal.
    pub fallbacks: u64,
}
