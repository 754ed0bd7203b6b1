//! Maximum a posteriori.

use super::noise_only::noise_only;
use super::objective::{Objective, Workspace};
use super::optimize::{COLD_ITERATIONS, minimum};
use crate::model::gp::error::FitError;
use crate::model::gp::hyperparameters::{Layout, Theta};
use crate::model::gp::observations::{Inputs, Observations};

/// Beyond so many observations a warm start keeps what was decided about shears.
const SHEARS_KEPT_BEYOND: usize = 128;

/// Hyperparameters that were fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The hyperparameters; with shears where these were decided on before.
    pub theta: Theta,
    /// Nothing but noise was found: `theta` lies in a corner, where no other search should start.
    pub is_noise: bool,
    /// Log posterior density at the maximum, before noise alone was decided on, up to a constant that
    /// depends on the inputs and the values alone: fits to the same of them with other known noise compare by it.
    pub log_posterior: f64,
}

/// Where a search for hyperparameters starts, and how long it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    theta: Theta,
    /// What the fit was settled to; its shears are where a search for shears goes on.
    selected: Theta,
    iterations: usize,
    is_warm: bool,
}

impl Start {
    /// Nothing is known.
    pub fn cold(inputs: &Inputs) -> Self {
        let theta = Layout::of(inputs).start();
        Self { selected: theta.clone(), theta, iterations: COLD_ITERATIONS, is_warm: false }
    }
    /// Iterations at most.
    pub(in crate::model::gp) fn iterations(&self) -> usize {
        self.iterations
    }
    /// A fit to much the same observations, and what it was settled to: what a few steps do not change needs no change.
    pub fn warm(fit: Fit, selected: Theta) -> Self {
        Self { theta: fit.theta, selected, iterations: 8, is_warm: true }
    }
    pub(in crate::model::gp) fn is_warm(&self) -> bool {
        self.is_warm
    }
    /// Whether the observations are so many that what was decided before stands.
    pub(in crate::model::gp) fn keeps_shears(&self, inputs: &Inputs) -> bool {
        self.is_warm && inputs.len() > SHEARS_KEPT_BEYOND
    }
    /// The shears that were found before, with everything else that was found with them.
    pub(in crate::model::gp) fn sheared(&self) -> Option<&Theta> {
        Some(&self.selected).filter(|selected| selected.form().is_sheared)
    }
}

/// The hyperparameters of the highest posterior density, or those of nothing but noise where the evidence speaks for it
/// (`noise_only`).
///
/// `interrupted` is asked several times in every evaluation, of which there are some dozens.
///
/// # Errors
/// [`FitError`] if the covariance cannot be factored at the start, or the search was interrupted.
pub fn maximum_a_posteriori(
    data: Observations<'_>,
    start: &Start,
    interrupted: &dyn Fn() -> bool,
) -> Result<Fit, FitError> {
    let mut work = Workspace::new(data.inputs.len());
    let keeps_shears = start.keeps_shears(data.inputs);
    let plain = Layout::of(data.inputs);
    let (layout, from) = if keeps_shears {
        let kept = start.sheared().unwrap_or(&start.theta);
        (Layout::new(data.inputs, kept.form()), kept.to_vec())
    } else {
        let from = plain.without_shears(&start.theta);
        (plain, from)
    };
    let objective = Objective { data, layout: &layout };
    let mut best = minimum(&objective, &mut work, &from, start.iterations, interrupted)?;
    let mut noise = noise_only(&objective, &mut work, &best, interrupted)?;
    if noise.is_some() && start.is_warm {
        // The few steps from there may have ended above the minimum that the evidence is taken at.
        best = minimum(&objective, &mut work, &best.x, COLD_ITERATIONS, interrupted)?;
        noise = noise_only(&objective, &mut work, &best, interrupted)?;
    }
    let log_posterior = -best.value;
    if let Some(theta) = noise {
        return Ok(Fit { theta: Theta::new(layout.form(), theta), is_noise: true, log_posterior });
    }
    Ok(Fit { theta: Theta::new(layout.form(), best.x), is_noise: false, log_posterior })
}
