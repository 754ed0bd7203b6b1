//! The contents of reports beyond the first objective.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::numerics::{OutOfMemory, reserve};

/// The contents of reports beyond the first objective, whose values are the curves of a [`super::History`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reported {
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
