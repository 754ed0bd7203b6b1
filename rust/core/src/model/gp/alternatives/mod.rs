//! Other models of a function than the usual one, each with the evidence that it needs to stand in its place.
//!
//! | file | when it stands |
//! | --- | --- |
//! | `sparse` | a few of many parameters explain the values |
//! | `smooth` | a smooth function under noise explains the values |
//! | `sheared` | valleys lie askew |
//!
//! They are asked in this order, and the first that has its evidence stands: combinations of them were never measured.

mod case;
mod sheared;
mod smooth;
mod sparse;

use case::Case;

use super::error::FitError;
use super::fit::{Fit, Start};
use super::hyperparameters::Theta;
use super::observations::Observations;

/// The hyperparameters of an alternative, if the evidence speaks for it.
type Alternative = fn(&Case<'_>) -> Result<Option<Theta>, FitError>;

const IN_ORDER: [Alternative; 3] = [sparse::sparse, smooth::smooth, sheared::sheared];

/// The hyperparameters of the first alternative that has its evidence, or those of the fit. `data` and `start` are those
/// of the fit.
///
/// # Errors
/// [`FitError::Interrupted`].
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
