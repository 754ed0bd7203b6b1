//! Before a model speaks.

use super::{Context, SuggestError, Suggestion, sobol};
use crate::history::Origin;
use crate::space::Configuration;

/// A space-filling design until `n_startup` trials were told (in whatever way they ended), then what `model` says. With
/// nothing told there is nothing to learn from, so the first suggestion is never the model's.
pub(super) fn then(
    n_startup: u64,
    context: &Context<'_>,
    model: impl FnOnce() -> Result<Suggestion, SuggestError>,
) -> Result<Suggestion, SuggestError> {
    if (context.history.n_finished() as u64) < n_startup.max(1) { design(context) } else { model() }
}

/// The centre, then Sobol points.
///
/// Most people choose ranges around what they expect, and in many dimensions any other point is far from most of the
/// space. Where something was tried before (the defaults), that is the better guess, and the centre is left out. What was
/// good in an earlier search leaves it in: it may mislead.
fn design(context: &Context<'_>) -> Result<Suggestion, SuggestError> {
    let is_winner = |origin: &Origin| *origin == Origin::Earlier;
    let first = context.history.origins().iter().all(is_winner) && context.attempt == 0;
    match Some(centre(context)).filter(|centre| first && context.space.satisfies(centre)) {
        Some(configuration) => Ok(Suggestion { configuration, origin: Origin::Design, fallback: false }),
        None => sobol::suggest(context),
    }
}

/// The median of every prior.
fn centre(context: &Context<'_>) -> Configuration {
    let unit: Vec<f64> = context.space.parameters().iter().map(|p| p.prior.quantile(0.5)).collect();
    context.encoding.propose(context.space, &unit)
}
