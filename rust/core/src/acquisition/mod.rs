//! Acquisition functions: the value of evaluating a candidate.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `density_ratio` | TPE's ratio of densities |
//! | `improvement` | expectation and probability of an improvement in log space; the latter also for constraints |
//! | `expected_hypervolume` | expected hypervolume improvement in log space |
//! | `directional_hypervolume` | the same along directions, for five or more objectives |

pub mod density_ratio;
pub mod directional_hypervolume;
pub mod expected_hypervolume;
pub mod improvement;

/// The value of an acquisition function at a normal prediction (one per objective), and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct AcquisitionValue {
    /// The value.
    pub value: f64,
    /// Derivative with respect to the mean of every objective.
    pub by_mean: Vec<f64>,
    /// Derivative with respect to the standard deviation of every objective.
    pub by_std: Vec<f64>,
}

impl AcquisitionValue {
    /// The value and derivatives for a single objective.
    pub fn single(value: f64, by_mean: f64, by_std: f64) -> Self {
        Self { value, by_mean: vec![by_mean], by_std: vec![by_std] }
    }
}

/// A normal prediction: mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, positive.
    pub std: f64,
}
