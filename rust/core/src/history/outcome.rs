//! The result of a trial.

use serde::{Deserialize, Serialize};

/// One objective of one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The value (the mean over replicates), to be minimized; may be plus infinity, never NaN or minus infinity.
    pub value: f64,
    /// Standard error of the value, if known.
    pub sem: Option<f64>,
    /// The individual observations behind the value (such as cross-validation folds), possibly empty.
    pub replicates: Vec<f64>,
}

/// How a trial ended. All values are to be minimized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// One measurement per objective.
    Complete(Vec<Measurement>),
    /// The trial was stopped early.
    Pruned {
        /// One per objective; `None` if only the reported curve is known.
        measurements: Option<Vec<Measurement>>,
        /// Why, if known.
        reason: Option<String>,
        /// Whether it may be resumed later.
        paused: bool,
    },
    /// A crash, an out-of-memory error or a NaN.
    Failed {
        /// Why, if known.
        reason: Option<String>,
    },
}
