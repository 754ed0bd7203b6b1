//! Why there is no model.

use crate::numerics::linalg::{Interrupted, NotPositiveDefinite};

/// Why there is no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitError {
    /// The covariance is not positive definite, whatever noise within bounds is added.
    NotPositiveDefinite,
    /// The caller asked to stop.
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

/// What was found; `None` where no covariance could be factored, which ends one search and not the fit that asked.
///
/// # Errors
/// [`FitError::Interrupted`].
pub(super) fn if_factored<T>(result: Result<T, FitError>) -> Result<Option<T>, FitError> {
    match result {
        Err(FitError::NotPositiveDefinite) => Ok(None),
        result => result.map(Some),
    }
}
