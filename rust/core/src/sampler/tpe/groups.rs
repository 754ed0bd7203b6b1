//! The groups of parameters that are modelled jointly.

use crate::space::{Condition, SearchSpace};

/// Groups the parameters of a space by their conditions. Groups of parents come before those of their children, and the
/// unconditional group, if any, comes first.
///
/// All parameters of a group are active together, so a trial has values for all of them or for none.
pub(super) fn groups(space: &SearchSpace) -> Vec<Vec<usize>> {
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
