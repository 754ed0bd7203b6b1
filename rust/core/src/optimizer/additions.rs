//! What snapshots hold beyond format 4: one field for each capability that came later.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use crate::history::Folds;

/// What a snapshot stores after the pruner, from format 5 on. The order of the fields is the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Additions {
    /// The folds that trials reported.
    folds: Folds,
}

impl Optimizer {
    /// What this search has of the additions.
    pub(super) fn additions(&self) -> Additions {
        Additions { folds: self.history.all_folds().clone() }
    }

    /// Takes over additions that come out of a file, once every trial is known.
    pub(super) fn take_additions(&mut self, additions: Additions) -> Result<(), String> {
        self.history.take_folds(additions.folds)
    }
}
