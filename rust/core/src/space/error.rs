//! Errors of a space or of a configuration.

use thiserror::Error;

/// An error in a space, or in a configuration checked against it.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SpaceError {
    /// The declaration of one parameter is invalid.
    #[error("parameter '{name}': {message}")]
    Parameter {
        /// The parameter's flat name.
        name: String,
        /// The value, what was expected and what to do.
        message: String,
    },
    /// The space as a whole is invalid.
    #[error("{0}")]
    Space(String),
    /// No configuration satisfies the known constraints, as far as a bounded search can tell.
    #[error("no configuration satisfies the constraints: {attempts} attempts found none; loosen {constraint}")]
    Infeasible {
        /// Number of configurations tried.
        attempts: u64,
        /// The text of a constraint that cannot hold, or else of the one broken most often.
        constraint: String,
        /// Its index; `None` if the space has no constraint.
        index: Option<usize>,
    },
    /// The rule of the caller allows none of the configurations that were tried.
    #[error("allowed= refused {n} untried configurations; loosen it, or narrow the space")]
    Refused {
        /// Number of configurations that it refused.
        n: u64,
    },
    /// A configuration breaks a known constraint.
    #[error("the constraint {constraint} is broken; change one of its parameters")]
    Broken {
        /// The constraint, in words.
        constraint: String,
        /// Its index.
        index: usize,
    },
    /// With the defaults, a known constraint cannot hold, whatever values the other parameters take.
    #[error("with the defaults, the constraint {constraint} cannot hold; change one of them")]
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
        /// The value and what was expected.
        message: String,
    },
}
