//! Curves of trials for Python.

use pyo3::prelude::*;
use tanteo_core::history::{History, TrialState};

use crate::convert::oriented;

/// Values of a result or a report: a number with one objective, a list with several.
#[derive(IntoPyObject)]
pub(crate) enum Values {
    One(f64),
    Several(Vec<f64>),
}

/// The state of a trial, the values of its result, its reports by step and its folds.
pub(crate) type Reported = (&'static str, Option<Values>, Vec<(u64, Values)>, Vec<(u64, f64)>);

/// The reports of a trial as steps and values. `maximize` has one entry per objective, or none to keep the sign of the
/// core.
pub(crate) fn curve(history: &History, trial: u64, maximize: &[bool]) -> Vec<(u64, Values)> {
    let steps = history.curve(trial).iter().map(|(step, _)| *step).enumerate();
    steps.map(|(index, step)| (step, values(history.report_at(trial, index), maximize))).collect()
}

/// The data of a trial for a pruner written in Python, to be minimized; `None` for an excluded trial.
pub(crate) fn reported(history: &History, trial: u64) -> Option<Reported> {
    let row = usize::try_from(trial).ok()?;
    let state = history.states().get(row)?;
    let observed: Vec<f64> = (0..history.n_objectives()).filter_map(|k| history.values(k).get(row).copied()).collect();
    let has_result = matches!(state, TrialState::Complete | TrialState::Pruned);
    let observed = (has_result && !observed.iter().any(|value| value.is_nan())).then(|| values(observed, &[]));
    (!state.is_excluded()).then(|| (state.name(), observed, curve(history, trial, &[]), history.folds(trial).to_vec()))
}

fn values(core: Vec<f64>, maximize: &[bool]) -> Values {
    let directions = maximize.iter().copied().chain(std::iter::repeat(false));
    let oriented_values: Vec<f64> =
        core.into_iter().zip(directions).map(|(value, maximize)| oriented(maximize, value)).collect();
    match oriented_values[..] {
        [value] => Values::One(value),
        _ => Values::Several(oriented_values),
    }
}
