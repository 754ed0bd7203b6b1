//! Alternatives to the standard model of a function. Each replaces it only if the evidence favours it by a given
//! margin.
//!
//! | file | used when |
//! | --- | --- |
//! | `sparse` | a few of many parameters explain the values |
//! | `smooth` | a smooth function with noise explains the values |
//! | `sheared` | valleys run diagonally to the axes |
//!
//! They are tried in this order, and the first one accepted is used. Combinations have not been benchmarked and are not
//! tried.

mod case;
mod sheared;
mod smooth;
mod sparse;

use case::Case;

use super::error::FitError;
use super::fit::{Fit, Start};
use super::hyperparameters::Theta;
use super::observations::Observations;

/// Returns the hyperparameters of an alternative if the evidence favours it.
type Alternative = fn(&Case<'_>) -> Result<Option<Theta>, FitError>;

const IN_ORDER: [Alternative; 3] = [sparse::sparse, smooth::smooth, sheared::sheared];

/// Returns the hyperparameters of the first accepted alternative, or else those of the fit. `data` and `start` must be
/// those of the fit.
///
/// # Errors
/// Returns [`FitError::Interrupted`] if interrupted.
pub fn select_alternative(
    fit: &Fit,
    data: Observations<'_>,
    start: &Start,
    interrupted: &dyn Fn() -> bool,
) -> Result<Theta, FitError> {
    let case = Case { fit, data, start, interrupted };
    for alternative in IN_ORDER {
        if let Some(theta) = alternative(&case)? {
            return Ok(theta);
        }
    }
    Ok(fit.theta.clone())
}
