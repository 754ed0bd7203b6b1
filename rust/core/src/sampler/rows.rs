//! The rows of the history by their use, and those that are new to a sampler.

use std::ops::Range;

use crate::history::TrialState::{Complete, Excluded, Failed, Pending, Pruned, SetAside};
use crate::history::View;

/// Rows by their use, each list in increasing order.
pub(super) struct Rows {
    /// Complete trials with finite values, feasible or not: the observations of the models.
    pub(super) measured: Vec<usize>,
    /// Trials that [failed](crate::history::History::has_failed).
    pub(super) failed: Vec<usize>,
    /// Pending trials.
    pub(super) pending: Vec<usize>,
    /// Trials that are not measured but teach the models of single objectives: those that have told some before their
    /// result, in any state, and stopped ones with estimates that are no results.
    pub(super) partly_known: Vec<usize>,
    /// Trials that are not measured, and for which some or all black-box constraints were told: pending ones too.
    pub(super) constrained: Vec<usize>,
}

impl Rows {
    pub(super) fn of(history: View<'_>) -> Self {
        let mut rows = Self {
            measured: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            partly_known: Vec::new(),
            constrained: Vec::new(),
        };
        // A trial that was stopped has the constraints of its last report. Those that it breaks may hold in the end.
        let has_reported = |row: usize| history.reported_constraints(row as u64).next().is_some();
        for row in 0..history.len() {
            let state = history.state(row);
            let counts = !state.is_excluded() && !history.is_measured(row);
            if counts && history.has_constraints(row) && (state == Pending || !has_reported(row)) {
                rows.constrained.push(row);
            }
            if history.is_partly_known(row) {
                rows.partly_known.push(row);
            }
            match state {
                _ if history.has_failed(row) => rows.failed.push(row),
                Complete => rows.measured.push(row),
                Pending => rows.pending.push(row),
                // The last value of a pruned trial belongs to a smaller budget. It is neither an observation nor a
                // failure.
                Pruned | Excluded(_) | SetAside(_) | Failed => {}
            }
        }
        rows
    }
}

/// What a sampler knows of a history that may grow but does not change otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenRows {
    n_rows: usize,
    /// Rows that were pending at the last update.
    pending: Vec<usize>,
}

impl SeenRows {
    /// The rows that are new since the last update, and all that have finished since. Excluded trials are left out of the
    /// latter.
    pub(super) fn update(&mut self, history: View<'_>) -> (Range<usize>, Vec<usize>) {
        let new = self.n_rows..history.len();
        let rows = std::mem::take(&mut self.pending).into_iter().chain(new.clone());
        let (pending, mut finished): (Vec<usize>, Vec<usize>) = rows.partition(|row| history.state(*row) == Pending);
        finished.retain(|row| history.state(*row).counts());
        (self.n_rows, self.pending) = (new.end, pending);
        (new, finished)
    }
}

/// The union of two disjoint sets of rows, in increasing order.
pub(super) fn merged(some: &[usize], others: &[usize]) -> Vec<usize> {
    let mut rows = [some, others].concat();
    rows.sort_unstable();
    rows
}
