//! What can be wrong with a space or a configuration.

use thiserror::Error;

/// What is wrong with a space, or with a configuration held against it.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SpaceError {
    /// The declaration of one parameter is impossible.
    #[error("parameter '{name}': {message}")]
    Parameter {
        /// Its flat name.
        name: String,
        /// What was found, what was expected, what to do.
        message: String,
    },
    /// The space as a whole is impossible.
    #[error("{0}")]
    Space(String),
    /// No configuration satisfies the known constraints, as far as a bounded search can tell.
    #[error("no configuration satisfies the constraints: {attempts} attempts found none; loosen {constraint}")]
    Infeasible {
        /// How many configurations were tried.
        attempts: u64,
        /// A constraint that cannot hold, or else the one broken most often, in words.
        constraint: String,
        /// Its index; `None` if the space has no constraint.
        index: Option<usize>,
    },
    /// A configuration breaks a known constraint.
    #[error("the constraint {constraint} is broken; change one of its parameters")]
    Broken {
        /// The constraint, in words.
        constraint: String,
        /// Its index.
        index: usize,
    },
    /// Beside the defaults a known constraint cannot hold, whatever the values of the other parameters are.
    #[error("beside the defaults the constraint {constraint} cannot hold; change one of them")]
    Defaults {
        /// The constraint, in words.
        constraint: String,
        /// Its index.
        index: usize,
    },
    /// A configuration does not belong to the space.
    #[error("parameter '{name}': {message}")]
    Configuration {
        /// Flat name of the parameter at fault.
        name: String,
        /// What was found and what was expected.
        message: String,
    },
}
