//! The sparse parts of a history: what few trials have beside their columns.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::numerics::{OutOfMemory, reserve};

/// For each trial, `(fold, value)` in the order of the reports.
pub(super) type Folds = BTreeMap<u64, Vec<(u64, f64)>>;

/// The contents of reports beyond the first objective, whose values are the curves of a [`super::History`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Reported {
    /// By trial, for each of its reports: the objectives after the first, to be minimized. Empty with a single one.
    pub(super) further: BTreeMap<u64, Vec<Vec<f64>>>,
    /// By trial and step: black-box constraints (feasible when `<= 0`), sorted by name.
    pub(super) constraints: BTreeMap<(u64, u64), Vec<(String, f64)>>,
}

impl Reported {
    /// Reserves memory for one more report of a trial.
    pub(super) fn reserve_report(&mut self, trial: u64) -> Result<(), OutOfMemory> {
        self.further.get_mut(&trial).map_or(Ok(()), |further| reserve(further, 1))
    }

    /// Removes the trials from `len` on.
    pub(super) fn truncate(&mut self, len: u64) {
        self.further.retain(|trial, _| *trial < len);
        self.constraints.retain(|(trial, _), _| *trial < len);
    }
}

/// Which trials are paused and which were resumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pauses {
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
