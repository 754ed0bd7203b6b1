//! What a sampler is given, and what it gives back.

use thiserror::Error;

use super::CostPenalty;
use crate::encoding::Encoding;
use crate::history::{History, Origin};
use crate::numerics::Pool;
use crate::space::{Configuration, SearchSpace, SpaceError};
use crate::transfer::Earlier;

/// What a suggestion may depend on, and nothing else.
pub struct Context<'a> {
    /// The space.
    pub space: &'a SearchSpace,
    /// Its unit coordinates.
    pub encoding: &'a Encoding,
    /// Every trial, pending ones included.
    pub history: &'a History,
    /// Earlier searches that may know something.
    pub earlier: &'a Earlier,
    /// Seed of the search.
    pub seed: u64,
    /// Id of the trial to be suggested.
    pub trial: u64,
    /// Counts the proposals turned down for this trial (duplicates).
    pub attempt: u32,
    /// How costs weigh; absent where they have no say.
    pub cost: Option<&'a CostPenalty>,
    /// Threads.
    pub pool: &'a Pool,
    /// Polled between blocks of work; `true` ends the ask.
    pub interrupted: &'a dyn Fn() -> bool,
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
