//! The tree-structured Parzen estimator (Bergstra et al. 2011) in the form of Watanabe (arXiv 2304.11127), with changes
//! based on measurements.
//!
//! One suggestion:
//!
//! 1. for every group of parameters with the same conditions ([`densities`]), the finished trials in which they were
//!    active are ranked and split into a few good ones and the rest; pending trials belong to the rest, so that
//!    parallel asks stay apart ([`split`]);
//! 2. a density is fitted to each part ([`group`]);
//! 3. candidates are drawn from the good density, parents before children, and repaired to satisfy the known
//!    constraints ([`candidates`]); those that are likely to fail are removed ([`super::failures`]);
//! 4. the candidate with the highest density ratio, determined group by group from the root of the tree of conditions,
//!    is suggested, unless it was tried before and no noise was told.
//!
//! A search that stands still also tries draws from the priors ([`exploration`]).
//!
//! What is kept between suggestions ([`Densities`]) equals what is newly computed, bit for bit.

mod candidates;
mod densities;
mod exploration;
mod group;
#[cfg(test)]
mod growth;
mod multi_objective;
mod ranking;
mod single_objective;
mod split;

pub(super) use densities::Densities;

use super::among::{Shortlist, most_valuable};
use super::evidence::{self, Evidence};
use super::{Context, SuggestError, Suggestion, TpeSettings};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Suggests the most promising of some candidates.
///
/// If none of them satisfies the known constraints even after repair, a draw from the priors is suggested and marked as
/// a fallback. If all of them were tried before, the most promising one is suggested again; the caller decides whether
/// to accept it.
pub(super) fn suggest(
    settings: &TpeSettings,
    context: &Context<'_>,
    scratch: &mut Option<Densities>,
) -> Result<Suggestion, SuggestError> {
    let densities = current(settings, context, scratch)?;
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    let explored =
        exploration::is_due(&densities, context).then(|| exploration::draw(&densities, context, &mut stream));
    if let Some(configuration) = explored.flatten() {
        *scratch = Some(densities);
        return Ok(Suggestion::new(configuration, Origin::Design));
    }
    let candidates = candidates::draw(&densities, context, settings.n_candidates as usize, &mut stream)?;
    let candidates = candidates.likely_to_succeed(context);
    let chosen = ranking::best(&densities, context, &candidates);
    *scratch = Some(densities);
    if let Some(configuration) = chosen? {
        return Ok(Suggestion::new(configuration, Origin::Tpe));
    }
    context.fallback(&mut stream)
}

/// Chooses the row of a table with the highest density ratio.
pub(super) fn choose_row(
    settings: &TpeSettings,
    context: &Context<'_>,
    open: &Shortlist<'_>,
    scratch: &mut Option<Densities>,
) -> Result<Suggestion, SuggestError> {
    let densities = current(settings, context, scratch)?;
    let values = ranking::values_of_rows(&densities, context, open);
    *scratch = Some(densities);
    Ok(most_valuable(context, open, Some(values?), Origin::Tpe))
}

/// The densities after all that has changed; taken from `scratch`, which is left empty.
fn current(
    settings: &TpeSettings,
    context: &Context<'_>,
    scratch: &mut Option<Densities>,
) -> Result<Densities, SuggestError> {
    let mut densities = scratch.take().unwrap_or_else(|| Densities::new(settings.gamma, context));
    densities.update(context)?;
    Ok(densities)
}

/// The log density ratio of `chosen`, and the contribution of each parameter to it.
pub(super) fn evidence(
    settings: &TpeSettings,
    context: &Context<'_>,
    chosen: &Configuration,
    incumbent: Option<&Configuration>,
) -> Result<Evidence, SuggestError> {
    let densities = current(settings, context, &mut None)?;
    let score = |configurations: &[Configuration]| ranking::log_ratios(&densities, context, configurations);
    let (value, drivers) = evidence::drivers(context, chosen, incumbent, score)?;
    Ok(Evidence { acquisition: Some(("log_density_ratio", value)), drivers, ..Evidence::default() })
}
