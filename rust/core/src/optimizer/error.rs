//! Errors of an optimizer.

use thiserror::Error;

use crate::history::TrialState;
use crate::numerics::OutOfMemory;
use crate::sampler::SuggestError;
use crate::space::SpaceError;

/// An error of an optimizer. A call that returns an error changes nothing.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum OptimizerError {
    /// No trial has this id.
    #[error("trial {id} is unknown: {}", known_ids(*known))]
    UnknownTrial {
        /// The id.
        id: u64,
        /// Number of existing trials.
        known: u64,
    },
    /// The trial is not pending.
    #[error(
        "trial {id} is already {state} and takes no more reports or results; to replace its result, call retract(trial) first; for one more run of its configuration, call observe(trial.params, value)"
    )]
    NotPending {
        /// The id.
        id: u64,
        /// Its state.
        state: TrialState,
    },
    /// The trial does not fit into the space, which was changed, and is not pending.
    #[error(
        "trial {id} does not fit into the space, which was changed, and takes no reports or results: change to one that it fits (change_space), then call retract(trial) and tell it"
    )]
    SetAside {
        /// The id.
        id: u64,
    },
    /// The trial is paused.
    #[error("trial {id} is paused; it takes reports and results again once ask() hands it out")]
    Paused {
        /// The id.
        id: u64,
    },
    /// An argument is invalid.
    #[error("{0}")]
    Argument(String),
    /// What was told or reported of one objective is invalid. The message calls it "objective" with its index, unless it
    /// is the only one.
    #[error("{message}")]
    Objective {
        /// The index of the objective.
        index: usize,
        /// The message.
        message: String,
    },
    /// A configuration or the space is invalid.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// There is no suggestion.
    #[error(transparent)]
    Suggest(#[from] SuggestError),
    /// The memory that the input needs is not available.
    #[error(transparent)]
    Memory(#[from] OutOfMemory),
    /// A snapshot cannot be read.
    #[error("{0}")]
    Snapshot(String),
}

fn known_ids(known: u64) -> String {
    match known {
        0 => "nothing was asked yet".to_owned(),
        1 => "the only id here is 0".to_owned(),
        _ => format!("ids run from 0 to {} here", known - 1),
    }
}
