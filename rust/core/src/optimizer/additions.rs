//! What came after format 4 of the snapshot: one field for each capability, at its end.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::cost::check_budget;
use crate::history::{Folds, Pauses, Reported};
use crate::transfer::Earlier;

/// What came after format 4; the default is what searches had before. The order of the fields is the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Additions {
    /// What reports said beside the first objective.
    reported: Reported,
    /// Whether trials may be stopped for now, and which were.
    pausing: (bool, Pauses),
    /// The folds that trials reported.
    folds: Folds,
    /// Earlier searches that it learns from.
    earlier: Earlier,
    /// What the search may spend.
    budget: Option<f64>,
}

impl Additions {
    /// What an optimizer has of it.
    pub(super) fn of(optimizer: &Optimizer) -> Self {
        let (settings, history) = (&optimizer.settings, &optimizer.history);
        Self {
            reported: history.reported().clone(),
            pausing: (settings.pausing, history.pauses().clone()),
            folds: history.all_folds().clone(),
            earlier: optimizer.earlier.clone(),
            budget: settings.budget,
        }
    }

    /// Gives it to an optimizer whose history is not yet checked.
    pub(super) fn give(self, optimizer: &mut Optimizer) -> Result<(), String> {
        let (pausing, pauses) = self.pausing;
        optimizer.settings.pausing = pausing;
        optimizer.history.take_reported(self.reported);
        optimizer.history.take_pauses(pauses);
        optimizer.history.take_folds(self.folds)?;
        check_budget(self.budget).map_err(|e| e.to_string())?;
        optimizer.settings.budget = self.budget;
        optimizer.earlier = self.earlier;
        optimizer.check_earlier()
    }
}
