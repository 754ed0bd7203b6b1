//! What is kept from one suggestion to the next.

use super::group::Group;
use super::groups::groups;
use crate::history::TrialState;
use crate::sampler::{Context, SuggestError};

/// Rows taken in between two looks at whether to go on.
const ROWS_PER_LOOK: usize = 1024;

/// The splits and the densities of one history, which may grow but never change otherwise.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct State {
    pub(super) groups: Vec<Group>,
    /// Rows taken in.
    n_rows: usize,
    /// Those that were pending when they were last looked at.
    pending: Vec<usize>,
}

impl State {
    pub(super) fn new(gamma: f64, context: &Context<'_>) -> Self {
        let parameters = context.space.parameters();
        let mut deciding = vec![false; parameters.len()];
        parameters.iter().flat_map(|p| &p.when).for_each(|condition| deciding[condition.parent] = true);
        let group = |parameters| Group::new(parameters, &deciding, gamma, context);
        Self { groups: groups(context.space).into_iter().map(group).collect(), n_rows: 0, pending: Vec::new() }
    }

    /// Whether some parameters exist only under conditions.
    pub(super) fn is_tree(&self) -> bool {
        self.groups.iter().any(|group| group.conditional)
    }

    /// Takes in what happened since the last update. Costs `O(d)` for each trial that was asked or told or changed
    /// sides, and a refit of the good densities that changed.
    pub(super) fn update(&mut self, context: &Context<'_>) -> Result<(), SuggestError> {
        let history = context.history;
        let new = self.n_rows..history.len();
        for row in new.clone() {
            if row % ROWS_PER_LOOK == 0 && (context.interrupted)() {
                return Err(SuggestError::Interrupted);
            }
            self.groups.iter_mut().for_each(|group| group.push(history, row));
        }
        self.n_rows = history.len();
        let is_pending = |row: &usize| history.states()[*row] == TrialState::Pending;
        let rows = std::mem::take(&mut self.pending).into_iter().chain(new.clone());
        let (pending, finished): (Vec<usize>, Vec<usize>) = rows.partition(is_pending);
        self.pending = pending;
        let finished: Vec<usize> = finished.into_iter().filter(|row| history.states()[*row].counts()).collect();
        self.groups.iter_mut().for_each(|group| group.update(history, new.clone(), &finished));
        Ok(())
    }
}
