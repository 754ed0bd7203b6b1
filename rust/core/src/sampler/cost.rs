//! What a budget of cost makes of a promise.
//!
//! Where the search may spend a budget `B`, and costs differ and can be predicted ([`LogCost`]), a promise is weighed by
//! the cost of keeping it, less and less so the more is spent (`CArBO`: Lee et al. 2020, arXiv 2003.10870):
//!
//! ```text
//! acquisition(x) - a ln c(x),    a = R (B - spent) / (B - spent at the end of the start-up)
//! ```
//!
//! `R` is the share of the log costs' squares that the model predicts, so that costs count as far as they are known. At
//! the end of the budget `a` is zero, and what is left goes to what is best whatever it costs: improvement per cost alone
//! stays among what is cheap. Before the models speak, the cheaper of candidates that keep away from what was tried is
//! taken.

use super::{Context, Weighing, gp};
use crate::history::History;
use crate::model::LogCost;
use crate::numerics::{exp, ln};

/// Costs looked at, the latest: they cost a factorization at every ask.
const LATEST: usize = 256;

/// How costs weigh in the ask of a context whose history is the one that was told, without estimates. `None` where they
/// have no say: they do not differ, cannot be predicted, or the budget is spent.
pub(crate) fn weighing(context: &Context<'_>, budget: f64, n_startup: u64) -> Option<Weighing> {
    let model = fitted(context)?;
    let exponent = model.explained() * left(context.history, budget, n_startup);
    Weighing::new(model, exponent)
}

/// Of what was left of the budget at the end of the start-up, the share that still is.
fn left(history: &History, budget: f64, n_startup: u64) -> f64 {
    let ended = (0..history.len()).filter(|row| history.states()[*row].counts());
    let after = ended.take(n_startup as usize).last().map_or(0, |row| row + 1);
    let (now, then) = (budget - history.spent(history.len()), budget - history.spent(after));
    if now > 0.0 { (now / then).min(1.0) } else { 0.0 }
}

/// What the trials that are pending will cost: as the model says, else as much as the others on average; nothing while
/// no cost was told.
pub(crate) fn expected_of_pending(context: &Context<'_>) -> f64 {
    let history = context.history;
    if history.n_pending() == 0 {
        return 0.0;
    }
    if let Some(model) = fitted(context) {
        let cost = |row: u64| exp(model.at(&gp::point(context, &gp::unit(context, row as usize))));
        return history.pending().map(cost).fold(0.0, |sum, cost| sum + cost);
    }
    let costs = history.full_costs();
    let mean = costs.iter().map(|(_, cost)| cost).sum::<f64>() / costs.len().max(1) as f64;
    history.n_pending() as f64 * mean
}

fn fitted(context: &Context<'_>) -> Option<LogCost> {
    if context.space.parameters().is_empty() {
        return None;
    }
    let costs = context.history.full_costs();
    let latest = &costs[costs.len().saturating_sub(LATEST)..];
    let rows: Vec<usize> =
        latest.iter().map(|(row, _)| *row).filter(|row| context.history.has_configuration(*row)).collect();
    let logs: Vec<f64> =
        latest.iter().filter(|(row, _)| context.history.has_configuration(*row)).map(|(_, cost)| ln(*cost)).collect();
    LogCost::fit(&gp::inputs(context, &rows), &logs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::sampler::testing::{asked, number};
    use crate::space::{Configuration, SearchSpace, Value};

    /// By how much dear points are worse than cheap ones, after trials of a number `x` that cost `cost(x)`.
    fn lead(n: usize, budget: f64, cost: impl Fn(f64) -> f64) -> Option<f64> {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(1, 1));
        for row in 0..n {
            let x = (0.5 + 7.0 * row as f64) / n as f64 % 1.0;
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: x, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], Some(cost(x)));
        }
        asked(&space, &history, n as u64, |context| {
            let weighing = weighing(context, budget, 5)?;
            Some(weighing.at(&[0.75]) - weighing.at(&[0.25]))
        })
    }

    #[test]
    fn costs_weigh_less_the_more_is_spent_and_not_at_all_at_the_end() {
        let dear = |x: f64| crate::numerics::exp(2.0 * x);
        let [early, later] = [5, 20].map(|n| lead(n, 100.0, dear).unwrap());
        assert!(early > 0.7 && early <= 1.0, "{early}");
        assert!(later > 0.1 && later < 0.5, "{later}");
        assert_eq!(lead(20, 50.0, dear), None);
    }

    #[test]
    fn costs_that_hardly_differ_have_no_say() {
        assert_eq!(lead(20, 100.0, |x| 1.0 + 0.1 * x), None);
    }
}
