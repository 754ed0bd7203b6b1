//! Which trials the model sees, and how.

use crate::model::gp::Inputs;
use crate::model::output_warp::{good_half_slope, half_rank};
use crate::model::points;
use crate::pareto::dominance;
use crate::sampler::Context;

/// The rows of the history by what they say, in increasing order.
pub(super) struct TrialRows {
    /// Complete and finite, feasible or not: the models' observations.
    pub(super) complete: Vec<usize>,
    /// Failed, or complete and infinitely bad: a loss without a size says where not to go, as a failure does, and as a
    /// number it would be noise to its neighbours.
    pub(super) failed: Vec<usize>,
    /// Not told yet.
    pub(super) pending: Vec<usize>,
}

impl TrialRows {
    pub(super) fn of(context: &Context<'_>) -> Self {
        use crate::history::TrialState::{Complete, Excluded, Failed, Pending, Pruned};

        let mut rows = Self { complete: Vec::new(), failed: Vec::new(), pending: Vec::new() };
        for (row, state) in context.history.states().iter().enumerate() {
            match state {
                Complete if is_observation(context, row) => rows.complete.push(row),
                // A pruned trial's last value belongs to a smaller budget: it is no observation, but it did not fail.
                Pruned | Excluded(_) => {}
                Complete | Failed => rows.failed.push(row),
                Pending => rows.pending.push(row),
            }
        }
        rows
    }
}

/// Whether a trial is an observation: complete, with losses that have a size.
pub(super) fn is_observation(context: &Context<'_>, row: usize) -> bool {
    let history = context.history;
    history.states()[row] == crate::history::TrialState::Complete
        && (0..history.n_objectives()).all(|k| history.values(k)[row].is_finite())
}

/// The point the model sees for unit coordinates: choices without an order become codes.
pub(in crate::sampler) fn point(context: &Context<'_>, unit: &[f64]) -> Vec<f64> {
    points::point(context.encoding, unit)
}

/// Unit coordinates of a trial, NaN where inactive.
pub(in crate::sampler) fn unit(context: &Context<'_>, row: usize) -> Vec<f64> {
    (0..context.history.n_parameters()).map(|j| context.history.unit(j)[row]).collect()
}

/// The points of some trials.
pub(super) fn points_of(context: &Context<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
    rows.iter().map(|row| point(context, &unit(context, *row))).collect()
}

/// The inputs of some trials.
pub(in crate::sampler) fn inputs(context: &Context<'_>, rows: &[usize]) -> Inputs {
    points::inputs(context.space, context.encoding, &points_of(context, rows))
}

/// Values of an objective. A trial that breaks a black-box constraint may be as good as it likes beyond the border;
/// held no further below the best feasible value than the median of the feasible ones lies above it, it flattens
/// nothing.
pub(super) fn values(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    let (history, column) = (context.history, context.history.values(objective));
    let mut feasible: Vec<f64> = rows.iter().filter(|row| history.is_feasible(**row)).map(|row| column[*row]).collect();
    if feasible.is_empty() || feasible.len() == rows.len() {
        return rows.iter().map(|row| column[*row]).collect();
    }
    feasible.sort_by(f64::total_cmp);
    let (best, median) = (feasible[0], feasible[(feasible.len() - 1) / 2]);
    let floor = best - (median - best);
    let clipped = |row: &usize| if history.is_feasible(*row) { column[*row] } else { column[*row].max(floor) };
    rows.iter().map(clipped).collect()
}

/// Warped values of an objective.
pub(super) fn losses(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    half_rank(&values(context, rows, objective))
}

/// The place of each trial in the order from the best to the worst.
pub(super) fn ranking(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    let losses: Vec<&[f64]> = (0..context.history.n_objectives()).map(|k| context.history.values(k)).collect();
    let columns: Vec<Vec<f64>> = losses.iter().map(|column| rows.iter().map(|row| column[*row]).collect()).collect();
    ranks(context, rows, &columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The place of each trial in the order from the best to the worst: feasible ones by their loss, or by the front they
/// are on where there are several objectives, then the others by how much they violate.
pub(super) fn ranks(context: &Context<'_>, rows: &[usize], losses: &[&[f64]]) -> Vec<f64> {
    let keys: Vec<f64> = match losses {
        [single] => single.to_vec(),
        several => {
            let point = |i: usize| several.iter().map(|losses| losses[i]).collect();
            let points: Vec<Vec<f64>> = (0..rows.len()).map(point).collect();
            dominance::ranks(&points).into_iter().map(|front| front as f64).collect()
        }
    };
    let key = |i: usize| {
        let violation = context.history.violation(rows[i]);
        (violation > 0.0, if violation > 0.0 { violation } else { keys[i] })
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|i, k| {
        let (first, second) = (key(*i), key(*k));
        first.0.cmp(&second.0).then(first.1.total_cmp(&second.1))
    });
    let mut places = vec![0.0; rows.len()];
    for (place, i) in order.into_iter().enumerate() {
        places[i] = place as f64;
    }
    places
}

/// Known noise variance of each observation in warped units: the squared standard error, scaled as the warp scales the
/// values around the median; zero where none was told.
pub(super) fn known_noise(context: &Context<'_>, rows: &[usize], objective: usize, warped: &[f64]) -> Vec<f64> {
    let sems = context.history.sems(objective);
    if rows.iter().all(|row| sems[*row].is_nan()) {
        return vec![0.0; rows.len()];
    }
    let scale = good_half_slope(&values(context, rows, objective), warped);
    let noise = |row: &usize| if sems[*row].is_finite() { sems[*row] * scale } else { 0.0 };
    // More noise than the prior allows for the whole signal says no more than that.
    rows.iter().map(noise).map(|s| (s * s).min(4.0)).collect()
}

/// Indices by rising key, equal ones in order.
pub(super) fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order
}
