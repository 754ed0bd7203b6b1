//! Bayesian optimization with a Gaussian process (Jones et al. 1998), in mixed and conditional spaces.
//!
//! One suggestion:
//!
//! 1. the told trials become observations: half-rank-warped values of every objective, squared standard errors as known
//!    noise ([`data`]); black-box constraints are quantities of their own ([`constraints`]);
//! 2. hyperparameters are fitted at fixed history lengths ([`memory`]), so that they are a function of the history and
//!    not of the moments at which somebody asked, and known noise is believed if the values bear it out; beyond 1,000
//!    trials some stand for all ([`data`]);
//! 3. every quantity gets a model, in which pending trials lower the variance around them ([`surrogate`]);
//! 4. an acquisition function weighs what the objectives promise ([`merit`]) and the chances of keeping the constraints
//!    and of not failing ([`acquisition`]), and how many levels of a choice were never tried ([`untried`]);
//! 5. its maximum is sought from random and near-incumbent candidates by gradients ([`climb`]) and by exchanging
//!    choices ([`maximize`]), where it explores in a box around the best trial ([`region`]), now and then beside
//!    levels that were seldom tried together ([`pairwise`]);
//! 6. a maximum that lies beside a pending trial says that nothing more is to be gained there: then the greatest
//!    improvement on told and pending trials is sought, and points beside pending ones are passed over ([`is_crowded`]).

mod acquisition;
mod candidates;
mod chance;
mod climb;
mod constraints;
mod data;
mod evidence;
mod maximize;
mod memory;
mod merit;
mod noise;
mod pairwise;
mod reading;
mod region;
mod surrogate;
mod untried;

pub(super) use evidence::evidence;
pub(crate) use evidence::predictions;
pub(crate) use reading::{Noisy, Reading, reading};
pub(super) use surrogate::State;

use acquisition::Acquisition;
use chance::Chance;

use super::crowd::is_crowded;
use super::{Context, GpSettings, SuggestError, Suggestion, random, repeats};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Suggests the point of the highest acquisition value that was not tried before, or may be repeated ([`repeats`]).
///
/// While every trial failed, the acquisition is the chance of not failing. If the covariance cannot be factored, or no
/// candidate satisfies the known constraints, a draw from the priors stands in, and says so. A space of constants has
/// one configuration and nothing to model.
pub(super) fn suggest(
    settings: &GpSettings,
    context: &Context<'_>,
    scratch: &mut Option<State>,
) -> Result<Suggestion, SuggestError> {
    if context.space.parameters().is_empty() {
        return random::suggest(context);
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    let state = scratch.get_or_insert_default();
    let surrogate = surrogate::build(&mut state.quantities, context)?;
    let ranked = match &surrogate {
        Some(surrogate) => {
            let chance = Chance::fitted(&mut state.ends, surrogate, context)?;
            let mut acquisition = Acquisition::new(settings, surrogate, chance, context);
            let mut found = maximize::ranked(&acquisition, context, &mut stream)?;
            if found.first().is_some_and(|top| is_crowded(context, top)) {
                acquisition.look_beyond_pending(settings, context);
                found = maximize::ranked(&acquisition, context, &mut stream)?;
            }
            if acquisition.region.take().is_some() && worth_a_trial(context, &found).is_none() {
                // All of the box was tried.
                maximize::ranked(&acquisition, context, &mut stream)?
            } else {
                found
            }
        }
        None => Vec::new(),
    };
    if let Some(configuration) = worth_a_trial(context, &ranked).or(ranked.first()) {
        return Ok(Suggestion { configuration: configuration.clone(), origin: Origin::Gp, fallback: false });
    }
    let configuration = context.space.draw(&vec![None; context.space.parameters().len()], &mut stream)?;
    Ok(Suggestion { configuration, origin: Origin::Random, fallback: true })
}

/// The first that was not tried before and keeps away from what is pending, else the first that was not tried before;
/// the very first if it may be repeated.
fn worth_a_trial<'a>(context: &Context<'_>, ranked: &'a [Configuration]) -> Option<&'a Configuration> {
    match ranked.first() {
        Some(top) if context.history.is_seen(top) && repeats::teach(context) => Some(top),
        _ => {
            let mut unseen = ranked.iter().filter(|configuration| !context.history.is_seen(configuration));
            unseen.clone().find(|configuration| !is_crowded(context, configuration)).or_else(|| unseen.next())
        }
    }
}
