//! Known constraints on the inputs.

use serde::{Deserialize, Serialize};

use super::Accept;

/// One factor of a forbidden combination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Index of the parameter.
    pub parameter: usize,
    /// Its values in the combination.
    pub accept: Accept,
}

/// A known constraint. It applies only to configurations in which every parameter it names is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constraint {
    /// `lower <= sum of weight * value <= upper`, over numeric parameters in the user's scale.
    Linear {
        /// `(parameter, weight)`.
        terms: Vec<(usize, f64)>,
        /// Lower bound, possibly minus infinity.
        lower: f64,
        /// Upper bound, possibly infinity.
        upper: f64,
    },
    /// `left <= right`, or `left < right` if `strict`; two numeric parameters, or two ordinals by level.
    Order {
        /// Index of the smaller parameter.
        left: usize,
        /// Index of the larger parameter.
        right: usize,
        /// Whether equality is excluded.
        strict: bool,
    },
    /// The clauses must not all hold.
    Forbid(Vec<Clause>),
}
