//! Bayesian optimization with a Gaussian process (Jones et al. 1998), in mixed and conditional spaces.
//!
//! One suggestion:
//!
//! 1. the told trials become observations: half-rank-warped values of every objective, squared standard errors as known
//!    noise (`training_data`); black-box constraints are quantities of their own (`constraints`);
//! 2. hyperparameters are fitted at fixed history lengths (`hyperparameter_cache`), so that they are a function of the
//!    history and not of the moments at which somebody asked, and known noise is believed if the values bear it out;
//!    beyond 1,000 trials some stand for all (`subset_of_data`);
//! 3. every quantity gets a model, in which pending trials lower the variance around them (`surrogate`);
//! 4. an acquisition function weighs what the objectives promise, the chances of keeping the constraints and of not
//!    failing, and how many levels of a choice were never tried (`acquisition`);
//! 5. its maximum is sought from random and near-incumbent candidates by gradients and by exchanging choices, where it
//!    explores in a box around the best trial, now and then beside levels that were seldom tried together (`maximize`);
//! 6. a maximum that lies beside a pending trial says that nothing more is to be gained there: then the greatest
//!    improvement on told and pending trials is sought, and points beside pending ones are passed over ([`is_near_pending`]).
//!
//! What the model says of a configuration is in `explain`, what it says of told values in `reading`.

mod acquisition;
mod constraints;
mod explain;
mod hyperparameter_cache;
mod maximize;
mod multipoint_improvement;
mod noise;
mod reading;
mod subset_of_data;
mod surrogate;
mod training_data;

pub(super) use explain::evidence;
pub(crate) use explain::predictions;
pub(crate) use multipoint_improvement::expected_gain;
pub(crate) use reading::{Noisy, Reading, reading};
pub(super) use surrogate::State;
pub(super) use training_data::{inputs, point, unit};

use acquisition::{AcquisitionFunction, FailureClassifier};
use maximize::{Search, TrustRegion};

use super::near_pending::is_near_pending;
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
    let surrogate = surrogate::build(&mut state.models, context)?;
    let ranked = match &surrogate {
        Some(surrogate) => {
            let failures = FailureClassifier::fitted(&mut state.failures, surrogate, context)?;
            let acquisition = AcquisitionFunction::new(settings, surrogate, failures, context);
            ranked(settings, acquisition, context, &mut stream)?
        }
        None => Vec::new(),
    };
    if let Some(configuration) = worth_a_trial(context, &ranked).or(ranked.first()) {
        return Ok(Suggestion { configuration: configuration.clone(), origin: Origin::Gp, fallback: false });
    }
    let configuration = context.space.draw(&vec![None; context.space.parameters().len()], &mut stream)?;
    Ok(Suggestion { configuration, origin: Origin::Random, fallback: true })
}

/// Configurations by falling acquisition value: in the trust region where there is one, unless all of it was tried;
/// beyond what is pending where the maximum lies beside that.
fn ranked(
    settings: &GpSettings,
    mut acquisition: AcquisitionFunction<'_>,
    context: &Context<'_>,
    stream: &mut Stream,
) -> Result<Vec<Configuration>, SuggestError> {
    let region = TrustRegion::of(acquisition.explores(), acquisition.surrogate, context);
    let is_everywhere = region.is_none();
    let candidates = maximize::ranked(&Search { acquisition: &acquisition, region, context }, stream)?;
    if candidates.first().is_some_and(|top| is_near_pending(context, top)) {
        acquisition.look_beyond_pending(settings, context);
    } else if is_everywhere || worth_a_trial(context, &candidates).is_some() {
        return Ok(candidates);
    }
    maximize::ranked(&Search { acquisition: &acquisition, region: None, context }, stream)
}

/// The first that was not tried before and keeps away from what is pending, else the first that was not tried before;
/// the very first if it may be repeated.
fn worth_a_trial<'a>(context: &Context<'_>, ranked: &'a [Configuration]) -> Option<&'a Configuration> {
    match ranked.first() {
        Some(top) if context.history.is_seen(top) && repeats::are_informative(context) => Some(top),
        _ => {
            let mut untried = ranked.iter().filter(|configuration| !context.history.is_seen(configuration));
            untried.clone().find(|configuration| !is_near_pending(context, configuration)).or_else(|| untried.next())
        }
    }
}
