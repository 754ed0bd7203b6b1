//! The initial design, before a model takes over.

use super::{Context, SuggestError, Suggestion, sobol};
use crate::encoding::Axis;
use crate::history::{Origin, TrialState};
use crate::model::CostPenalty;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Number of draws that are compared if costs differ.
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
    let cheapest = context.cost.and_then(|cost| cheapest(cost, context));
    cheapest.map_or_else(|| design(context), |configuration| Ok(Suggestion::new(configuration, Origin::Design)))
}

/// The cheapest of several draws from the priors that are far from all trials. Of [`CANDIDATES`] draws, the half with
/// the largest distance to the nearest trial is compared.
fn cheapest(cost: &CostPenalty, context: &Context<'_>) -> Option<Configuration> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Choose, context.attempt);
    let tried = |row: &usize| !matches!(context.history.states()[*row], TrialState::Excluded(_));
    let tried: Vec<Vec<f64>> =
        (0..context.history.len()).filter(tried).map(|row| context.history.unit_point(row)).collect();
    let axes = context.encoding.axes();
    let distance =
        |unit: &[f64]| tried.iter().map(|other| squared_distance(axes, unit, other)).fold(f64::INFINITY, f64::min);
    let drawn = (0..CANDIDATES).filter_map(|_| context.draw(&mut stream).ok());
    let mut candidates: Vec<(f64, Vec<f64>, Configuration)> = drawn
        .map(|configuration| {
            let unit = context.encoding.encode(&configuration);
            (distance(&unit), unit, configuration)
        })
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.truncate(candidates.len().div_ceil(2));
    let price = |unit: &[f64]| cost.at(&context.point(unit));
    let candidate = candidates.into_iter().min_by(|a, b| price(&a.1).total_cmp(&price(&b.1)));
    candidate.map(|(_, _, configuration)| configuration)
}

/// Sum of squared differences over the parameters; a parameter counts 1 if it is active in one of the two points only,
/// or if a choice differs.
fn squared_distance(axes: &[Axis], unit: &[f64], other: &[f64]) -> f64 {
    let squared_difference = |(axis, (u, v)): (&Axis, (&f64, &f64))| match (u.is_nan(), v.is_nan()) {
        (false, false) if axis.is_unordered() => f64::from(u8::from(u != v)),
        (false, false) => (u - v) * (u - v),
        (a, b) => f64::from(u8::from(a != b)),
    };
    axes.iter().zip(unit.iter().zip(other)).map(squared_difference).sum()
}

/// The centre, then Sobol points.
///
/// Most users choose ranges around the expected optimum, and in many dimensions any other point is far from most of the
/// space. If another point such as the defaults was tried before, it is the better guess, and the centre is skipped.
/// Good points of earlier searches do not replace the centre, because they may mislead.
fn design(context: &Context<'_>) -> Result<Suggestion, SuggestError> {
    let is_winner = |origin: &Origin| *origin == Origin::Earlier;
    let first = context.history.origins().iter().all(is_winner) && context.attempt == 0;
    match Some(centre(context)).filter(|centre| first && context.space.satisfies(centre)) {
        Some(configuration) => Ok(Suggestion::new(configuration, Origin::Design)),
        None => sobol::suggest(context),
    }
}

/// The median of every prior.
fn centre(context: &Context<'_>) -> Configuration {
    let unit: Vec<f64> = context.space.parameters().iter().map(|p| p.prior.quantile(0.5)).collect();
    context.encoding.propose(context.space, &unit)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::squared_distance;
    use crate::encoding::Encoding;
    use crate::space::testing::{number, parameter};
    use crate::space::{Configuration, Domain, SearchSpace, Value};

    #[test]
    fn all_pairs_of_choices_are_equally_far_apart() {
        let choice = parameter("c", Domain::Unordered { last: 3 });
        let encoding = Encoding::new(&SearchSpace::new(vec![choice, number("x")], Vec::new()).unwrap());
        let point = |c, x| encoding.encode(&Configuration(vec![Some(Value::Level(c)), Some(Value::Real(x))]));
        let distance = |a: &[f64], b: &[f64]| squared_distance(encoding.axes(), a, b);
        for (a, b) in [(0, 1), (0, 3), (2, 1)] {
            assert_eq!(distance(&point(a, 0.5), &point(b, 0.5)), 1.0);
        }
        assert_eq!(distance(&point(2, 0.25), &point(2, 0.75)), 0.25);
    }
}
