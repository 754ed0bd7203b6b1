//! The input of an alternative.

use crate::model::gp::fit::{Fit, Start};
use crate::model::gp::observations::Observations;

/// A fit together with the data and the start it was made from.
pub(super) struct Case<'a> {
    pub(super) fit: &'a Fit,
    /// The observations that were fitted.
    pub(super) data: Observations<'a>,
    /// Where the fit started.
    pub(super) start: &'a Start,
    /// Polled several times during each evaluation; `true` stops the fit.
    pub(super) interrupted: &'a dyn Fn() -> bool,
}
