//! Draws from the priors that are far from all trials.

use super::Context;
use crate::history::TrialState;
use crate::numerics::Stream;
use crate::space::Configuration;

/// Number of draws that are compared by their distance to the nearest trial.
const CANDIDATES: usize = 32;

/// Draws from the priors, those with the largest distance to the nearest trial first. If costs are known to differ, the
/// half with the larger distances, the cheapest first.
pub(super) fn far_draws(context: &Context<'_>, stream: &mut Stream) -> Vec<Configuration> {
    let tried = |row: &usize| !matches!(context.history.states()[*row], TrialState::Excluded(_));
    let tried: Vec<usize> = (0..context.history.len()).filter(tried).collect();
    let distance =
        |unit: &[f64]| tried.iter().map(|row| context.squared_distance(unit, *row)).fold(f64::INFINITY, f64::min);
    let drawn = context.draws(CANDIDATES, stream);
    let mut draws: Vec<(f64, Vec<f64>, Configuration)> = drawn
        .into_iter()
        .map(|configuration| {
            let unit = context.space.encode(&configuration);
            (distance(&unit), unit, configuration)
        })
        .collect();
    draws.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some(cost) = context.cost {
        draws.truncate(draws.len().div_ceil(2));
        let price = |unit: &[f64]| cost.at(&context.point(unit));
        draws.sort_by(|a, b| price(&a.1).total_cmp(&price(&b.1)));
    }
    draws.into_iter().map(|(_, _, configuration)| configuration).collect()
}
