//! The densities of a history, kept between suggestions.

use super::group::Group;
use crate::history::History;
use crate::sampler::rows::SeenRows;
use crate::sampler::{Context, SuggestError};
use crate::space::{Condition, SearchSpace};

/// Number of rows processed between two polls for an interruption. Changes no suggestion.
const ROWS_PER_LOOK: usize = 1024;

/// The splits and densities of a history. The history may grow but must not change otherwise.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct Densities {
    pub(super) groups: Vec<Group>,
    /// The best trial by recorded values ([`History::best`]). It is never a stopped trial, whatever its estimate.
    pub(super) best: Option<usize>,
    known: SeenRows,
}

impl Densities {
    pub(super) fn new(gamma: f64, context: &Context<'_>) -> Self {
        let parameters = context.space.parameters();
        let mut deciding = vec![false; parameters.len()];
        parameters.iter().flat_map(|p| &p.when).for_each(|condition| deciding[condition.parent] = true);
        let group = |parameters| Group::new(parameters, &deciding, gamma, context);
        let groups = groups(context.space).into_iter().map(group).collect();
        Self { groups, best: None, known: SeenRows::default() }
    }

    /// Whether any parameter is conditional.
    pub(super) fn is_tree(&self) -> bool {
        self.groups.iter().any(|group| group.conditional)
    }

    /// Processes all changes of the history since the last update. Costs `O(d)` for each trial that was asked, was
    /// told, or moved between good and bad, and a refit of every good density that changed.
    pub(super) fn update(&mut self, context: &Context<'_>) -> Result<(), SuggestError> {
        let history = context.history;
        let (new, finished) = self.known.update(history);
        for row in new {
            if row % ROWS_PER_LOOK == 0 && (context.interrupted)() {
                return Err(SuggestError::Interrupted);
            }
            self.groups.iter_mut().for_each(|group| group.push(history, row));
        }
        self.groups.iter_mut().for_each(|group| group.update(history, &finished));
        self.best = best(&history, self.best.into_iter().chain(finished));
        Ok(())
    }
}

/// The best of some trials, if there is a single objective.
fn best(history: &History, rows: impl Iterator<Item = usize>) -> Option<usize> {
    let eligible = rows.filter(|row| history.n_objectives() == 1 && history.is_eligible(*row));
    eligible.reduce(|best, row| if history.is_better(row, best) { row } else { best })
}

/// Groups the parameters of a space by their conditions. Groups of parents come before those of their children, and the
/// unconditional group, if any, comes first.
///
/// All parameters of a group are active together, so a trial has values for all of them or for none.
fn groups(space: &SearchSpace) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for parameter in space.order() {
        let when = &space.parameters()[*parameter].when;
        match groups.iter_mut().find(|group| same(&space.parameters()[group[0]].when, when)) {
            Some(group) => group.push(*parameter),
            None => groups.push(vec![*parameter]),
        }
    }
    groups
}

/// Whether two conjunctions consist of the same conditions.
fn same(a: &[Condition], b: &[Condition]) -> bool {
    a.len() == b.len() && a.iter().all(|condition| b.contains(condition)) && b.iter().all(|c| a.contains(c))
}
