//! Errors of fitting a model.

use crate::numerics::linalg::{Interrupted, NotPositiveDefinite};

/// The reason why no model could be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitError {
    /// The covariance is not positive definite, even with the largest noise that may be added.
    NotPositiveDefinite,
    /// The caller interrupted the fit.
    Interrupted,
}

impl From<NotPositiveDefinite> for FitError {
    fn from(_: NotPositiveDefinite) -> Self {
        Self::NotPositiveDefinite
    }
}

impl From<Interrupted> for FitError {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// Turns a covariance that could not be factored into `None`: this ends one search, but not the fit.
///
/// # Errors
/// Returns [`FitError::Interrupted`] if interrupted.
pub(super) fn if_factored<T>(result: Result<T, FitError>) -> Result<Option<T>, FitError> {
    match result {
        Err(FitError::NotPositiveDefinite) => Ok(None),
        result => result.map(Some),
    }
}
