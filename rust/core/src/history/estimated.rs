//! The history with estimated final values of stopped trials, as models see it.

use super::{History, TrialState};

impl History {
    /// The same trials, but those in `ends`, given as `(row, value, standard error)`, are complete.
    #[must_use]
    pub fn with_estimates(&self, ends: impl IntoIterator<Item = (usize, f64, f64)>) -> Self {
        let mut history = self.clone();
        for (row, value, sem) in ends {
            history.states[row] = TrialState::Complete;
            (history.values[0][row], history.sems[0][row]) = (value, sem);
        }
        history
    }
}
