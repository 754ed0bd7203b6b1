//! Covariance matrix adaptation (CMA-ES, Hansen and Ostermeier 2001), for many trials over numbers.
//!
//! A normal distribution moves through the unit cube. Each generation of its points is ranked, and mean, step size and
//! covariance are adapted to the better half ([`distribution`]). Learning a covariance takes some hundred trials. After
//! that the method converges fast, whereas a Gaussian process over thousands of trials would be slow and no better. The
//! state is replayed from the history ([`evolution`]).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `rates` | weights and learning rates |
//! | `shape` | the covariance, full or diagonal |
//! | `distribution` | mean, step size, paths, and their update |
//! | `evolution` | generations and restarts as a function of the history |
//! | `trials` | what the search knows of the history, kept from ask to ask |
//! | `local_step` | steps to the minimum of a quadratic function around the best trial |
//! | `quadratic` | the quadratic function, its fit and its minimum |

mod distribution;
mod evolution;
mod local_step;
mod quadratic;
mod rates;
mod shape;
#[cfg(test)]
mod tests;
mod trials;

pub(super) use evolution::Evolution;

use super::worth::{is_near_pending, repeats_pending};
use super::{Context, SuggestError, Suggestion};
use crate::history::{History, Origin};
use crate::numerics::{Purpose, Stream};
use crate::space::{Axis, AxisKind, SearchSpace};

/// Smallest number of levels of a counted parameter. With fewer, its standard deviation would fall below one level long
/// before the other parameters have converged. (Half and twice: `benches/results/constants.md`.)
const MIN_LEVELS: f64 = 64.0;
/// Number of draws that may be too close to pending trials. (Half and twice: `benches/results/constants.md`.)
const MAX_DRAWS: usize = 8;

/// Whether the strategy can search the space: one objective, and every parameter an unconditional number.
pub(super) fn applies(space: &SearchSpace, history: &History) -> bool {
    let is_number = |axis: &Axis| match axis.kind() {
        AxisKind::Continuous => true,
        AxisKind::Ordered { levels } => levels >= MIN_LEVELS,
        AxisKind::Unordered { .. } => false,
    };
    history.n_objectives() == 1
        && !space.axes().is_empty()
        && !space.is_conditional()
        && space.axes().iter().all(is_number)
}

/// Suggests the end of a local step for odd trial numbers, and otherwise a draw from the distribution that follows from
/// the history. Returns `None` if [`MAX_DRAWS`] draws are too close to pending trials, which happens once the
/// distribution is narrow.
pub(super) fn suggest(
    context: &Context<'_>,
    scratch: &mut Option<Evolution>,
) -> Result<Option<Suggestion>, SuggestError> {
    let mut evolution = Evolution::of(scratch.take(), context);
    let suggestion = match step(&mut evolution, context)? {
        Some(step) => Some(step),
        None => new_draw(&evolution, context)?,
    };
    *scratch = Some(evolution);
    Ok(suggestion)
}

/// The end of a local step. A step that was rejected at an earlier attempt, or is pending, would be the same again, also
/// under noise.
fn step(evolution: &mut Evolution, context: &Context<'_>) -> Result<Option<Suggestion>, SuggestError> {
    if !context.is_odd() || context.attempt > 0 {
        return Ok(None);
    }
    let Some(end) = evolution.step(context) else { return Ok(None) };
    let suggestion = repaired(&end, context, &mut stream(context))?;
    let is_new = |suggestion: &Suggestion| !repeats_pending(context, &suggestion.configuration);
    Ok(Some(suggestion).filter(|suggestion| is_new(suggestion) && context.rule.allows(&suggestion.configuration)))
}

/// A draw that is not too close to pending trials.
fn new_draw(evolution: &Evolution, context: &Context<'_>) -> Result<Option<Suggestion>, SuggestError> {
    let mut stream = stream(context);
    for _ in 0..MAX_DRAWS {
        let point = evolution.distribution().draw(&mut stream);
        let suggestion = repaired(&point, context, &mut stream)?;
        if !is_near_pending(context, &suggestion.configuration) && context.rule.allows(&suggestion.configuration) {
            return Ok(Some(suggestion));
        }
    }
    Ok(None)
}

fn stream(context: &Context<'_>) -> Stream {
    Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt)
}

/// Repairs a point if it violates known constraints.
fn repaired(point: &[f64], context: &Context<'_>, stream: &mut Stream) -> Result<Suggestion, SuggestError> {
    let decoded = context.space.propose(point);
    if let Some(configuration) = context.space.repair(decoded, stream) {
        return Ok(Suggestion::new(configuration, Origin::CmaEs));
    }
    context.fallback(stream)
}
