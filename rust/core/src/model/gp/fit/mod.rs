//! The search for the hyperparameters of the highest posterior density, for a given layout, data and start.

mod objective;

pub(super) use objective::{Objective, Workspace};

use super::error::FitError;
use crate::numerics::{Minimum, Stop, minimize_in_box};

/// Maximum number of iterations of a search from a cold start. A choice, not measured.
pub(super) const COLD_ITERATIONS: usize = 60;

/// Minimizes the objective, starting at `from`.
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
    // A hundredth of a nat is negligible compared with the uncertainty that the data leave.
    let stop = Stop { iterations, gradient: 1e-2, decrease: 1e-2 };
    let minimum = minimize_in_box(evaluate, from, &objective.layout.bounds(), stop);
    match minimum {
        _ if stopped => Err(FitError::Interrupted),
        Some(best) => Ok(best),
        None => Err(FitError::NotPositiveDefinite),
    }
}
