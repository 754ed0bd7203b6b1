//! The usual model: the maximum a posteriori of the hyperparameters. Also the score by which alternatives are compared
//! with it.

use crate::model::gp::fit::{COLD_ITERATIONS, Objective, Workspace, minimum};
use crate::model::gp::hyperparameters::{Form, Layout, Theta};
use crate::model::gp::observations::{Inputs, Observations};
use crate::model::gp::{FitError, if_factored};
use crate::numerics::Minimum;

/// Maximum number of iterations of a search from a warm start. Few suffice, because the maximum has moved little. A
/// choice, not measured.
const WARM_ITERATIONS: usize = 8;
/// Beyond this number of observations a warm start keeps the earlier decision on shears. (Half and twice:
/// `benches/results/constants.md`.)
const SHEARS_KEPT_BEYOND: usize = 128;

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
    /// A start from the usual fit to mostly the same observations and the hyperparameters selected after it.
    pub fn warm(usual: Theta, selected: Theta) -> Self {
        Self { theta: usual, selected, iterations: WARM_ITERATIONS, is_warm: true }
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

/// The usual model, with which alternatives are compared.
pub(super) struct Usual<'a> {
    pub(super) layout: Layout,
    /// The minimum of the negative log posterior density, without a constant that depends only on inputs and values:
    /// fits to the same data with different known noise can be compared by it.
    pub(super) minimum: Minimum,
    /// The observations that were fitted.
    pub(super) data: Observations<'a>,
    /// Where the fit started.
    pub(super) start: &'a Start,
    /// Polled several times during each evaluation; `true` stops the search.
    pub(super) interrupted: &'a dyn Fn() -> bool,
}

/// An alternative to the usual model.
pub(super) struct Candidate {
    pub(super) theta: Theta,
    /// As [`Usual::score`].
    pub(super) score: f64,
    /// Nats by which it must be more probable than the usual model.
    pub(super) margin: f64,
}

/// Log posterior density, relative to the density at the modes of the prior, where `value` is the negative log posterior
/// density.
pub(super) fn score(layout: &Layout, value: f64) -> f64 {
    -(layout.log_prior_at_modes() + value)
}

impl<'a> Usual<'a> {
    /// Finds the hyperparameters of the highest posterior density. `interrupted` is polled several times during each of
    /// a few dozen evaluations.
    ///
    /// # Errors
    /// Returns a [`FitError`] if the covariance cannot be factored at the start, or if the search is interrupted.
    pub(super) fn fit(
        data: Observations<'a>,
        start: &'a Start,
        interrupted: &'a dyn Fn() -> bool,
    ) -> Result<Self, FitError> {
        let plain = Layout::of(data.inputs);
        let (layout, from) = if start.keeps_shears(data.inputs) {
            let kept = start.sheared().unwrap_or(&start.theta);
            (Layout::new(data.inputs, kept.form()), kept.to_vec())
        } else {
            let from = plain.without_shears(&start.theta);
            (plain, from)
        };
        let (objective, mut work) = (Objective { data, layout: &layout }, Workspace::new(data.inputs.len()));
        let minimum = minimum(&objective, &mut work, &from, start.iterations, interrupted)?;
        Ok(Self { layout, minimum, data, start, interrupted })
    }

    pub(super) fn objective(&self) -> Objective<'_> {
        Objective { data: self.data, layout: &self.layout }
    }

    /// The hyperparameters.
    pub(super) fn theta(&self) -> Theta {
        Theta::new(self.layout.form(), self.minimum.x.clone())
    }

    /// Log posterior density, relative to the density at the modes of the prior.
    pub(super) fn score(&self) -> f64 {
        score(&self.layout, self.minimum.value)
    }

    pub(super) fn is_less_probable_than(&self, candidate: &Candidate) -> bool {
        candidate.score - self.score() > candidate.margin
    }

    /// A candidate of another layout, from a search for its hyperparameters. `None` if no covariance can be factored.
    pub(super) fn searched(
        &self,
        layout: &Layout,
        from: &[f64],
        iterations: usize,
        margin: f64,
        work: &mut Workspace,
    ) -> Result<Option<Candidate>, FitError> {
        let objective = Objective { data: self.data, layout };
        let found = if_factored(minimum(&objective, work, from, iterations, self.interrupted))?;
        Ok(found.map(|Minimum { x, value, .. }| {
            let theta = Theta::new(layout.form(), x);
            Candidate { theta, score: score(layout, value), margin }
        }))
    }
}
