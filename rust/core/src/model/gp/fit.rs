//! Maximum a posteriori.

use super::hyper::Layout;
use super::inputs::Inputs;
use super::null;
use super::objective::{Objective, Workspace};
use super::process::{FitError, GaussianProcess};
use super::theta::Theta;
use crate::numerics::{Minimum, Stop, minimize_in_box};

/// Beyond so many observations a warm start keeps what was decided about shears.
const DECIDED: usize = 128;
/// Iterations of a search that starts where nothing is known.
pub(super) const COLD_ITERATIONS: usize = 60;

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

impl Fit {
    /// The hyperparameters of a function's model: those of a few parameters where these explain the values (`sparse`),
    /// or else of a smooth function under noise where that does (`smooth`), or else with shears where valleys lie askew
    /// (`askew`). What was not measured beside each other is not asked together. `data` and `start` are those of the
    /// fit.
    ///
    /// # Errors
    /// [`FitError::Interrupted`].
    pub fn settled(
        self,
        data: Observations<'_>,
        start: &Start,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Theta, FitError> {
        if let Some(sparse) = self.sparse(data, start, interrupted)? {
            return Ok(sparse);
        }
        if let Some(smooth) = self.smooth(data, interrupted)? {
            return Ok(smooth);
        }
        let askew = self.askew(data, start, interrupted)?;
        Ok(askew.unwrap_or(self.theta))
    }
}

/// Where a search for hyperparameters starts, and how long it may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    theta: Theta,
    /// What the fit was settled to; its shears are where a search for shears goes on.
    settled: Theta,
    iterations: usize,
    is_warm: bool,
}

impl Start {
    /// Nothing is known.
    pub fn cold(inputs: &Inputs) -> Self {
        let theta = Layout::of(inputs).start();
        Self { settled: theta.clone(), theta, iterations: COLD_ITERATIONS, is_warm: false }
    }
    /// Iterations at most.
    pub(super) fn iterations(&self) -> usize {
        self.iterations
    }
    /// A fit to much the same observations, and what it was settled to: what a few steps do not change needs no change.
    pub fn warm(fit: Fit, settled: Theta) -> Self {
        Self { theta: fit.theta, settled, iterations: 8, is_warm: true }
    }
    pub(super) fn is_warm(&self) -> bool {
        self.is_warm
    }
    /// Whether the observations are so many that what was decided before stands.
    pub(super) fn decides(&self, inputs: &Inputs) -> bool {
        self.is_warm && inputs.len() > DECIDED
    }
    /// The shears that were found before, with everything else that was found with them.
    pub(super) fn sheared(&self) -> Option<&Theta> {
        Some(&self.settled).filter(|settled| settled.form().is_sheared)
    }
}

/// The hyperparameters of the highest posterior density, or those of nothing but noise where the evidence speaks for it
/// (`null`).
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
    let keeps = start.decides(data.inputs);
    let plain = Layout::of(data.inputs);
    let (layout, from) = if keeps {
        let kept = start.sheared().unwrap_or(&start.theta);
        (Layout::new(data.inputs, kept.form()), kept.to_vec())
    } else {
        let from = plain.plain(&start.theta);
        (plain, from)
    };
    let objective = Objective { data, layout: &layout };
    let mut best = minimum(&objective, &mut work, &from, start.iterations, interrupted)?;
    let mut noise = null::noise_alone(&objective, &mut work, &best, interrupted)?;
    if noise.is_some() && start.is_warm {
        // The few steps from there may have ended above the minimum that the evidence is taken at.
        best = minimum(&objective, &mut work, &best.x, COLD_ITERATIONS, interrupted)?;
        noise = null::noise_alone(&objective, &mut work, &best, interrupted)?;
    }
    let log_posterior = -best.value;
    if let Some(theta) = noise {
        return Ok(Fit { theta: Theta::new(layout.form(), theta), is_noise: true, log_posterior });
    }
    Ok(Fit { theta: Theta::new(layout.form(), best.x), is_noise: false, log_posterior })
}

/// The minimum of the objective.
pub(super) fn minimum(
    objective: &Objective<'_>,
    work: &mut Workspace,
    from: &[f64],
    iterations: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Minimum, FitError> {
    let mut stopped = false;
    let evaluate = |theta: &[f64], gradient: &mut [f64]| {
        if stopped {
            return None;
        }
        let value = objective.evaluate(work, theta, gradient, interrupted);
        stopped = value == Err(FitError::Interrupted);
        value.ok()
    };
    // A hundredth of a nat is nothing beside what the data leave open.
    let stop = Stop { iterations, gradient: 1e-2, decrease: 1e-2 };
    let found = minimize_in_box(evaluate, from, &objective.layout.bounds(), stop);
    match found {
        _ if stopped => Err(FitError::Interrupted),
        Some(best) => Ok(best),
        None => Err(FitError::NotPositiveDefinite),
    }
}

impl GaussianProcess {
    /// Fits the hyperparameters to `y` (about zero mean and unit variance) from the default start.
    ///
    /// `known_noise[i]` is added to the noise variance of observation `i` (its squared standard error). `interrupted`
    /// is asked several times in every evaluation.
    ///
    /// # Errors
    /// [`FitError`] if the covariance cannot be factored, or the search was interrupted.
    pub fn fit(
        inputs: Inputs,
        y: &[f64],
        known_noise: &[f64],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Self, FitError> {
        let data = Observations { inputs: &inputs, y, known_noise };
        let start = Start::cold(&inputs);
        let theta = maximum_a_posteriori(data, &start, interrupted)?.settled(data, &start, interrupted)?;
        Self::with_unless(inputs, theta, y, known_noise, interrupted)
    }
}
