//! The closed set of samplers.
//!
//! A suggestion is a pure function of its [`Context`]. [`Scratch`] only saves time: it may be dropped at any time
//! without changing a suggestion.

mod among;
mod auto;
mod choice;
mod cma;
mod context;
mod cost;
mod evidence;
mod failures;
mod gp;
mod grid;
mod initial_design;
mod next_model;
mod nsga;
mod one_at_a_time;
mod random;
mod ranking;
mod rows;
mod rule;
mod scratch;
mod settings;
mod sobol;
#[cfg(test)]
mod testing;
mod tpe;
mod worth;

pub use among::Candidates;
pub(crate) use among::OpenRow;
pub(crate) use auto::MAX_GP_PARAMETERS;
pub use context::{Context, SuggestError, Suggestion};
pub(crate) use cost::{cost_penalty, expected_of_pending};
pub use evidence::Evidence;
#[cfg(test)]
pub(crate) use gp::TrialPosterior;
pub(crate) use gp::{FrontPosterior, MAX_EXACT, Noisy, Reading, expected_gain, front_posterior, predictions, reading};
pub(crate) use next_model::Model;
pub use rule::{Rule, SharedRule};
pub use scratch::Scratch;
pub use settings::{AutoSettings, GpAcquisition, GpSettings, NsgaSettings, Sampler, TpeSettings};

use crate::history::Origin;
use crate::space::Configuration;

impl Sampler {
    /// Explains a configuration by the model that `origin` names; `incumbent` is the best configuration before it.
    ///
    /// # Errors
    /// Returns [`SuggestError::Interrupted`].
    pub fn evidence(
        &self,
        origin: Origin,
        context: &Context<'_>,
        chosen: &Configuration,
        incumbent: Option<&Configuration>,
    ) -> Result<Evidence, SuggestError> {
        match (origin, self) {
            (Origin::Gp, Self::Gp(settings)) => gp::evidence(settings, context, chosen, incumbent),
            (Origin::Gp, Self::Auto(settings)) => {
                gp::evidence(&auto::gp_settings(settings, context), context, chosen, incumbent)
            }
            (Origin::Tpe, Self::Tpe(settings)) => tpe::evidence(settings, context, chosen, incumbent),
            (Origin::Tpe, Self::Auto(settings)) => {
                tpe::evidence(&auto::tpe_settings(settings, context), context, chosen, incumbent)
            }
            _ => Ok(Evidence::default()),
        }
    }

    /// Suggests a configuration for the trial `context.trial`.
    ///
    /// # Errors
    /// See [`SuggestError`].
    pub fn suggest(&self, context: &Context<'_>, scratch: &mut Scratch) -> Result<Suggestion, SuggestError> {
        match self {
            Self::Random => random::suggest(context),
            Self::Sobol => sobol::suggest(context),
            Self::Grid { resolution } => grid::suggest(*resolution, context, &mut scratch.grid),
            Self::OneAtATime { base, resolution } => {
                one_at_a_time::suggest(base.as_ref(), *resolution, context, &mut scratch.one_at_a_time)
            }
            Self::Tpe(settings) => initial_design::until_model(settings.n_startup, context, || {
                tpe::suggest(settings, context, &mut scratch.tpe)
            }),
            Self::Gp(settings) => initial_design::until_model(settings.n_startup, context, || {
                gp::suggest(settings, context, &mut scratch.gp)
            }),
            Self::Auto(settings) => auto::suggest(settings, context, scratch),
            Self::Nsga2(settings) => initial_design::until_model(settings.population_size, context, || {
                nsga::suggest_by_crowding(settings, context, &mut scratch.nsga)
            }),
            Self::Nsga3(settings) => initial_design::until_model(settings.population_size, context, || {
                nsga::suggest_by_niches(settings, context, &mut scratch.nsga)
            }),
            Self::External => Err(SuggestError::External),
        }
    }
}
