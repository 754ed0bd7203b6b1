//! Independent draws from the priors.

use super::{Context, SuggestError, Suggestion};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};

/// Suggests a draw from the priors that satisfies the constraints.
pub(super) fn suggest(context: &Context<'_>) -> Result<Suggestion, SuggestError> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    Ok(Suggestion::new(context.draw(&mut stream)?, Origin::Random))
}
