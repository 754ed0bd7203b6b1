//! The tree-structured Parzen estimator (Bergstra et al. 2011), after Watanabe (arXiv 2304.11127), and changed where
//! measurements said so.
//!
//! One suggestion:
//!
//! 1. for every group of parameters that exist under the same conditions ([`groups`]), the trials told in which they
//!    did exist are ordered and split into a few good ones and the rest; what is pending counts among the rest, so that
//!    parallel asks keep away from each other ([`split`]);
//! 2. a density is fitted to each part ([`group`]);
//! 3. candidates are drawn from the good density, parents before children, and made to satisfy the known constraints
//!    ([`candidates`]); those that are likely to fail are left out ([`super::failures`]);
//! 4. the one with the highest ratio of the densities, group by group down the tree of conditions, is suggested, unless
//!    it was tried before and the objective is not noisy.
//!
//! What is kept from one suggestion to the next ([`State`]) is what a new one would compute, bit for bit.

mod alignment;
mod candidates;
mod group;
mod groups;
#[cfg(test)]
mod growth;
mod multi_objective;
mod quantile;
mod ranking;
mod single_objective;
mod split;
mod state;

pub(super) use state::State;

use super::evidence::{self, Evidence};
use super::{Context, SuggestError, Suggestion, TpeSettings};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Suggests the most promising of some candidates.
///
/// If none of them satisfies the known constraints, not even after repair, a draw from the priors stands in for them,
/// and says so. If all of them were tried before, the most promising is suggested again: the caller knows whether that
/// matters.
pub(super) fn suggest(
    settings: &TpeSettings,
    context: &Context<'_>,
    scratch: &mut Option<State>,
) -> Result<Suggestion, SuggestError> {
    let mut state = scratch.take().unwrap_or_else(|| State::new(settings.gamma, context));
    state.update(context)?;
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    let candidates = candidates::draw(&state, context, settings.n_candidates as usize, &mut stream)?;
    let candidates = candidates.likely_to_succeed(context);
    let chosen = ranking::choose(&state, context, &candidates);
    *scratch = Some(state);
    if let Some(configuration) = chosen? {
        return Ok(Suggestion { configuration, origin: Origin::Tpe, fallback: false });
    }
    let configuration = context.space.draw(&vec![None; context.space.parameters().len()], &mut stream)?;
    Ok(Suggestion { configuration, origin: Origin::Random, fallback: true })
}

/// The log density ratio of some configurations, and what each parameter of `chosen` adds to it.
pub(super) fn evidence(
    settings: &TpeSettings,
    context: &Context<'_>,
    chosen: &Configuration,
    incumbent: Option<&Configuration>,
) -> Result<Evidence, SuggestError> {
    let mut state = State::new(settings.gamma, context);
    state.update(context)?;
    let score = |configurations: &[Configuration]| ranking::log_ratios(&state, context, configurations);
    let (value, drivers) = evidence::drivers(context, chosen, incumbent, score)?;
    Ok(Evidence { acquisition: Some(("log_density_ratio", value)), drivers, ..Evidence::default() })
}
