//! Which parameters are modelled jointly.

use crate::space::{Condition, SearchSpace};

/// The parameters of a space, in groups that exist under the same conditions; parents' groups before children's, and
/// the unconditional one first if there is one.
///
/// Parameters of one group are always active together, so a trial either has all of their values or none.
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

/// Whether two conjunctions have the same members.
fn same(a: &[Condition], b: &[Condition]) -> bool {
    a.len() == b.len() && a.iter().all(|condition| b.contains(condition)) && b.iter().all(|c| a.contains(c))
}
