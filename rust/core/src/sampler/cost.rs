//! Penalty of an acquisition function for expected costs under a budget.
//!
//! If the search has a cost budget `B`, and costs differ and can be predicted ([`LogCost`]), the acquisition function
//! is penalized by the expected cost. The penalty decreases as the budget is spent (`CArBO`: Lee et al. 2020, arXiv
//! 2003.10870):
//!
//! ```text
//! acquisition(x) - a ln c(x),    a = R^2 (B - spent) / (B - spent at the end of the start-up)
//! ```
//!
//! `R^2` is the coefficient of determination of the cost model, so costs count only as far as they can be predicted.
//! At the end of the budget `a` is zero, and the remaining trials go to the best points regardless of cost; maximizing
//! improvement per cost alone would never leave the cheap region. During start-up, the cheapest of several candidates
//! far from all trials is taken.

use super::Context;
use crate::history::View;
use crate::model::{CostPenalty, LogCost};
use crate::numerics::{exp, ln};

/// Number of latest costs that are used; every ask factors a matrix of this size. (Half and twice:
/// `benches/results/constants.md`.)
const COSTS_USED: usize = 256;

/// The cost penalty of an ask. Returns `None` if costs do not differ, if they cannot be predicted, or if the budget is
/// spent.
pub(crate) fn cost_penalty(context: &Context<'_>, budget: f64, n_startup: u64) -> Option<CostPenalty> {
    let model = cost_model(context)?;
    let exponent = model.r_squared() * budget_share_left(context.history, budget, n_startup);
    CostPenalty::new(model, exponent)
}

/// Remaining budget as a share of the budget that remained at the end of the start-up.
fn budget_share_left(history: View<'_>, budget: f64, n_startup: u64) -> f64 {
    let startup_end = history.finished().take(n_startup as usize).last().map_or(0, |row| row + 1);
    let (left_now, left_after_startup) = (budget - history.spent(history.len()), budget - history.spent(startup_end));
    if left_now > 0.0 { (left_now / left_after_startup).min(1.0) } else { 0.0 }
}

/// The expected total cost of the pending trials: by the model if there is one, else by the mean of all costs, and zero
/// if no costs are known.
pub(crate) fn expected_of_pending(context: &Context<'_>) -> f64 {
    let history = context.history;
    if history.n_pending() == 0 {
        return 0.0;
    }
    if let Some(model) = cost_model(context) {
        let cost = |row: u64| exp(model.at(&context.point(&history.unit_point(row as usize))));
        return history.pending().map(cost).fold(0.0, |sum, cost| sum + cost);
    }
    let costs = history.full_costs();
    let mean = costs.iter().map(|(_, cost)| cost).sum::<f64>() / costs.len().max(1) as f64;
    history.n_pending() as f64 * mean
}

fn cost_model(context: &Context<'_>) -> Option<LogCost> {
    if context.space.parameters().is_empty() {
        return None;
    }
    let costs = context.history.full_costs();
    let latest = costs[costs.len().saturating_sub(COSTS_USED)..].iter();
    let in_space = latest.filter(|(row, _)| context.history.has_configuration(*row));
    let (rows, logs): (Vec<usize>, Vec<f64>) = in_space.map(|(row, cost)| (*row, ln(*cost))).unzip();
    LogCost::fit(&context.inputs(&rows), &logs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The difference of the penalties at 0.75 and 0.25 after trials of a number `x` that cost `cost(x)`.
    fn penalty_difference(n: usize, budget: f64, cost: impl Fn(f64) -> f64) -> Option<f64> {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut history = History::new(1, 1);
        for row in 0..n {
            let x = (0.5 + 7.0 * row as f64) / n as f64 % 1.0;
            history.push(&space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: x, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], Some(cost(x)));
        }
        with_context(&space, &history, n as u64, |context| {
            let cost_penalty = cost_penalty(context, budget, 5)?;
            Some(cost_penalty.at(&[0.75]) - cost_penalty.at(&[0.25]))
        })
    }

    #[test]
    fn the_penalty_decreases_with_the_budget_and_ends_at_zero() {
        let dear = |x: f64| crate::numerics::exp(2.0 * x);
        let [early, later] = [5, 20].map(|n| penalty_difference(n, 100.0, dear).unwrap());
        assert!(early > 0.7 && early <= 1.0, "{early}");
        assert!(later > 0.1 && later < 0.5, "{later}");
        assert_eq!(penalty_difference(20, 50.0, dear), None);
    }

    #[test]
    fn nearly_equal_costs_are_ignored() {
        assert_eq!(penalty_difference(20, 100.0, |x| 1.0 + 0.1 * x), None);
    }
}
