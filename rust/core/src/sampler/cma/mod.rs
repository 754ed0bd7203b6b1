//! Covariance matrix adaptation (CMA-ES, Hansen and Ostermeier 2001), for many trials over numbers.
//!
//! A normal distribution walks through the unit cube: each generation of its points is ranked, and mean, step size and
//! covariance follow the better half ([`distribution`]). It needs some hundred trials to learn a shape, then converges
//! fast where a Gaussian process over thousands of trials would be slow and no better. The state is replayed from the
//! history ([`search`]).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `rates` | weights and learning rates |
//! | `shape` | the covariance, full or diagonal |
//! | `distribution` | mean, step size, paths, and their update |
//! | `search` | generations and restarts as a function of the history |

mod distribution;
mod rates;
mod search;
mod shape;
#[cfg(test)]
mod tests;

pub(super) use search::State;

use super::near_pending::is_near_pending;
use super::{Context, SuggestError, Suggestion};
use crate::encoding::AxisKind;
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};

/// A counted parameter with fewer levels than this is too coarse for a normal distribution: its deviation would shrink
/// below a level long before the others have converged.
const MIN_LEVELS: f64 = 64.0;
/// Draws that may lie too near to pending trials.
const MAX_DRAWS: usize = 8;

/// Whether the space is one that the strategy can search: one objective, every parameter a number that always exists.
pub(super) fn applies(context: &Context<'_>) -> bool {
    let is_number = |axis: &crate::encoding::Axis| match axis.kind() {
        AxisKind::Continuous => true,
        AxisKind::Ordered { levels } => levels >= MIN_LEVELS,
        AxisKind::Unordered { .. } => false,
    };
    context.history.n_objectives() == 1
        && !context.encoding.axes().is_empty()
        && !context.space.is_conditional()
        && context.encoding.axes().iter().all(is_number)
}

/// A point of the distribution that the history leads to; `None` where all of [`MAX_DRAWS`] lie too near to pending
/// trials, as they do once the distribution is narrow.
pub(super) fn suggest(context: &Context<'_>, scratch: &mut Option<State>) -> Result<Option<Suggestion>, SuggestError> {
    let state = State::of(scratch.take(), context);
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    for _ in 0..MAX_DRAWS {
        let suggestion = draw(&state, context, &mut stream)?;
        if !is_near_pending(context, &suggestion.configuration) {
            *scratch = Some(state);
            return Ok(Some(suggestion));
        }
    }
    *scratch = Some(state);
    Ok(None)
}

/// A point of the distribution, moved to satisfy the known constraints if need be.
fn draw(state: &State, context: &Context<'_>, stream: &mut Stream) -> Result<Suggestion, SuggestError> {
    let decoded = context.encoding.propose(context.space, &state.draw(stream));
    if let Some(configuration) = context.space.repair(decoded, stream) {
        return Ok(Suggestion { configuration, origin: Origin::CmaEs, fallback: false });
    }
    let configuration = context.space.draw(&vec![None; context.space.parameters().len()], stream)?;
    Ok(Suggestion { configuration, origin: Origin::Random, fallback: true })
}
