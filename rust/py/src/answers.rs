//! What a search answers, in the user's sign.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tanteo_core::importance::Step;
use tanteo_core::optimizer::{Counters, Explanation, Front, FrontMember, Recommended};
use tanteo_core::space::SearchSpace;

use crate::convert::{oriented, row_out};
use crate::yielding::yielding;

/// A comparison: both trials, the probability, the method, the standard deviation of a run, the number of runs, and the
/// gain over the defaults: its value, its standard error and the probability that it is positive.
pub(crate) type Compared = (u64, u64, f64, &'static str, f64, Option<u64>, Option<(f64, f64, f64)>);
/// The recommended trial, and its estimated final value with the standard deviation.
pub(crate) type Taken = (u64, Option<(f64, f64)>);
/// Id, values and their standard deviations, and the probability to be on the front.
pub(crate) type Member = (u64, Vec<f64>, Vec<f64>, f64);
/// The trials on the front, the others that were compared, and whether values are estimates.
pub(crate) type Members = (Vec<Member>, Vec<Member>, bool);
/// Indices of the parameters changed, the row, the prediction, and the standard error of its change.
pub(crate) type Stepped<'py> = (Vec<usize>, Bound<'py, PyTuple>, f64, Option<f64>);
/// The predicted median, lower and upper end.
pub(crate) type Interval = (f64, f64, f64);

/// What `CoreOptimizer.recommend` returns.
pub(crate) fn taken_out(recommended: Recommended, maximize: bool) -> Taken {
    (recommended.trial, recommended.end.map(|end| (oriented(maximize, end.mean), end.std)))
}

/// The dictionary of `CoreOptimizer.explain`.
pub(crate) fn explanation_out<'py>(
    py: Python<'py>,
    explanation: &Explanation,
    maximize: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let evidence = &explanation.evidence;
    let fields = PyDict::new(py);
    fields.set_item("origin", explanation.origin.name())?;
    fields.set_item("incumbent", explanation.incumbent)?;
    fields.set_item("mean", evidence.mean.map(|mean| oriented(maximize, mean)))?;
    fields.set_item("std", evidence.std)?;
    fields.set_item("acquisition", evidence.acquisition)?;
    fields.set_item("drivers", &evidence.drivers)?;
    Ok(fields)
}

/// What `CoreOptimizer.front` returns.
pub(crate) fn front_out(front: Front, maximize: &[bool]) -> Members {
    let members_out = |members: Vec<FrontMember>| members.into_iter().map(|at| member_out(at, maximize)).collect();
    (members_out(front.members), members_out(front.others), front.are_estimates)
}

fn member_out(member: FrontMember, maximize: &[bool]) -> Member {
    let values = member.values.into_iter().zip(maximize).map(|(value, maximize)| oriented(*maximize, value)).collect();
    (member.id, values, member.stds, member.probability)
}

/// The rows of `CoreOptimizer.predict`.
pub(crate) fn intervals_out(py: Python<'_>, intervals: Vec<[f64; 3]>, maximize: bool) -> Vec<Interval> {
    let oriented = |[median, low, high]: [f64; 3]| if maximize { (-median, -high, -low) } else { (median, low, high) };
    yielding(py, intervals).map(oriented).collect()
}

/// The steps of `CoreOptimizer.ablation`.
pub(crate) fn steps_out<'py>(
    py: Python<'py>,
    steps: Vec<Step>,
    space: &SearchSpace,
    maximize: bool,
) -> PyResult<Vec<Stepped<'py>>> {
    let step_out = |step: Step| {
        let row = row_out(py, &step.configuration, space)?;
        Ok((step.changed, row, oriented(maximize, step.prediction), step.error))
    };
    yielding(py, steps).map(step_out).collect()
}

/// The dictionary of `CoreOptimizer.stats`.
pub(crate) fn counters_out<'py>(py: Python<'py>, counters: &Counters) -> PyResult<Bound<'py, PyDict>> {
    let stats = PyDict::new(py);
    stats.set_item("asked", counters.asked)?;
    stats.set_item("duplicates", counters.duplicates)?;
    stats.set_item("fallbacks", counters.fallbacks)?;
    Ok(stats)
}
