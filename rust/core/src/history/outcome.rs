//! What is told about a trial.

use serde::{Deserialize, Serialize};

/// One objective of one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The value (the mean over replicates), to be minimised; may be plus infinity, never NaN or minus infinity.
    pub value: f64,
    /// Standard error of the value, if known.
    pub sem: Option<f64>,
    /// The single observations behind the value (cross-validation folds), possibly empty.
    pub replicates: Vec<f64>,
}

/// How a trial ended. Values are already turned so that smaller is better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// One measurement per objective.
    Complete(Vec<Measurement>),
    /// Stopped early.
    Pruned {
        /// One per objective, or none: the reported curve then speaks for it.
        measurements: Option<Vec<Measurement>>,
        /// Why, if known.
        reason: Option<String>,
        /// Whether it may go on later.
        paused: bool,
    },
    /// A crash, an out-of-memory, a NaN.
    Failed {
        /// Why, if known.
        reason: Option<String>,
    },
}
