//! Paused and resumed trials.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Which trials are paused and which were resumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    /// Stopped trials that may be resumed.
    pub(super) paused: BTreeSet<u64>,
    /// Pending trials that were resumed, with the last step reported before the pause.
    pub(super) resumed: BTreeMap<u64, u64>,
}

impl Pauses {
    /// Removes a trial that ends or becomes pending again.
    pub(super) fn remove(&mut self, trial: u64) {
        self.paused.remove(&trial);
        self.resumed.remove(&trial);
    }

    /// Removes the trials with ids from `len` on.
    pub(super) fn truncate(&mut self, len: u64) {
        self.paused.retain(|trial| *trial < len);
        self.resumed.retain(|trial, _| *trial < len);
    }
}
