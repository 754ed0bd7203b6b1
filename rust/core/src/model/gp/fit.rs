//! Maximum a posteriori.

use super::hyper::Layout;
use super::inputs::Inputs;
use super::objective::Objective;
use super::process::{FitError, GaussianProcess};
use crate::numerics::{Stop, minimize_in_box};

/// A hundredth of a nat is nothing beside what the data leave open.
const STOP: Stop = Stop { iterations: 60, gradient: 1e-2, decrease: 1e-2 };

/// The hyperparameters of the highest posterior density, sought from `start`: the `theta` of an earlier fit or [`Layout::start`].
///
/// # Errors
/// [`FitError`] if the covariance cannot be factored at the start.
pub fn maximum_a_posteriori(
    inputs: &Inputs,
    y: &[f64],
    known_noise: &[f64],
    start: &[f64],
) -> Result<Vec<f64>, FitError> {
    let layout = Layout::new(inputs.conditional());
    let objective = Objective { inputs, layout: &layout, y, known_noise };
    let evaluate = |theta: &[f64], gradient: &mut [f64]| objective.evaluate(theta, gradient).ok();
    minimize_in_box(evaluate, start, &layout.bounds(), STOP).map(|best| best.x).ok_or(FitError)
}

impl GaussianProcess {
    /// Fits the hyperparameters to `y` (about zero mean and unit variance) from the default start.
    ///
    /// `known_noise[i]` is added to the noise variance of observation `i` (its squared standard error).
    ///
    /// # Errors
    /// [`FitError`] if the covariance cannot be factored.
    pub fn fit(inputs: Inputs, y: &[f64], known_noise: &[f64]) -> Result<Self, FitError> {
        let start = Layout::new(inputs.conditional()).start();
        let theta = maximum_a_posteriori(&inputs, y, known_noise, &start)?;
        Self::with(inputs, theta, y, known_noise)
    }
}
