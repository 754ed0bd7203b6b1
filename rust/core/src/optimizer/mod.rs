//! The ask-and-tell state machine.
//!
//! ```text
//! ask      -> a pending row; its id is its row
//! tell     -> pending becomes complete, pruned or failed; anything else is refused and changes nothing
//! enqueue  -> a (partial) configuration that the next ask hands out first
//! observe  -> a row that was never pending
//! snapshot -> bytes from which the search goes on exactly as this one would
//! ```
//!
//! A suggestion is a pure function of (space, sampler settings, seed, trial id, the history told so far, what is
//! pending).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::encoding::Encoding;
use crate::history::{History, Outcome, TrialState};
use crate::numerics::Pool;
use crate::sampler::{Sampler, Scratch, SuggestError};
use crate::space::{Configuration, SearchSpace, SpaceError, Value};

/// What an optimizer is created with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// One entry per objective; whether it is maximised (messages and export only: the core minimises).
    pub maximize: Vec<bool>,
    /// The sampler.
    pub sampler: Sampler,
    /// The seed.
    pub seed: u64,
    /// Whether a configuration already seen is never suggested again while the objective is not noisy.
    pub deduplicate: bool,
}

/// Counts of what happened, for `stats()`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Suggestions handed out.
    pub asked: u64,
    /// Proposals turned down because they were evaluated or pending.
    pub duplicates: u64,
    /// Suggestions for which a random draw stood in for a model.
    pub fallbacks: u64,
}

/// What an optimizer refuses.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum OptimizerError {
    /// No trial has this id.
    #[error("trial {id} is unknown: ids run from 0 to {known} here")]
    UnknownTrial {
        /// The id.
        id: u64,
        /// Number of trials known.
        known: u64,
    },
    /// The trial is not pending.
    #[error("trial {id} is already {state:?}")]
    NotPending {
        /// The id.
        id: u64,
        /// Its state.
        state: TrialState,
    },
    /// An argument is wrong; nothing was changed.
    #[error("{0}")]
    Argument(String),
    /// A configuration or the space is wrong.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// No suggestion.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
    /// A snapshot cannot be read.
    #[error("{0}")]
    Snapshot(String),
}

/// One told result, with everything that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// How it ended.
    pub outcome: Outcome,
    /// Black-box constraints, feasible when `<= 0`.
    pub constraints: Vec<(String, f64)>,
    /// What it cost.
    pub cost: Option<f64>,
}

/// The ask-and-tell state machine.
#[derive(Clone, Debug)]
pub struct Optimizer {
    space: SearchSpace,
    encoding: Encoding,
    settings: Settings,
    history: History,
    queue: VecDeque<Vec<Option<Value>>>,
    counters: Counters,
    scratch: Scratch,
}

impl Optimizer {
    /// A search without trials.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for settings that make no sense (no objective, gamma outside (0, 1), zero counts).
    pub fn new(space: SearchSpace, settings: Settings) -> Result<Self, OptimizerError> {
        todo!()
    }
    /// The space.
    pub fn space(&self) -> &SearchSpace {
        &self.space
    }
    /// The encoding.
    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }
    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Every trial.
    pub fn history(&self) -> &History {
        &self.history
    }
    /// What happened so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
    /// Queued points not yet handed out.
    pub fn queue(&self) -> impl ExactSizeIterator<Item = &Vec<Option<Value>>> {
        self.queue.iter()
    }
    /// Hands out `n` trials and returns the id of the first (ids are consecutive). All or nothing: on an error or an
    /// interruption the state is as before.
    ///
    /// # Errors
    /// [`SuggestError`] through [`OptimizerError::Suggest`].
    pub fn ask(&mut self, n: usize, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Result<u64, OptimizerError> {
        todo!()
    }
    /// As [`Self::ask`], at unit coordinates chosen outside (one row per trial). Queue and defaults are *not* consulted:
    /// see [`Self::next_is_given`].
    ///
    /// # Errors
    /// As [`Self::ask`]; wrong length or a point that cannot be repaired is [`OptimizerError::Argument`].
    pub fn ask_external(&mut self, points: &[Vec<f64>]) -> Result<u64, OptimizerError> {
        todo!()
    }
    /// Whether the next ask hands out a queued point or the defaults, not a suggestion of the sampler.
    pub fn next_is_given(&self) -> bool {
        todo!()
    }
    /// Ends a pending trial.
    ///
    /// # Errors
    /// Unknown id, not pending, wrong number of measurements, NaN or minus infinity; nothing is changed then.
    pub fn tell(&mut self, trial: u64, tell: Tell) -> Result<(), OptimizerError> {
        todo!()
    }
    /// Records an intermediate value (to be minimised) of a pending trial.
    ///
    /// # Errors
    /// Unknown id, not pending, a step not larger than the last one, more than one objective.
    pub fn report(&mut self, trial: u64, step: u64, value: f64) -> Result<(), OptimizerError> {
        todo!()
    }
    /// Median rule (Golovin et al. 2017, Vizier, section 3.2.1).
    ///
    /// # Errors
    /// Unknown id, not pending.
    pub fn should_prune(&self, trial: u64) -> Result<bool, OptimizerError> {
        todo!()
    }
    /// Queues a partial configuration.
    ///
    /// # Errors
    /// A value outside its domain, or a parameter that can never be active beside the others given.
    pub fn enqueue(&mut self, partial: Vec<Option<Value>>) -> Result<(), OptimizerError> {
        todo!()
    }
    /// Adds a finished trial from elsewhere and returns its id.
    ///
    /// # Errors
    /// As [`Self::tell`], and a configuration that is not in the space (known constraints are not required of it).
    pub fn observe(&mut self, configuration: Configuration, tell: Tell) -> Result<u64, OptimizerError> {
        todo!()
    }
    /// Id of the best feasible complete trial of a single-objective search, kept up to date at each tell: O(1).
    pub fn best(&self) -> Option<u64> {
        todo!()
    }
    /// Ids of the feasible complete trials no other one dominates, in increasing order.
    pub fn pareto_front(&self) -> Vec<u64> {
        todo!()
    }
    /// The trial to use: the best by posterior mean when the objective is noisy (see `optimizer/recommend.rs`).
    pub fn recommend(&self) -> Option<u64> {
        todo!()
    }
    /// Ids of the pending trials, increasing.
    pub fn pending(&self) -> Vec<u64> {
        todo!()
    }
    /// Bytes from which [`Self::restore`] goes on exactly as this optimizer would; `labels` travels along unread.
    ///
    /// # Errors
    /// Never in practice: a serializer failure.
    pub fn snapshot(&self, labels: &[u8]) -> Result<Vec<u8>, OptimizerError> {
        todo!()
    }
    /// Reads a snapshot; returns the optimizer and its labels.
    ///
    /// # Errors
    /// [`OptimizerError::Snapshot`] naming the offset or version.
    pub fn restore(bytes: &[u8]) -> Result<(Self, Vec<u8>), OptimizerError> {
        todo!()
    }
}
