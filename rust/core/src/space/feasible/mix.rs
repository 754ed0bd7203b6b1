//! Gibbs steps over the feasible set.
//!
//! Values chosen one after the other are not uniform over the set: the first of many that share a budget takes half
//! of it. So each is chosen again from its prior between the bounds the others leave it (Gelfand, Smith and Lee 1992,
//! *Bayesian analysis of constrained parameter problems*), in random order. A parameter in an equation has a single
//! value left, so one partner per equation is chosen again with it.

use super::search::{Choose, FromPrior, Search};
use crate::numerics::Stream;
use crate::space::Constraint;
use crate::space::constraint::is_equation;

/// Rounds of Gibbs steps, as far as the budget goes.
const ROUNDS: usize = 10;
/// Terms of constraints looked at in all rounds together.
const TERMS: usize = 60_000;
/// Rounds in which a repaired configuration moves towards its goal.
const APPROACHES: usize = 3;

impl Search<'_> {
    /// Chooses all values again, a few rounds long.
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

    /// Brings each value as near to its goal as the others allow.
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

    /// The active parameters in constraints that are not given and on which no other one depends.
    fn movable(&self) -> Vec<usize> {
        let space = self.space();
        let is_movable = |&i: &usize| {
            let free = self.restriction().fixed[i].is_none() && space.children()[i].is_empty();
            free && !space.constraints_of()[i].is_empty() && self.is_active(i)
        };
        (0..space.parameters().len()).filter(is_movable).collect()
    }

    /// Terms looked at when each movable parameter is chosen again once.
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

/// A random order (Durstenfeld 1964).
fn shuffle(items: &mut [usize], stream: &mut Stream) {
    for k in (1..items.len()).rev() {
        items.swap(k, stream.below_or_equal(k as u64) as usize);
    }
}
