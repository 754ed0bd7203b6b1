//! The closed set of samplers.
//!
//! A suggestion is a pure function of its [`Context`]. [`Scratch`] only saves time: dropping it at any moment changes
//! no suggestion.

mod auto;
mod cma;
mod credit;
mod crowd;
mod evidence;
mod failures;
mod gp;
mod grid;
mod one_at_a_time;
mod order;
mod random;
mod repeats;
mod settings;
mod sobol;
mod startup;
#[cfg(test)]
mod testing;
mod tpe;

use thiserror::Error;

pub use evidence::Evidence;
pub(crate) use gp::{Reading, predictions, reading};
pub use settings::{AutoSettings, GpAcquisition, GpSettings, Sampler, TpeSettings};

use crate::encoding::Encoding;
use crate::history::{History, Origin};
use crate::numerics::Pool;
use crate::space::{Configuration, SearchSpace, SpaceError};

/// What a suggestion may depend on, and nothing else.
pub struct Context<'a> {
    /// The space.
    pub space: &'a SearchSpace,
    /// Its unit coordinates.
    pub encoding: &'a Encoding,
    /// Every trial, pending ones included.
    pub history: &'a History,
    /// Seed of the search.
    pub seed: u64,
    /// Id of the trial to be suggested.
    pub trial: u64,
    /// Counts the proposals turned down for this trial (duplicates).
    pub attempt: u32,
    /// Threads.
    pub pool: &'a Pool,
    /// Polled between blocks of work; `true` ends the ask.
    pub interrupted: &'a dyn Fn() -> bool,
}

/// What may be dropped at any time: it costs time and changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    grid: grid::Cursor,
    one_at_a_time: one_at_a_time::Cursor,
    tpe: Option<tpe::State>,
    gp: Option<gp::State>,
    cma: Option<cma::State>,
}

/// A proposed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The configuration: in the space, constraints satisfied.
    pub configuration: Configuration,
    /// What chose it.
    pub origin: Origin,
    /// Whether a model gave up and a random draw stands in for it.
    pub fallback: bool,
}

/// Why there is no suggestion.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SuggestError {
    /// The space, or what the sampler covers of it, has nothing new left.
    #[error("{0}")]
    Exhausted(String),
    /// No feasible configuration was found.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// The points of this sampler come from outside the core.
    #[error("the points of this sampler come from outside: hand them in with ask_external")]
    External,
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Sampler {
    /// What the model that `origin` names says of a configuration; `incumbent` is the best one before it.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
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
}

impl Sampler {
    /// Proposes a configuration for trial `context.trial`.
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
            Self::Tpe(settings) => {
                startup::then(settings.n_startup, context, || tpe::suggest(settings, context, &mut scratch.tpe))
            }
            Self::Gp(settings) => {
                startup::then(settings.n_startup, context, || gp::suggest(settings, context, &mut scratch.gp))
            }
            Self::Auto(settings) => auto::suggest(settings, context, scratch),
            Self::External => Err(SuggestError::External),
        }
    }
}
