//! An alternative and the usual model that it is compared with.

use super::usual::{Fit, Start};
use crate::model::gp::hyperparameters::Layout;
use crate::model::gp::observations::Observations;

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
