//! What format 5 of the snapshot added: one field for each capability, with a default that changes nothing.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use crate::transfer::Earlier;

/// What a search has beside what it had in format 4.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Additions {
    /// Earlier searches that it learns from.
    pub earlier: Earlier,
}

impl Optimizer {
    /// Takes what a snapshot holds, if it is possible.
    pub(super) fn take_additions(&mut self, additions: Additions) -> Result<(), String> {
        self.additions = additions;
        self.check_earlier()
    }
}
