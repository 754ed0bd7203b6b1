//! Trials that were stopped for now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Which trials may go on, and which did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    /// Stopped trials that may go on.
    pub(super) paused: BTreeSet<u64>,
    /// Pending trials that go on after a pause, and the last step that they had reported.
    pub(super) resumed: BTreeMap<u64, u64>,
}

impl Pauses {
    /// Forgets what is said of a trial that ends or is pending anew.
    pub(super) fn remove(&mut self, trial: u64) {
        self.paused.remove(&trial);
        self.resumed.remove(&trial);
    }
}
