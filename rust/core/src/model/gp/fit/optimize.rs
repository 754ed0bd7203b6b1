//! The minimum of the objective.

use super::objective::{Objective, Workspace};
use crate::model::gp::error::FitError;
use crate::numerics::{Minimum, Stop, minimize_in_box};

/// Iterations of a search that starts where nothing is known.
pub(in crate::model::gp) const COLD_ITERATIONS: usize = 60;

/// The minimum of the objective.
pub(in crate::model::gp) fn minimum(
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
    let minimum = minimize_in_box(evaluate, from, &objective.layout.bounds(), stop);
    match minimum {
        _ if stopped => Err(FitError::Interrupted),
        Some(best) => Ok(best),
        None => Err(FitError::NotPositiveDefinite),
    }
}
