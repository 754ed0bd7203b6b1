//! Covariance matrix adaptation (CMA-ES, Hansen and Ostermeier 2001), for many trials over numbers.
//!
//! A normal distribution moves through the unit cube. Each generation of its points is ranked, and mean, step size and
//! covariance are adapted to the better half ([`distribution`]). Learning a covariance takes some hundred trials. After
//! that the method converges fast, whereas a Gaussian process over thousands of trials would be slow and no better. The
//! state is replayed from the history ([`search`]).
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
use crate::encoding::{Axis, AxisKind, Encoding};
use crate::history::{History, Origin};
use crate::numerics::{Purpose, Stream};
use crate::space::SearchSpace;

/// Smallest number of levels of a counted parameter. With fewer, its standard deviation would fall below one level long
/// before the other parameters have converged.
const MIN_LEVELS: f64 = 64.0;
/// Number of draws that may be too close to pending trials.
const MAX_DRAWS: usize = 8;

/// Whether the strategy can search the space: one objective, and every parameter an unconditional number.
pub(super) fn applies(space: &SearchSpace, encoding: &Encoding, history: &History) -> bool {
    let is_number = |axis: &Axis| match axis.kind() {
        AxisKind::Continuous => true,
        AxisKind::Ordered { levels } => levels >= MIN_LEVELS,
        AxisKind::Unordered { .. } => false,
    };
    history.n_objectives() == 1
        && !encoding.axes().is_empty()
        && !space.is_conditional()
        && encoding.axes().iter().all(is_number)
}

/// Suggests a draw from the distribution that follows from the history. Returns `None` if [`MAX_DRAWS`] draws are too
/// close to pending trials, which happens once the distribution is narrow.
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

/// Draws a point of the distribution and repairs it if it violates known constraints.
fn draw(state: &State, context: &Context<'_>, stream: &mut Stream) -> Result<Suggestion, SuggestError> {
    let decoded = context.encoding.propose(context.space, &state.draw(stream));
    if let Some(configuration) = context.space.repair(decoded, stream) {
        return Ok(Suggestion { configuration, origin: Origin::CmaEs, fallback: false });
    }
    let configuration = context.space.draw(&vec![None; context.space.parameters().len()], stream)?;
    Ok(Suggestion { configuration, origin: Origin::Random, fallback: true })
}
