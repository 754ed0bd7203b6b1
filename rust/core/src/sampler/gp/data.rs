//! Which trials the model sees, and how.

use crate::history::dominance;
use crate::model::gp::{Inputs, half_rank};
use crate::sampler::Context;
use crate::transfer;

/// Trials that an exact model stands on at most.
pub(super) const MAX_EXACT: usize = 1000;
/// Trials that stand for all where there are more.
pub(super) const MAX_LOCAL: usize = 512;

/// The rows of the history by what they say, in increasing order.
pub(super) struct Rows {
    /// Complete and finite, feasible or not: the models' observations.
    pub(super) complete: Vec<usize>,
    /// Failed, or complete and infinitely bad: a loss without a size says where not to go, as a failure does, and as a
    /// number it would be noise to its neighbours.
    pub(super) failed: Vec<usize>,
    /// Not told yet.
    pub(super) pending: Vec<usize>,
}

impl Rows {
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
pub(super) fn point(context: &Context<'_>, unit: &[f64]) -> Vec<f64> {
    transfer::point(context.encoding, unit)
}

/// Unit coordinates of a trial, NaN where inactive.
pub(super) fn unit(context: &Context<'_>, row: usize) -> Vec<f64> {
    (0..context.history.n_parameters()).map(|j| context.history.unit(j)[row]).collect()
}

/// The points of some trials.
pub(super) fn points(context: &Context<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
    rows.iter().map(|row| point(context, &unit(context, *row))).collect()
}

/// The inputs of some trials.
pub(super) fn inputs(context: &Context<'_>, rows: &[usize]) -> Inputs {
    transfer::inputs(context.space, context.encoding, &points(context, rows))
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
    let held = |row: &usize| if history.is_feasible(*row) { column[*row] } else { column[*row].max(floor) };
    rows.iter().map(held).collect()
}

/// Warped values of an objective.
pub(super) fn losses(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    half_rank(&values(context, rows, objective))
}

/// The place of each trial in the order from the best to the worst.
pub(super) fn standing(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    let losses: Vec<&[f64]> = (0..context.history.n_objectives()).map(|k| context.history.values(k)).collect();
    let told: Vec<Vec<f64>> = losses.iter().map(|column| rows.iter().map(|row| column[*row]).collect()).collect();
    ranks(context, rows, &told.iter().map(Vec::as_slice).collect::<Vec<_>>())
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
    order.sort_by(|a, b| {
        let ((worse, a), (other, b)) = (key(*a), key(*b));
        worse.cmp(&other).then(a.total_cmp(&b))
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
    let scale = good_scale(&values(context, rows, objective), warped);
    let noise = |row: &usize| if sems[*row].is_finite() { sems[*row] * scale } else { 0.0 };
    // More noise than the prior allows for the whole signal says no more than that.
    rows.iter().map(noise).map(|s| (s * s).min(4.0)).collect()
}

/// Warped units per unit of value in the good half, where the warp is a straight line.
pub(super) fn good_scale(values: &[f64], warped: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (low, middle) = (order[0], order[(order.len() - 1) / 2]);
    let (rise, run) = (warped[middle] - warped[low], values[middle] - values[low]);
    if run > 0.0 && run.is_finite() { rise / run } else { 0.0 }
}

/// At most `limit` of `rows`, in increasing order: a quarter the best by their `losses`, a quarter spread evenly over
/// the history, the others nearest to the best.
pub(super) fn reduced(
    context: &Context<'_>,
    rows: &[usize],
    limit: usize,
    losses: impl Fn(&[usize]) -> Vec<f64>,
) -> Vec<usize> {
    let n = rows.len();
    if n <= limit {
        return rows.to_vec();
    }
    let best = ascending(&losses(rows));
    let near = ascending(&distances(context, rows, rows[best[0]]));
    let spread = (0..limit / 4).map(|i| i * n / (limit / 4));
    let mut kept = std::collections::BTreeSet::new();
    kept.extend(best[..limit / 4].iter().copied().chain(spread));
    for i in near {
        if kept.len() == limit {
            break;
        }
        kept.insert(i);
    }
    kept.into_iter().map(|i| rows[i]).collect()
}

/// Indices by rising key, equal ones in order.
pub(super) fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order
}

/// Sum over the parameters of the differences of each row to `centre`, 1 where just one of the two is active or a
/// choice differs.
fn distances(context: &Context<'_>, rows: &[usize], centre: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows.len()];
    for (j, axis) in context.encoding.axes().iter().enumerate() {
        let column = context.history.unit(j);
        let at = column[centre];
        let unordered = axis.is_unordered();
        for (sum, row) in sums.iter_mut().zip(rows) {
            let u = column[*row];
            *sum += match (u.is_nan(), at.is_nan()) {
                (true, true) => 0.0,
                (false, false) if unordered => f64::from(u8::from(u != at)),
                (false, false) => (u - at).abs(),
                _ => 1.0,
            };
        }
    }
    sums
}
