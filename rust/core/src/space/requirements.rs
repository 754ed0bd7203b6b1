//! The values that a parameter requires of its ancestors in order to be active.
//!
//! A parameter is active if all its conditions hold and all its parents are active, that is, if its own conditions and
//! those of all its ancestors hold. What it requires of one ancestor is therefore the intersection of what the
//! conditions along all paths accept. It can be active if and only if no such intersection is empty.

use std::collections::BTreeMap;

use super::{Accept, Parameter, SpaceError};

/// For each ancestor of `from`, the values under which all of `from` can be active.
pub(super) fn of(parameters: &[Parameter], from: &[usize]) -> BTreeMap<usize, Accept> {
    let mut required: BTreeMap<usize, Accept> = BTreeMap::new();
    let mut seen: Vec<bool> = vec![false; parameters.len()];
    let mut open = from.to_vec();
    while let Some(child) = open.pop() {
        if seen[child] {
            continue;
        }
        seen[child] = true;
        for condition in &parameters[child].when {
            let accept = match required.get(&condition.parent) {
                Some(accept) => accept.intersect(&condition.accept),
                None => condition.accept.clone(),
            };
            required.insert(condition.parent, accept);
            open.push(condition.parent);
        }
    }
    required
}

/// Checks that parameter `i` can be active, given that its parents can. A single condition requires nothing more of any
/// ancestor, so only several conditions can conflict.
pub(super) fn check_reachable(parameters: &[Parameter], i: usize) -> Result<(), SpaceError> {
    if parameters[i].when.len() < 2 {
        return Ok(());
    }
    let required = of(parameters, &[i]);
    let Some((&ancestor, _)) = required.iter().find(|(_, accept)| accept.is_empty()) else { return Ok(()) };
    let ancestor = &parameters[ancestor];
    Err(SpaceError::Parameter {
        name: parameters[i].name.clone(),
        message: format!(
            "it can never exist: its conditions and those of its parents ask different values of '{}' at once; loosen \
             one of them",
            ancestor.name
        ),
    })
}
