//! State added to the snapshot after format 4: one field per feature, at its end.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Facts;
use super::settings::check_budget;
use crate::history::{Folds, Pauses, Reported};
use crate::transfer::Earlier;

/// State added after format 4; the default applies to older snapshots. The order of the fields is the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Additions<'a> {
    /// The contents of reports beyond the first objective.
    reported: Cow<'a, Reported>,
    /// Whether trials may be paused, and which are paused or resumed.
    pausing: (bool, Cow<'a, Pauses>),
    /// The folds reported by trials.
    folds: Cow<'a, Folds>,
    /// Earlier searches from which the search learns.
    earlier: Cow<'a, Earlier>,
    /// The budget of the search.
    budget: Option<f64>,
}

impl<'a> Additions<'a> {
    /// The additional state of a search.
    pub(super) fn of(facts: &'a Facts) -> Self {
        let (settings, history) = (&facts.settings, &facts.history);
        Self {
            reported: Cow::Borrowed(history.reported()),
            pausing: (settings.pausing, Cow::Borrowed(history.pauses())),
            folds: Cow::Borrowed(history.all_folds()),
            earlier: Cow::Borrowed(&facts.earlier),
            budget: settings.budget,
        }
    }

    /// Restores the state of a search whose history is not yet checked.
    pub(super) fn apply_to(self, facts: &mut Facts) -> Result<(), String> {
        let (pausing, pauses) = self.pausing;
        facts.settings.pausing = pausing;
        facts.history.restore_reported(self.reported.into_owned());
        facts.history.restore_pauses(pauses.into_owned());
        facts.history.restore_folds(self.folds.into_owned())?;
        check_budget(self.budget).map_err(|e| e.to_string())?;
        facts.settings.budget = self.budget;
        facts.set_earlier(self.earlier.into_owned())
    }
}
