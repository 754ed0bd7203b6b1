//! Configurations worth a trial before results are known.
//!
//! Every source ranks, by its model, the configurations that were tried in any source. A set is as good as the sum over
//! the sources of the best rank that a member has there. It is built greedily (zero-shot configurations: Wistuba et al.
//! 2015): each step adds the configuration that lowers this sum most. Ties go to the lowest sum of ranks. A
//! configuration closer than 0.05 to a chosen one in every coordinate is skipped.

use std::sync::Arc;

use super::SourceRow;
use super::earlier::Earlier;
use crate::model::gp::FitError;
use crate::model::point;
use crate::numerics::ascending;
use crate::space::{SearchSpace, Value};

/// Maximum number of winners. (No other number is measured: `benches/results/transfer.md`.)
pub const N_WINNERS: usize = 3;
/// Minimum difference between two winners in some coordinate. (Half and twice: `benches/results/constants.md`.)
const APART: f64 = 0.05;

/// The winners in the order in which they are handed out, with `None` for values that the source does not have.
/// Computed on first use.
///
/// # Errors
/// [`FitError::Interrupted`].
pub fn winners(
    earlier: &Earlier,
    space: &SearchSpace,
    interrupted: &dyn Fn() -> bool,
) -> Result<Arc<[Vec<Option<Value>>]>, FitError> {
    if let Some(winners) = earlier.winners.get() {
        return Ok(Arc::clone(winners));
    }
    let models = earlier.models(space, interrupted)?;
    let rows = earlier.sources().iter().flat_map(|source| &source.rows);
    let candidates: Vec<&SourceRow> = rows.filter(|row| row.is_eligible).collect();
    let points: Vec<Vec<f64>> = candidates.iter().map(|row| point(space, &row.unit(space))).collect();
    let ranked = |means: Vec<f64>| ranks(&means);
    let ranks: Vec<Vec<f64>> =
        models.iter().map(|model| ranked(points.iter().map(|point| model.mean(point)).collect())).collect();
    let chosen = if ranks.is_empty() { Vec::new() } else { greedy(&ranks, &points, space) };
    let winners: Arc<[Vec<Option<Value>>]> = chosen.into_iter().map(|i| candidates[i].values.clone()).collect();
    Ok(Arc::clone(earlier.winners.get_or_init(|| winners)))
}

/// The set, as indices of candidates; `ranks` has a row for each source.
fn greedy(ranks: &[Vec<f64>], points: &[Vec<f64>], space: &SearchSpace) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut best_ranks = vec![f64::INFINITY; ranks.len()];
    while chosen.len() < N_WINNERS {
        let is_apart = |i: &usize| !chosen.iter().any(|k: &usize| space.is_near(&points[*i], |j| points[*k][j], APART));
        let sum_with = |i: usize| ranks.iter().zip(&best_ranks).map(|(ranks, best)| ranks[i].min(*best)).sum::<f64>();
        let sum_alone = |i: usize| ranks.iter().map(|ranks| ranks[i]).sum::<f64>();
        let order =
            |a: &usize, b: &usize| sum_with(*a).total_cmp(&sum_with(*b)).then(sum_alone(*a).total_cmp(&sum_alone(*b)));
        let Some(next) = (0..points.len()).filter(is_apart).min_by(order) else { break };
        for (best, ranks) in best_ranks.iter_mut().zip(ranks) {
            *best = best.min(ranks[next]);
        }
        chosen.push(next);
    }
    chosen
}

/// The rank of each value, from 0 for the smallest.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    for (rank, i) in ascending(values).into_iter().enumerate() {
        ranks[i] = rank as f64;
    }
    ranks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::space::Domain;
    use crate::space::testing::parameter;

    #[test]
    fn sources_that_disagree_have_a_winner_each() {
        let points = [vec![0.1], vec![0.5], vec![0.9], vec![0.12]];
        // The second candidate is a compromise; the last is close to the first.
        let ranks = [vec![0.0, 1.0, 3.0, 2.0], vec![3.0, 1.0, 0.0, 2.0]];
        let x = parameter("x", Domain::Real { low: 0.0, high: 1.0, log: false });
        let space = SearchSpace::new(vec![x], Vec::new()).unwrap();
        assert_eq!(greedy(&ranks, &points, &space), [1, 0, 2]);
        assert_eq!(greedy(&ranks[..1], &points, &space), [0, 1, 2]);
    }
}
