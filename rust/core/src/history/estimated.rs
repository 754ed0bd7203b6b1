//! The history as a model sees it where stopped trials have an estimate of their end.

use super::{History, TrialState};

impl History {
    /// The same trials, those of `ends` complete with the value and the standard error given, and without what no model
    /// reads: reports, replicates, reasons. O(n d).
    #[must_use]
    pub fn with_ends(&self, ends: impl IntoIterator<Item = (usize, f64, f64)>) -> Self {
        let mut history = Self {
            cells: self.cells.clone(),
            active: self.active.clone(),
            states: self.states.clone(),
            origins: self.origins.clone(),
            values: self.values.clone(),
            sems: self.sems.clone(),
            constraint_names: self.constraint_names.clone(),
            constraints: self.constraints.clone(),
            costs: self.costs.clone(),
            derived: self.derived.clone(),
            ..Self::new(0, 0)
        };
        for (row, value, sem) in ends {
            history.states[row] = TrialState::Complete;
            (history.values[0][row], history.sems[0][row]) = (value, sem);
        }
        history
    }
}
