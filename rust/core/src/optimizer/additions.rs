//! What snapshots hold beyond format 4: one field for each capability that came later.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::cost::check_budget;

/// What a snapshot stores after the pruner, from format 5 on. The order of the fields is the format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Additions {
    /// What the search may spend.
    budget: Option<f64>,
}

impl Optimizer {
    /// What this search has of the additions.
    pub(super) fn additions(&self) -> Additions {
        Additions { budget: self.settings.budget }
    }

    /// Takes over additions that come out of a file, once every trial is known.
    pub(super) fn take_additions(&mut self, Additions { budget }: Additions) -> Result<(), String> {
        check_budget(budget).map_err(|e| e.to_string())?;
        self.settings.budget = budget;
        Ok(())
    }
}
