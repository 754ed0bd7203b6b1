//! The history as a model sees it where stopped trials have an estimate of their end.

use super::{History, TrialState};

impl History {
    /// The same trials, those of `ends` complete with the value and the standard error given.
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
