//! What an alternative is held against.

use crate::model::gp::fit::{Fit, Start};
use crate::model::gp::observations::Observations;

/// A fit, and what it was made from.
pub(super) struct Case<'a> {
    pub(super) fit: &'a Fit,
    /// The observations that were fitted.
    pub(super) data: Observations<'a>,
    /// Where the fit started.
    pub(super) start: &'a Start,
    /// Asked several times in every evaluation.
    pub(super) interrupted: &'a dyn Fn() -> bool,
}
