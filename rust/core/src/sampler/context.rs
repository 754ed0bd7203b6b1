//! Input and output of a sampler.

use thiserror::Error;

use super::CostPenalty;
use crate::encoding::Encoding;
use crate::history::{History, Origin};
use crate::numerics::Pool;
use crate::space::{Configuration, SearchSpace, SpaceError};
use crate::transfer::Earlier;

/// Everything that a suggestion may depend on.
pub struct Context<'a> {
    /// The space.
    pub space: &'a SearchSpace,
    /// Its unit coordinates.
    pub encoding: &'a Encoding,
    /// All trials, including pending ones.
    pub history: &'a History,
    /// Earlier searches that may be informative.
    pub earlier: &'a Earlier,
    /// Seed of the search.
    pub seed: u64,
    /// Id of the trial to be suggested.
    pub trial: u64,
    /// Number of proposals rejected for this trial (duplicates).
    pub attempt: u32,
    /// Penalty for expected costs; absent if costs are ignored.
    pub cost: Option<&'a CostPenalty>,
    /// Thread pool.
    pub pool: &'a Pool,
    /// Polled between blocks of work; `true` cancels the ask.
    pub interrupted: &'a dyn Fn() -> bool,
}

/// A proposed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The configuration. It lies in the space and satisfies the constraints.
    pub configuration: Configuration,
    /// The origin of the configuration.
    pub origin: Origin,
    /// Whether a random draw replaces the proposal of a model.
    pub fallback: bool,
}

/// The reason why there is no suggestion.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SuggestError {
    /// The space, or the part of it that the sampler covers, is exhausted.
    #[error("{0}")]
    Exhausted(String),
    /// No feasible configuration was found.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// The points of this sampler come from outside the core.
    #[error("this sampler takes its points from outside: pass them to ask_external")]
    External,
    /// The caller interrupted the ask.
    #[error("interrupted")]
    Interrupted,
}
