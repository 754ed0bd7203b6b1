//! Maximum a posteriori.

use super::hyper::Layout;
use super::inputs::Inputs;
use super::null::{self, Fitted};
use super::objective::{Objective, Workspace};
use super::process::{FitError, GaussianProcess};
use crate::numerics::{Stop, minimize_in_box};

/// What a model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    /// Where something was observed.
    pub inputs: &'a Inputs,
    /// The values, about zero mean and unit variance.
    pub y: &'a [f64],
    /// Known noise variance of every observation (its squared standard error), on top of the fitted one.
    pub known_noise: &'a [f64],
}

/// Where a search for hyperparameters starts, and how long it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    theta: Vec<f64>,
    iterations: usize,
}

impl Start {
    /// Nothing is known.
    pub fn cold(inputs: &Inputs) -> Self {
        Self { theta: Layout::of(inputs).start(), iterations: 60 }
    }
    /// The `theta` of a fit to much the same observations: what a few steps do not change needs no change.
    pub fn warm(theta: Vec<f64>) -> Self {
        Self { theta, iterations: 8 }
    }
}

/// The hyperparameters of the highest posterior density; those of nothing but noise where the evidence speaks for it
/// (`null`).
///
/// `interrupted` is asked before each of some dozens of evaluations.
///
/// # Errors
/// [`FitError`] if the covariance cannot be factored at the start, or the search was interrupted.
pub fn maximum_a_posteriori(
    data: Observations<'_>,
    start: &Start,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<f64>, FitError> {
    let layout = Layout::of(data.inputs);
    let objective = Objective { data, layout: &layout };
    let (mut work, mut stopped) = (Workspace::new(data.inputs.len()), false);
    let evaluate = |theta: &[f64], gradient: &mut [f64]| {
        stopped = stopped || interrupted();
        if stopped { None } else { objective.evaluate(&mut work, theta, gradient).ok() }
    };
    // A hundredth of a nat is nothing beside what the data leave open.
    let stop = Stop { iterations: start.iterations, gradient: 1e-2, decrease: 1e-2 };
    let found = minimize_in_box(evaluate, &start.theta, &layout.bounds(), stop);
    match found {
        _ if stopped => Err(FitError::Interrupted),
        Some(best) => {
            let fitted = Fitted { theta: &best.x, value: best.value };
            Ok(null::noise_alone(&objective, &mut work, fitted).unwrap_or(best.x))
        }
        None => Err(FitError::NotPositiveDefinite),
    }
}

impl GaussianProcess {
    /// Fits the hyperparameters to `y` (about zero mean and unit variance) from the default start.
    ///
    /// `known_noise[i]` is added to the noise variance of observation `i` (its squared standard error).
    ///
    /// # Errors
    /// [`FitError`] if the covariance cannot be factored.
    pub fn fit(inputs: Inputs, y: &[f64], known_noise: &[f64]) -> Result<Self, FitError> {
        let data = Observations { inputs: &inputs, y, known_noise };
        let theta = maximum_a_posteriori(data, &Start::cold(&inputs), &|| false)?;
        Self::with(inputs, theta, y, known_noise)
    }
}
