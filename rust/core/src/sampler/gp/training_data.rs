//! The values of objectives as models see them.

use crate::model::output_warp::{good_half_slope, half_rank, logarithmic_beyond, slope_at_best, without_rounding};
use crate::numerics::{exp, ln};
use crate::pareto::dominance;
use crate::sampler::Context;

/// Largest known noise variance, in units of the variance of the warped values. An observation with four times their
/// variance says next to nothing; a larger number would only cost digits. A choice, not measured.
const MAX_KNOWN_NOISE: f64 = 4.0;

/// Values of an objective. Infeasible values beyond a [`Compression`] are raised, because arbitrarily good ones would compress
/// the scale of the others. Stopped trials that lack a constraint are neither raised nor feasible results. Values that are
/// worse than the best one by a rounding error equal it.
pub(super) fn values(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    let (column, compression) = (context.history.values(objective), compression(context, rows, objective));
    let raised = |row: &usize| match &compression {
        Some(compression) if context.history.is_broken(*row) => compression.raised(column[*row]),
        _ => column[*row],
    };
    let values: Vec<f64> = rows.iter().map(raised).collect();
    let best = lowest(&values);
    values.into_iter().map(|value| without_rounding(value, best)).collect()
}

fn lowest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// How infeasible values below `at = best - unit` are raised, where `best` and `best + unit` are the best and the median
/// feasible result: they are compressed to `at - unit ln(1 + (at - y) / unit)`, from which they can be restored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compression {
    at: f64,
    unit: f64,
    lowest: f64,
}

impl Compression {
    /// Whether a value lies where values are compressed.
    fn compresses(&self, value: f64) -> bool {
        value < self.at && self.unit > 0.0
    }

    fn raised(&self, value: f64) -> f64 {
        if !self.compresses(value) {
            return value.max(self.at);
        }
        self.at - self.unit * ln(1.0 + (self.at - value) / self.unit)
    }

    /// The value that was raised to this one, but at least the lowest value told. (Likewise, no prediction is worse
    /// than the worst value told.)
    pub(super) fn restored(&self, raised: f64) -> f64 {
        if !self.compresses(raised) {
            return raised;
        }
        (self.at - self.unit * (exp((self.at - raised) / self.unit) - 1.0)).max(self.lowest)
    }
}

/// How infeasible values are raised. `None` if none is low enough to be raised, or if no trial is feasible.
pub(super) fn compression(context: &Context<'_>, rows: &[usize], objective: usize) -> Option<Compression> {
    let (history, column) = (context.history, context.history.values(objective));
    let mut feasible: Vec<f64> = rows.iter().filter(|row| history.is_eligible(**row)).map(|row| column[*row]).collect();
    if feasible.is_empty() || !rows.iter().any(|row| history.is_broken(*row)) {
        return None;
    }
    feasible.sort_by(f64::total_cmp);
    let (best, median) = (feasible[0], feasible[(feasible.len() - 1) / 2]);
    let (at, unit) = (best - (median - best), median - best);
    let lowest = rows.iter().map(|row| column[*row]).fold(best, f64::min);
    (lowest < at).then_some(Compression { at, unit, lowest })
}

/// Warped values of an objective: by the half-rank warp if it is the only one, otherwise by a warp that keeps the shape of
/// the front.
pub(super) fn losses(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    let values = values(context, rows, objective);
    if context.history.n_objectives() == 1 {
        half_rank(&values)
    } else {
        let best = lowest(&values);
        let front = values_on_front(context, rows, objective).into_iter().map(|value| without_rounding(value, best));
        logarithmic_beyond(&values, &front.collect::<Vec<f64>>())
    }
}

/// The values of an objective on the front of the feasible trials among `rows` that are complete, in increasing order.
fn values_on_front(context: &Context<'_>, rows: &[usize], objective: usize) -> Vec<f64> {
    let history = context.history;
    let feasible = rows.iter().copied().filter(|row| history.is_eligible(*row));
    let points: Vec<Vec<f64>> = feasible.map(|row| history.point_of_values(row)).collect();
    let mut values: Vec<f64> = dominance::front(&points).into_iter().map(|i| points[i][objective]).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Warped units per unit of value among good values, where the warp is linear; zero if it has no such part.
pub(super) fn slope(context: &Context<'_>, rows: &[usize], objective: usize, warped: &[f64]) -> f64 {
    let of = if context.history.n_objectives() == 1 { good_half_slope } else { slope_at_best };
    of(&values(context, rows, objective), warped)
}

/// Known noise variance of each observation in warped units: the squared standard error, scaled like the good
/// values; zero if no standard error is known.
pub(super) fn known_noise(context: &Context<'_>, rows: &[usize], objective: usize, warped: &[f64]) -> Vec<f64> {
    let sems = context.history.sems(objective);
    if rows.iter().all(|row| sems[*row].is_nan()) {
        return vec![0.0; rows.len()];
    }
    let scale = slope(context, rows, objective, warped);
    let noise = |row: &usize| if sems[*row].is_finite() { sems[*row] * scale } else { 0.0 };
    rows.iter().map(noise).map(|s| (s * s).min(MAX_KNOWN_NOISE)).collect()
}
