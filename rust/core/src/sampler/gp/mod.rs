//! Bayesian optimization with a Gaussian process (Jones et al. 1998), in mixed and conditional spaces.
//!
//! One suggestion:
//!
//! 1. the finished trials become observations: half-rank-warped values of every objective, with squared standard errors
//!    as known noise (`training_data`); black-box constraints are separate quantities (`constraints`);
//! 2. hyperparameters are fitted at fixed history lengths (`hyperparameter_cache`), so that they are a function of the
//!    history and not of the times of asks; known noise is used if the values agree with it; of many trials a
//!    subset is used (`subset_of_data`);
//! 3. every quantity gets a model, in which pending trials reduce the variance around them; the model of an objective
//!    includes the trials that have told it and lack others (`surrogate`);
//! 4. the id of the trial and the state of the search determine what is maximized, and where (`plan`);
//! 5. an acquisition function combines the objectives and the probabilities of satisfying the constraints and of not
//!    failing (`acquisition`);
//! 6. it is maximized from random and near-incumbent candidates by gradient steps and exchanges of levels (`maximize`);
//!    points close to pending trials are skipped, and exhausted neighbourhoods are left ([`worth`]).
//!
//! `explain` contains predictions for configurations, `posterior` their differences, `noise` whether observed values are
//! noisy, `front` the Pareto front under noise, and `multipoint_improvement` the expected improvement of the next trials.
//! All but the last average over hyperparameters (`mixture`).

mod acquisition;
mod constraints;
mod explain;
mod front;
mod hyperparameter_cache;
mod maximize;
mod mixture;
mod multipoint_improvement;
mod noise;
mod plan;
mod posterior;
mod subset_of_data;
mod surrogate;
mod training_data;

pub(super) use explain::evidence;
pub(crate) use explain::predictions;
pub(crate) use front::{FrontPosterior, front_posterior};
pub(crate) use mixture::variance_of_difference;
pub(crate) use multipoint_improvement::expected_gain;
pub(crate) use noise::{Noisy, Reading, reading};
pub use posterior::Gain;
pub(crate) use posterior::{Posterior, gain, posterior};
pub(crate) use subset_of_data::MAX_EXACT;
pub(super) use subset_of_data::trials_per_model;
pub(super) use surrogate::GpCaches;

use acquisition::AcquisitionFunction;
use plan::{Next, Plan};
use surrogate::Surrogate;

use super::among::{Shortlist, most_valuable};
use super::initial_design::far_draws;
use super::{Context, GpSettings, SuggestError, Suggestion, random, worth};
use crate::history::Origin;
use crate::numerics::{Purpose, Stream};
use crate::space::Configuration;

/// Rows of a table between two polls for an interruption. Changes no suggestion.
const BLOCK: usize = 1024;

/// Suggests the point with the highest acquisition value that is worth a trial ([`worth`]).
///
/// If all trials failed, the acquisition function is the probability of not failing. If a covariance cannot be
/// factored, or no candidate satisfies the known constraints, a draw from the priors is suggested and marked as a
/// fallback. A space of constants has a single configuration and needs no model.
pub(super) fn suggest(
    settings: &GpSettings,
    context: &Context<'_>,
    scratch: &mut Option<GpCaches>,
) -> Result<Suggestion, SuggestError> {
    if context.space.parameters().is_empty() {
        return random::suggest(context);
    }
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Suggest, context.attempt);
    let caches = scratch.get_or_insert_default();
    let surrogate = surrogate::build(caches, context)?;
    let (ranked, origin) = match &surrogate {
        Some(surrogate) => ranked(Plan::of(settings, surrogate, context), surrogate, context, &mut stream)?,
        None => (Vec::new(), Origin::Gp),
    };
    match worth::first_choice(context, ranked) {
        Some(configuration) => Ok(Suggestion::new(configuration, origin)),
        None => context.fallback(&mut stream),
    }
}

/// Chooses the row of a table with the highest acquisition value; without a model, any row.
pub(super) fn choose_row(
    context: &Context<'_>,
    open: &Shortlist<'_>,
    scratch: &mut Option<GpCaches>,
) -> Result<Suggestion, SuggestError> {
    let caches = scratch.get_or_insert_default();
    let surrogate = surrogate::build(caches, context)?;
    let values = match &surrogate {
        Some(surrogate) => {
            let acquisition = AcquisitionFunction::new(&Plan::of_row(surrogate, context), surrogate, context);
            Some(values_of_rows(&acquisition, &open.points(context), context)?)
        }
        None => None,
    };
    Ok(most_valuable(context, open, values, Origin::Gp))
}

/// The acquisition values at many points.
fn values_of_rows(
    acquisition: &AcquisitionFunction<'_>,
    points: &[Vec<f64>],
    context: &Context<'_>,
) -> Result<Vec<f64>, SuggestError> {
    let mut values = Vec::with_capacity(points.len());
    for block in points.chunks(BLOCK) {
        if (context.interrupted)() {
            return Err(SuggestError::Interrupted);
        }
        values.extend(acquisition.values(block));
    }
    Ok(values)
}

/// Configurations in order of preference, and their origin: those with the highest acquisition values, or draws far from
/// all trials where the plan requires them.
fn ranked(
    plan: Plan,
    surrogate: &Surrogate<'_>,
    context: &Context<'_>,
    stream: &mut Stream,
) -> Result<(Vec<Configuration>, Origin), SuggestError> {
    let explored = |stream: &mut Stream| Some(far_draws(context, stream)).filter(|draws| !draws.is_empty());
    if plan.explores_at_once(surrogate, context)
        && let Some(draws) = explored(stream)
    {
        return Ok((draws, Origin::Design));
    }
    let candidates = maximize::best_first(&plan, surrogate, context, stream)?;
    match plan.next(candidates.first(), surrogate, context) {
        Next::Suggest => Ok((candidates, Origin::Gp)),
        Next::Explore => Ok(explored(stream).map_or((candidates, Origin::Gp), |draws| (draws, Origin::Design))),
        Next::Search(second) => Ok((maximize::best_first(&second, surrogate, context, stream)?, Origin::Gp)),
    }
}
