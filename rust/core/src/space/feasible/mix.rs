//! Gibbs steps over the feasible set.
//!
//! Values chosen one after another are not uniform over the set: of many parameters that share a budget, the first
//! takes half of it. Therefore each value is redrawn from its prior within the bounds that the others leave (Gelfand,
//! Smith and Lee 1992, *Bayesian analysis of constrained parameter problems*), in random order. In an equation the
//! others leave a single value, so one partner per equation is redrawn together with the parameter.

use super::search::{Choose, FromPrior, Search};
use crate::numerics::Stream;
use crate::space::Constraint;
use crate::space::constraint::is_equation;

/// Maximum number of rounds of Gibbs steps.
const ROUNDS: usize = 10;
/// Budget for all rounds together, in evaluated terms of constraints.
const TERMS: usize = 60_000;
/// Maximum number of rounds in which a repaired configuration moves towards its goal.
const APPROACHES: usize = 3;

impl Search<'_> {
    /// Redraws all movable values for a few rounds.
    pub(super) fn mix(&mut self, stream: &mut Stream) {
        let mut movable = self.movable();
        let rounds = ROUNDS.min(TERMS / self.terms(&movable).max(1));
        for _ in 0..rounds {
            shuffle(&mut movable, stream);
            for &i in &movable {
                let block = self.block(i, &movable, stream);
                self.redraw(&block, &FromPrior { flat: 0.0 }, stream);
            }
        }
    }

    /// Moves each value as close to its goal as the others allow.
    pub(super) fn approach(&mut self, goal: &impl Choose, stream: &mut Stream) {
        let mut movable = self.movable();
        let rounds = APPROACHES.min(TERMS / self.terms(&movable).max(1));
        for _ in 0..rounds {
            shuffle(&mut movable, stream);
            for &i in &movable {
                self.redraw(&[i], goal, stream);
            }
        }
    }

    /// The active parameters that are constrained, are not fixed and have no children.
    fn movable(&self) -> Vec<usize> {
        let space = self.space();
        let is_movable = |&i: &usize| {
            let free = self.restriction().fixed[i].is_none() && space.children()[i].is_empty();
            free && !space.constraints_of()[i].is_empty() && self.is_active(i)
        };
        (0..space.parameters().len()).filter(is_movable).collect()
    }

    /// The number of terms evaluated when each movable parameter is redrawn once.
    fn terms(&self, movable: &[usize]) -> usize {
        let space = self.space();
        let constraints = movable.iter().flat_map(|&i| &space.constraints_of()[i]);
        constraints.map(|&k| space.constraints()[k].parameters().len()).sum()
    }

    /// Parameter `i` and, for each equation it is in, a movable partner.
    fn block(&self, i: usize, movable: &[usize], stream: &mut Stream) -> Vec<usize> {
        let space = self.space();
        let mut block = vec![i];
        for &k in &space.constraints_of()[i] {
            let Constraint::Linear { terms, lower, upper } = &space.constraints()[k] else { continue };
            if is_equation(*lower, *upper) {
                let partner = |j: &usize| !block.contains(j) && movable.contains(j);
                let partners: Vec<usize> = terms.iter().map(|t| t.0).filter(partner).collect();
                if let Some(last) = partners.len().checked_sub(1) {
                    block.push(partners[stream.below_or_equal(last as u64) as usize]);
                }
            }
        }
        block
    }
}

/// Shuffles in place (Durstenfeld 1964).
fn shuffle(items: &mut [usize], stream: &mut Stream) {
    for k in (1..items.len()).rev() {
        items.swap(k, stream.below_or_equal(k as u64) as usize);
    }
}
