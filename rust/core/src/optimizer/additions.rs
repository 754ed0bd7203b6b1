//! What came after format 4 of the snapshot: one field for each capability, at its end.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::cost::check_budget;
use crate::history::{Folds, Pauses, Reported};
use crate::transfer::Earlier;

/// What came after format 4; the default is what searches had before. The order of the fields is the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Additions<'a> {
    /// What reports said beside the first objective.
    reported: Cow<'a, Reported>,
    /// Whether trials may be stopped for now, and which were.
    pausing: (bool, Cow<'a, Pauses>),
    /// The folds that trials reported.
    folds: Cow<'a, Folds>,
    /// Earlier searches that it learns from.
    earlier: Cow<'a, Earlier>,
    /// What the search may spend.
    budget: Option<f64>,
}

impl<'a> Additions<'a> {
    /// What an optimizer has of it.
    pub(super) fn of(optimizer: &'a Optimizer) -> Self {
        let (settings, history) = (&optimizer.settings, &optimizer.history);
        Self {
            reported: Cow::Borrowed(history.reported()),
            pausing: (settings.pausing, Cow::Borrowed(history.pauses())),
            folds: Cow::Borrowed(history.all_folds()),
            earlier: Cow::Borrowed(&optimizer.earlier),
            budget: settings.budget,
        }
    }

    /// Gives it to an optimizer whose history is not yet checked.
    pub(super) fn apply_to(self, optimizer: &mut Optimizer) -> Result<(), String> {
        let (pausing, pauses) = self.pausing;
        optimizer.settings.pausing = pausing;
        optimizer.history.restore_reported(self.reported.into_owned());
        optimizer.history.restore_pauses(pauses.into_owned());
        optimizer.history.restore_folds(self.folds.into_owned())?;
        check_budget(self.budget).map_err(|e| e.to_string())?;
        optimizer.settings.budget = self.budget;
        optimizer.earlier = self.earlier.into_owned();
        optimizer.check_earlier()
    }
}
