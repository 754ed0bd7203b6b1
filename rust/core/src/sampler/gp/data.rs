//! Which trials the model sees, and how.

use crate::encoding::AxisKind;
use crate::model::gp::{Column, Inputs, half_rank};
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;

/// Trials that an exact model stands on at most.
pub(super) const MAX_EXACT: usize = 1000;
/// Trials that stand for all where there are more.
pub(super) const MAX_LOCAL: usize = 512;

/// The rows of the history by what they say, in increasing order.
pub(super) struct Rows {
    /// Complete and feasible: the model's observations.
    pub(super) good: Vec<usize>,
    /// Failed, or infeasible by a black-box constraint.
    pub(super) failed: Vec<usize>,
    /// Not told yet.
    pub(super) pending: Vec<usize>,
}

impl Rows {
    pub(super) fn of(context: &Context<'_>) -> Self {
        use crate::history::TrialState::{Complete, Failed, Pending, Pruned};

        let history = context.history;
        let mut rows = Self { good: Vec::new(), failed: Vec::new(), pending: Vec::new() };
        for (row, state) in history.states().iter().enumerate() {
            match state {
                Complete if history.is_feasible(row) => rows.good.push(row),
                // A pruned trial's last value belongs to a smaller budget: it is no observation, but it did not fail.
                Pruned => {}
                Complete | Failed => rows.failed.push(row),
                Pending => rows.pending.push(row),
            }
        }
        rows
    }
}

/// The point the model sees for unit coordinates: choices without an order become codes.
pub(super) fn point(context: &Context<'_>, unit: &[f64]) -> Vec<f64> {
    let coordinate = |(u, axis): (&f64, &crate::encoding::Axis)| match axis.kind() {
        AxisKind::Unordered { levels } => (u * levels as f64).floor(),
        AxisKind::Continuous | AxisKind::Ordered { .. } => *u,
    };
    unit.iter().zip(context.encoding.axes()).map(coordinate).collect()
}

/// Unit coordinates of a trial, NaN where inactive.
pub(super) fn unit(context: &Context<'_>, row: usize) -> Vec<f64> {
    (0..context.history.n_parameters()).map(|j| context.history.unit(j)[row]).collect()
}

/// The inputs of some trials.
pub(super) fn inputs(context: &Context<'_>, rows: &[usize]) -> Inputs {
    let points: Vec<Vec<f64>> = rows.iter().map(|row| point(context, &unit(context, *row))).collect();
    let column = |(j, axis): (usize, &crate::encoding::Axis)| {
        let values = points.iter().map(|p| p[j]).collect();
        match axis.kind() {
            AxisKind::Unordered { levels } => Column::Category { codes: values, levels },
            AxisKind::Continuous | AxisKind::Ordered { .. } => Column::Numeric(values),
        }
    };
    let columns = context.encoding.axes().iter().enumerate().map(column).collect();
    let conditional = context.space.parameters().iter().map(|p| !p.when.is_empty()).collect();
    Inputs::new(columns, conditional)
}

/// One loss per trial. Several objectives are joined by the augmented Chebyshev norm of their warped values under weights
/// drawn for the trial that is asked for (Knowles 2006, `ParEGO`).
pub(super) fn losses(context: &Context<'_>, rows: &[usize], weights: &[f64]) -> Vec<f64> {
    let warped: Vec<Vec<f64>> = (0..context.history.n_objectives())
        .map(|k| half_rank(&rows.iter().map(|row| context.history.values(k)[*row]).collect::<Vec<_>>()))
        .collect();
    let [single] = warped.as_slice() else {
        let lows: Vec<f64> = warped.iter().map(|w| w.iter().copied().fold(f64::INFINITY, f64::min)).collect();
        let joined = |i: usize| {
            let parts = (0..warped.len()).map(|k| weights[k] * (warped[k][i] - lows[k]));
            parts.clone().fold(0.0, f64::max) + 0.05 * parts.sum::<f64>()
        };
        return half_rank(&(0..rows.len()).map(joined).collect::<Vec<_>>());
    };
    single.clone()
}

/// Weights of the objectives, uniform on the simplex: a function of seed and trial.
pub(super) fn weights(context: &Context<'_>) -> Vec<f64> {
    let mut stream = Stream::new(context.seed, context.trial, Purpose::Scramble, 1);
    let drawn: Vec<f64> = (0..context.history.n_objectives()).map(|_| -crate::numerics::ln(stream.uniform())).collect();
    let total: f64 = drawn.iter().sum();
    drawn.iter().map(|w| w / total).collect()
}

/// Known noise variance of each observation in warped units: the squared standard error, scaled as the warp scales the
/// values around the median; zero where none was told or there are several objectives.
pub(super) fn known_noise(context: &Context<'_>, rows: &[usize], warped: &[f64]) -> Vec<f64> {
    let (sems, values) = (context.history.sems(0), context.history.values(0));
    if context.history.n_objectives() > 1 || rows.iter().all(|row| sems[*row].is_nan()) {
        return vec![0.0; rows.len()];
    }
    let scale = good_scale(&rows.iter().map(|row| values[*row]).collect::<Vec<_>>(), warped);
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

/// At most `limit` of `rows`, in increasing order: a quarter the best by their `losses`, a quarter spread evenly over the
/// history, the others nearest to the best.
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
fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
    order
}

/// Sum over the parameters of the differences of each row to `centre`, 1 where just one of the two is active or a choice differs.
fn distances(context: &Context<'_>, rows: &[usize], centre: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows.len()];
    for (j, axis) in context.encoding.axes().iter().enumerate() {
        let column = context.history.unit(j);
        let at = column[centre];
        let unordered = matches!(axis.kind(), AxisKind::Unordered { .. });
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
