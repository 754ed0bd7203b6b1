//! The user's belief where the optimum lies.

use serde::{Deserialize, Serialize};

/// A density over the unit interval of one parameter (see [`crate::encoding`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Prior {
    /// No preference.
    Uniform,
    /// A normal density truncated to `[0, 1]`, in unit coordinates.
    Normal {
        /// Centre; may lie outside `[0, 1]`.
        mean: f64,
        /// Standard deviation, positive.
        std: f64,
    },
    /// A piecewise constant density on bins `edges[i]..edges[i + 1]` of the unit interval.
    Histogram {
        /// Increasing, from 0 to 1.
        edges: Vec<f64>,
        /// One mass per bin, non-negative, summing to one.
        masses: Vec<f64>,
    },
    /// One mass per level, non-negative, summing to one (categoricals).
    Weights(Vec<f64>),
}
