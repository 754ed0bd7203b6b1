//! The initial design, before a model takes over, and draws far from all trials.

use super::{Context, SuggestError, Suggestion, sobol};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Number of draws that are compared by their distance to the nearest trial. (Eight and three:
/// `benches/results/basins.md`.)
const CANDIDATES: usize = 32;

/// Suggests points of a space-filling design until `n_startup` trials have finished, successfully or not, and then
/// calls `model`. Without results there is nothing to learn from, so the first suggestion is never made by the model.
/// If costs are known to differ, cheap points are preferred.
pub(super) fn until_model(
    n_startup: u64,
    context: &Context<'_>,
    model: impl FnOnce() -> Result<Suggestion, SuggestError>,
) -> Result<Suggestion, SuggestError> {
    if context.history.n_finished() as u64 >= n_startup.max(1) {
        return model();
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Cheapest, context.attempt);
    let cheapest = context.cost.and_then(|_| far_draws(context, &mut stream).into_iter().next());
    cheapest.map_or_else(|| design(context), |configuration| Ok(Suggestion::new(configuration, Origin::Design)))
}

/// The centre, then Sobol points.
///
/// Most users choose ranges around the expected optimum, and in many dimensions any other point is far from most of the
/// space. If another point such as the defaults was tried before, it is the better guess, and the centre is skipped.
/// Good points of earlier searches do not replace the centre, because they may mislead.
fn design(context: &Context<'_>) -> Result<Suggestion, SuggestError> {
    let is_winner = |origin: &Origin| *origin == Origin::Earlier;
    let first = context.history.origins().iter().all(is_winner) && context.attempt == 0;
    match Some(centre(context)).filter(|centre| first && context.satisfies(centre)) {
        Some(configuration) => Ok(Suggestion::new(configuration, Origin::Design)),
        None => sobol::suggest(context),
    }
}

/// The median of every prior.
fn centre(context: &Context<'_>) -> Configuration {
    let unit: Vec<f64> = context.space.parameters().iter().map(|p| p.prior.quantile(0.5)).collect();
    context.space.propose(&unit)
}

/// Draws from the priors, in the order of [`farthest_first`] by their distance to the nearest trial.
pub(super) fn far_draws(context: &Context<'_>, stream: &mut Stream) -> Vec<Configuration> {
    farthest_first(context, context.draws(CANDIDATES, stream), context.squared_distance_to_trials())
}

/// Orders configurations by the `distance` of their unit coordinates, the largest first. If costs are known to differ,
/// only the half with the larger distances is returned, the cheapest first.
pub(super) fn farthest_first(
    context: &Context<'_>,
    configurations: Vec<Configuration>,
    distance: impl Fn(&[f64]) -> f64,
) -> Vec<Configuration> {
    let mut ranked: Vec<(f64, Vec<f64>, Configuration)> = configurations
        .into_iter()
        .map(|configuration| {
            let unit = context.space.encode(&configuration);
            (distance(&unit), unit, configuration)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some(cost) = context.cost {
        ranked.truncate(ranked.len().div_ceil(2));
        let price = |unit: &[f64]| cost.at(&context.point(unit));
        ranked.sort_by(|a, b| price(&a.1).total_cmp(&price(&b.1)));
    }
    ranked.into_iter().map(|(_, _, configuration)| configuration).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Outcome};
    use crate::numerics::exp;
    use crate::sampler::cost::cost_penalty;
    use crate::sampler::testing::{number, with_context};
    use crate::space::{Domain, Parameter, SearchSpace, Value};

    /// The level of eight that a design prefers at trial `id`, after trials of the first level with costs that depend on
    /// a number only.
    fn level(id: u64) -> u64 {
        let kind = Parameter { domain: Domain::unordered(8).unwrap(), ..number("kind") };
        let space = SearchSpace::new(vec![kind, number("x")], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        for row in 0..11 {
            let x = row as f64 / 10.0;
            history.push(&space, &Configuration(vec![Some(Value::Level(0)), Some(Value::Real(x))]), Origin::Random);
            let measured = Measurement { value: x, sem: None, replicates: Vec::new() };
            history.finish(row, Outcome::Complete(vec![measured]), &[], Some(exp(3.0 * x)));
        }
        with_context(&space, &history, id, |context| {
            let penalty = cost_penalty(context, 1e6, 1).unwrap();
            let context = Context { cost: Some(&penalty), ..*context };
            let suggestion = until_model(100, &context, || Err(SuggestError::External)).unwrap();
            suggestion.configuration.0[0].unwrap().to_bits()
        })
    }

    /// All other levels are equally far from the first one.
    #[test]
    fn a_cheap_design_does_not_depend_on_the_order_of_levels() {
        let levels: std::collections::BTreeSet<u64> = (20..80).map(level).collect();
        assert!(levels.into_iter().eq(1..8));
    }
}
