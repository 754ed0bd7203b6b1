//! The usual model: the maximum a posteriori of the hyperparameters, or nothing but noise. Also the form of an
//! alternative to it.

use super::noise_only::noise_only;
use crate::model::gp::FitError;
use crate::model::gp::fit::{COLD_ITERATIONS, Objective, Workspace, minimum};
use crate::model::gp::hyperparameters::{Form, Layout, Theta};
use crate::model::gp::observations::{Inputs, Observations};

/// Beyond this number of observations a warm start keeps the earlier decision on shears. (Half and twice:
/// `benches/results/constants.md`.)
const SHEARS_KEPT_BEYOND: usize = 128;

/// Fitted hyperparameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The hyperparameters, with shears if these were selected earlier.
    pub theta: Theta,
    /// Whether the values are nothing but noise. `theta` then lies in a corner from which no other search should start.
    pub is_noise: bool,
    /// Log posterior density at the maximum of the model with a signal. It omits a constant that depends only on inputs
    /// and values, so fits to the same data with different known noise can be compared by it.
    pub log_posterior: f64,
}

/// The start of a search for hyperparameters and its maximum number of iterations.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    theta: Theta,
    /// The hyperparameters selected after the fit; a search for shears continues from their shears.
    selected: Theta,
    iterations: usize,
    is_warm: bool,
}

impl Start {
    /// A start without earlier knowledge.
    pub fn cold(inputs: &Inputs) -> Self {
        let theta = Layout::of(inputs).start();
        Self { selected: theta.clone(), theta, iterations: COLD_ITERATIONS, is_warm: false }
    }
    /// Maximum number of iterations.
    pub(super) fn iterations(&self) -> usize {
        self.iterations
    }
    /// A start from a fit to mostly the same observations and the hyperparameters selected after it. Few iterations
    /// suffice, because the maximum has moved little.
    pub fn warm(fit: Fit, selected: Theta) -> Self {
        Self { theta: fit.theta, selected, iterations: 8, is_warm: true }
    }
    pub(super) fn is_warm(&self) -> bool {
        self.is_warm
    }
    /// Whether there are so many observations that the earlier decision on shears is kept.
    pub(super) fn keeps_shears(&self, inputs: &Inputs) -> bool {
        self.is_warm && inputs.len() > SHEARS_KEPT_BEYOND
    }
    /// The hyperparameters that were selected with shears, if they were.
    pub(super) fn sheared(&self) -> Option<&Theta> {
        Some(&self.selected).filter(|selected| selected.form() == Form::Sheared)
    }
}

/// Finds the hyperparameters of the highest posterior density, or those of pure noise if the evidence favours it
/// (`noise_only`).
///
/// `interrupted` is polled several times during each of a few dozen evaluations.
///
/// # Errors
/// Returns a [`FitError`] if the covariance cannot be factored at the start, or if the search is interrupted.
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
        // The few iterations of a warm start may have ended before the minimum, at which the evidence is approximated.
        best = minimum(&objective, &mut work, &best.x, COLD_ITERATIONS, interrupted)?;
        noise = noise_only(&objective, &mut work, &best, interrupted)?;
    }
    let log_posterior = -best.value;
    if let Some(theta) = noise {
        return Ok(Fit { theta: Theta::new(layout.form(), theta), is_noise: true, log_posterior });
    }
    Ok(Fit { theta: Theta::new(layout.form(), best.x), is_noise: false, log_posterior })
}

/// An alternative to the usual model.
pub(super) struct Candidate {
    pub(super) layout: Layout,
    /// Where the search for its hyperparameters starts.
    pub(super) from: Vec<f64>,
    pub(super) iterations: usize,
    /// Nats by which it must be more probable than the usual model.
    pub(super) margin: f64,
}

/// The usual model, with which alternatives are compared.
pub(super) struct Usual<'a> {
    pub(super) fit: &'a Fit,
    /// The observations that were fitted.
    pub(super) data: Observations<'a>,
    /// Where the fit started.
    pub(super) start: &'a Start,
    /// Polled several times during each evaluation; `true` stops the search.
    pub(super) interrupted: &'a dyn Fn() -> bool,
}

impl Usual<'_> {
    /// Nats by which an alternative is more probable than the usual model, where the negative log posterior of its
    /// hyperparameters is `value`.
    pub(super) fn lead(&self, layout: &Layout, value: f64) -> f64 {
        let usual = Layout::of(self.data.inputs).log_prior_at_modes() - self.fit.log_posterior;
        usual - (layout.log_prior_at_modes() + value)
    }
}
