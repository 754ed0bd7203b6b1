//! The closed set of samplers.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::encoding::Encoding;
use crate::history::{History, Origin};
use crate::numerics::Pool;
use crate::space::{Configuration, SearchSpace, SpaceError};

/// A sampler and its settings; settings never change during a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sampler {
    /// Independent draws from the priors.
    Random,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Every combination of levels; a continuous parameter has `resolution` of them.
    Grid {
        /// Levels of a continuous parameter (and the most a counted numeric one is given).
        resolution: u64,
    },
    /// A base point, then every parameter through its levels with the others at the base.
    OneAtATime {
        /// The base; the defaults (or the centre) if absent.
        base: Option<Configuration>,
        /// Levels of a numeric parameter.
        resolution: u64,
    },
    /// Tree-structured Parzen estimator.
    Tpe(TpeSettings),
    /// Rules choose: Sobol first, then TPE.
    Auto(AutoSettings),
    /// A sampler outside the core: points come through `Optimizer::ask_external`.
    External,
}

/// Settings of TPE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TpeSettings {
    /// Trials before the model takes over.
    pub n_startup: u64,
    /// Candidates per suggestion.
    pub n_candidates: u64,
    /// Share of the history that counts as good.
    pub gamma: f64,
}

/// Settings of Auto.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutoSettings {
    /// Trials before a model takes over; chosen from the number of parameters if absent.
    pub n_startup: Option<u64>,
}

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
pub struct Scratch {}

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
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Sampler {
    /// Proposes a configuration for trial `context.trial`.
    ///
    /// # Errors
    /// See [`SuggestError`].
    pub fn suggest(&self, context: &Context<'_>, scratch: &mut Scratch) -> Result<Suggestion, SuggestError> {
        todo!()
    }
}
