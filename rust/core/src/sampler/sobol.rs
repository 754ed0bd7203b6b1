//! Owen-scrambled Sobol points.

use super::{Context, SuggestError, Suggestion, random};
use crate::history::Origin;
use crate::numerics::{MAX_DIMENSIONS, Purpose, Sobol, Stream};
use crate::space::Configuration;

/// Number of scramblings tried before a random point is drawn instead. (Half and twice:
/// `benches/results/constants.md`.)
const MAX_SCRAMBLINGS: u64 = 16;

/// Suggests the next Sobol point, mapped by the quantile functions of the priors.
///
/// Its index is the number of trials that a sampler has suggested so far, so that enqueued and observed points leave no
/// gaps. If the point violates known constraints, or was rejected before (`context.attempt`), the point with the same
/// index in another, independent scrambling is used. Every such point is uniform, and the points of a single scrambling
/// keep their low discrepancy. If the points of [`MAX_SCRAMBLINGS`] scramblings violate constraints, the feasible set
/// is thin, and a random point of it is drawn; projecting points onto a thin set would accumulate them in its corners.
pub(super) fn suggest(context: &Context<'_>) -> Result<Suggestion, SuggestError> {
    let first = u64::from(context.attempt) * MAX_SCRAMBLINGS;
    let feasible = (first..first + MAX_SCRAMBLINGS).map(|s| point(context, s)).find(|c| context.satisfies(c));
    let configuration = match feasible {
        Some(configuration) => configuration,
        None => random::suggest(context)?.configuration,
    };
    Ok(Suggestion::new(configuration, Origin::Design))
}

/// The point of this trial in one scrambling. Parameters without direction numbers get random coordinates.
fn point(context: &Context<'_>, scrambling: u64) -> Configuration {
    let sobol = Sobol::new(Stream::new(context.seed, scrambling, Purpose::Scramble, 0).bits());
    let index = context.history.n_suggested() as u32;
    let mut rest = Stream::new(context.seed, context.trial, Purpose::Suggest, scrambling as u32);
    let coordinate = |dimension| {
        if dimension < MAX_DIMENSIONS { sobol.coordinate(index, dimension) } else { rest.uniform() }
    };
    let coordinates = (0..context.space.parameters().len()).map(coordinate);
    let unit: Vec<f64> = context.space.parameters().iter().zip(coordinates).map(|(p, q)| p.prior.quantile(q)).collect();
    context.space.propose(&unit)
}
