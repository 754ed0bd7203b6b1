//! The topological order of parameters: parents before children.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Parameter, SpaceError};

/// Indices of the parameters, parents before children, otherwise in the order of declaration (Kahn 1962).
///
/// Every parent must be a known index. The error for a cycle names its members.
pub(super) fn topological(parameters: &[Parameter], children: &[Vec<usize>]) -> Result<Vec<usize>, SpaceError> {
    let mut open: Vec<usize> = parameters.iter().map(|p| p.when.len()).collect();
    let mut ready: BinaryHeap<_> = (0..open.len()).filter(|&i| open[i] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(open.len());
    while let Some(Reverse(i)) = ready.pop() {
        order.push(i);
        for &child in &children[i] {
            open[child] -= 1;
            if open[child] == 0 {
                ready.push(Reverse(child));
            }
        }
    }
    match open.iter().position(|&n| n > 0) {
        None => Ok(order),
        Some(stuck) => Err(cycle(parameters, &open, stuck)),
    }
}

/// The children of every parameter, once per condition.
pub(super) fn children(parameters: &[Parameter]) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); parameters.len()];
    for (i, parameter) in parameters.iter().enumerate() {
        for condition in &parameter.when {
            children[condition.parent].push(i);
        }
    }
    children
}

/// Follows parents that never became ready, starting at `stuck`, until a parameter repeats.
fn cycle(parameters: &[Parameter], open: &[usize], stuck: usize) -> SpaceError {
    let mut path = vec![stuck];
    loop {
        let current = &parameters[path[path.len() - 1]];
        let Some(next) = current.when.iter().map(|c| c.parent).find(|&p| open[p] > 0) else { break };
        let repeat = path.iter().position(|&p| p == next);
        path.push(next);
        if let Some(start) = repeat {
            path.drain(..start);
            break;
        }
    }
    let names: Vec<_> = path.iter().map(|&p| format!("'{}'", parameters[p].name)).collect();
    SpaceError::Parameter {
        name: parameters[path[0]].name.clone(),
        message: format!("its conditions form a cycle, {}; drop one of them", names.join(" needs ")),
    }
}
