//! The training data of the models.

use crate::model::gp::Inputs;
use crate::model::output_warp::{good_half_slope, half_rank};
use crate::model::points;
use crate::pareto::dominance;
use crate::sampler::Context;

/// The rows of the history by their use, each list in increasing order.
pub(super) struct TrialRows {
    /// Complete trials with finite values, feasible or not: the observations of the models.
    pub(super) complete: Vec<usize>,
    /// Failed trials, and complete trials with an infinite loss. An infinite loss marks a region to avoid, like a
    /// failure, and cannot be modelled as a number.
    pub(super) failed: Vec<usize>,
    /// Pending trials.
    pub(super) pending: Vec<usize>,
}

impl TrialRows {
    pub(super) fn of(context: &Context<'_>) -> Self {
        use crate::history::TrialState::{Complete, Excluded, Failed, Pending, Pruned};

        let mut rows = Self { complete: Vec::new(), failed: Vec::new(), pending: Vec::new() };
        for (row, state) in context.history.states().iter().enumerate() {
            match state {
                Complete if is_observation(context, row) => rows.complete.push(row),
                // The last value of a pruned trial belongs to a smaller budget. It is neither an observation nor a
                // failure.
                Pruned | Excluded(_) => {}
                Complete | Failed => rows.failed.push(row),
                Pending => rows.pending.push(row),
            }
        }
        rows
    }
}

/// Whether a trial is an observation: complete with finite losses.
pub(super) fn is_observation(context: &Context<'_>, row: usize) -> bool {
    let history = context.history;
    history.states()[row] == crate::history::TrialState::Complete
        && (0..history.n_objectives()).all(|k| history.values(k)[row].is_finite())
}

/// Converts unit coordinates to a point of the models; unordered choices become codes.
pub(in crate::sampler) fn point(context: &Context<'_>, unit: &[f64]) -> Vec<f64> {
    points::point(context.encoding, unit)
}

/// The points of the given trials.
pub(super) fn points_of(context: &Context<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
    rows.iter().map(|row| point(context, &context.history.unit_point(*row))).collect()
}

/// The model inputs of the given trials.
pub(in crate::sampler) fn inputs(context: &Context<'_>, rows: &[usize]) -> Inputs {
    points::inputs(context.space, context.encoding, &points_of(context, rows))
}

/// Values of an objective. Infeasible values are clipped at `best - (median - best)`, where `best` and `median` are
/// those of the feasible values, because arbitrarily good infeasible values would compress the scale of the others.
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

/// The rank of each trial from the best to the worst.
pub(super) fn ranking(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    let losses: Vec<&[f64]> = (0..context.history.n_objectives()).map(|k| context.history.values(k)).collect();
    let columns: Vec<Vec<f64>> = losses.iter().map(|column| rows.iter().map(|row| column[*row]).collect()).collect();
    ranks(context, rows, &columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The rank of each trial from the best to the worst: feasible trials by their loss, or by their front if there are
/// several objectives, then infeasible ones by their violation.
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

/// Known noise variance of each observation in warped units: the squared standard error, scaled like the values of the
/// better half; zero if no standard error is known.
pub(super) fn known_noise(context: &Context<'_>, rows: &[usize], objective: usize, warped: &[f64]) -> Vec<f64> {
    let sems = context.history.sems(objective);
    if rows.iter().all(|row| sems[*row].is_nan()) {
        return vec![0.0; rows.len()];
    }
    let scale = good_half_slope(&values(context, rows, objective), warped);
    let noise = |row: &usize| if sems[*row].is_finite() { sems[*row] * scale } else { 0.0 };
    // Limited to the largest noise that is distinguishable: more than the prior allows for the whole signal makes no
    // difference.
    rows.iter().map(noise).map(|s| (s * s).min(4.0)).collect()
}

/// Indices in order of increasing keys; ties keep their order.
pub(super) fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order
}
