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

/// Maximum number of rounds of Gibbs steps. (Half and twice: `benches/results/constants.md`.)
const ROUNDS: usize = 10;
/// Budget for all rounds together, in evaluated terms of constraints. (Half and twice: `benches/results/constants.md`.)
const TERMS: usize = 60_000;
/// Maximum number of rounds in which a repaired configuration moves towards its goal. (Half and twice:
/// `benches/results/constants.md`.)
const APPROACHES: usize = 3;

impl Search<'_> {
    /// Redraws all movable values for a few rounds.
    pub(super) fn mix(&mut self, stream: &mut Stream) {
        let mut movable = self.movable();
        let rounds = ROUNDS.min(TERMS / self.terms(&movable).max(1));
        for _ in 0..rounds {
            stream.shuffle(&mut movable);
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
            stream.shuffle(&mut movable);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::super::testing::{NO_LOWER, fixed, linear, numbers, parameter, point, real, space, stream};
    use super::super::search::Near;
    use super::*;
    use crate::space::{Accept, Clause, Condition, Configuration, Domain, SearchSpace, Value};

    /// `n` shares of a budget.
    fn budget(n: usize) -> SearchSpace {
        space(vec![real(0.0, 1.0); n], vec![linear(&vec![1.0; n], NO_LOWER, 1.0)])
    }

    fn reached(search: Search<'_>) -> Vec<f64> {
        numbers(&search.into_configuration())
    }

    /// Each coordinate of a uniform point below the face of the simplex has mean `1 / (n + 1)`.
    #[test]
    fn mixing_spreads_a_corner_over_the_simplex() {
        let (budget, free) = (budget(4), [None; 4]);
        let mixed: Vec<Vec<f64>> = (0..100)
            .map(|seed| {
                let mut search = Search::at(&budget, fixed(&free), point(&[0.0; 4]));
                search.mix(&mut stream(seed));
                reached(search)
            })
            .collect();
        assert!(mixed.iter().all(|x| x.iter().sum::<f64>() <= 1.0));
        for i in 0..4 {
            let mean = mixed.iter().map(|x| x[i]).sum::<f64>() / 100.0;
            assert!((mean - 0.2).abs() < 0.06, "{mean}");
        }
    }

    #[test]
    fn a_point_approaches_its_goal_as_far_as_the_constraints_allow() {
        let (budget, free) = (budget(2), [None; 2]);
        let approached = |goal: &[f64]| {
            let mut search = Search::at(&budget, fixed(&free), point(&[0.0; 2]));
            search.approach(&Near { goal: &point(goal).0, loose: 0.0, nearest: true }, &mut stream(0));
            reached(search)
        };
        assert_eq!(approached(&[0.625, 0.25]), [0.625, 0.25]);
        assert!((approached(&[0.875, 0.875]).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// One round over a constraint with `n` terms evaluates `n^2` of them.
    #[test]
    fn a_round_beyond_the_budget_is_left_out() {
        let n = 250;
        assert!(n * n > TERMS);
        let (budget, free) = (budget(n), vec![None; n]);
        let mut search = Search::at(&budget, fixed(&free), point(&vec![0.0; n]));
        assert_eq!(search.terms(&search.movable()), n * n);
        search.mix(&mut stream(0));
        search.approach(&Near { goal: &point(&vec![1.0; n]).0, loose: 0.0, nearest: true }, &mut stream(0));
        assert_eq!(reached(search), vec![0.0; n]);
    }

    #[test]
    fn fixed_inactive_and_unconstrained_parameters_and_parents_do_not_move() {
        let when = vec![Condition { parent: 0, accept: Accept::Levels(vec![1]) }];
        let mut parameters = vec![parameter("parent", Domain::Unordered { last: 1 })];
        parameters.extend(["child", "unconstrained", "a", "b"].map(|name| parameter(name, real(0.0, 1.0))));
        parameters[1].when = when;
        let sum = Constraint::Linear { terms: vec![(1, 1.0), (3, 1.0), (4, 1.0)], lower: NO_LOWER, upper: 2.0 };
        let forbidden = Constraint::Forbid(vec![
            Clause { parameter: 0, accept: Accept::Levels(vec![0]) },
            Clause { parameter: 3, accept: Accept::RealRange { low: 0.0, high: 0.25 } },
        ]);
        let space = SearchSpace::new(parameters, vec![sum, forbidden]).unwrap();
        let half = Some(Value::Real(0.5));
        let given = [None, None, None, None, half];
        let movable = |parent, child| {
            let configuration = Configuration(vec![Some(Value::Level(parent)), child, half, half, half]);
            Search::at(&space, fixed(&given), configuration).movable()
        };
        assert_eq!(movable(0, None), [3]);
        assert_eq!(movable(1, half), [1, 3]);
    }

    #[test]
    fn the_partner_in_an_equation_is_another_movable_parameter() {
        let third = point(&[1.0 / 3.0; 3]);
        let blocks = |lower: f64, movable: &[usize]| {
            let space = space(vec![real(0.0, 1.0); 3], vec![linear(&[1.0; 3], lower, 1.0)]);
            let search = Search::at(&space, fixed(&[None; 3]), third.clone());
            let mut blocks: Vec<_> = (0..40).map(|seed| search.block(0, movable, &mut stream(seed))).collect();
            blocks.sort();
            blocks.dedup();
            blocks
        };
        assert_eq!(blocks(1.0, &[0, 1, 2]), [[0, 1], [0, 2]]);
        assert_eq!(blocks(1.0, &[0, 2]), [[0, 2]]);
        assert_eq!(blocks(1.0, &[0]), [[0]]);
        assert_eq!(blocks(0.5, &[0, 1, 2]), [[0]]);
    }
}
