//! The ranking of trials.

use crate::history::{TrialState, View};
use crate::pareto::dominance;

/// The class of a trial, the first criterion of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Complete and feasible, ranked by value.
    Feasible,
    /// Pruned and feasible, ranked by the last step (the later the better), then by value.
    Pruned,
    /// Infeasible, ranked by the violation of the black-box constraints, then by value.
    Infeasible,
}

/// The ranking key of a finished trial. Equal trials are ranked by id, so that the order of tells has no influence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) class: Class,
    major: u64,
    minor: u64,
    pub(super) row: usize,
}

impl Key {
    /// The key of a trial by its first objective; `None` if it is pending, failed or excluded, because it then has no
    /// value.
    pub(super) fn of(history: View<'_>, row: usize) -> Option<Self> {
        let state = history.states()[row];
        let value = history.values(0)[row];
        let (class, major, minor) = match state {
            TrialState::Pending | TrialState::Failed | TrialState::Excluded(_) => return None,
            TrialState::Complete | TrialState::Pruned if !history.is_feasible(row) => {
                (Class::Infeasible, ordered(history.violation(row)), ordered(value))
            }
            TrialState::Complete => (Class::Feasible, ordered(value), 0),
            TrialState::Pruned => {
                let (step, last) = history.curve(row as u64).last().copied().unwrap_or((0, value));
                (Class::Pruned, u64::MAX - step, ordered(last))
            }
        };
        Some(Self { class, major, minor, row })
    }

    /// The key of the `i`-th of some observations, the trial `row`, by a loss of its own. Equal violations are ranked by
    /// `i`.
    fn by_loss(history: View<'_>, row: usize, loss: f64, i: usize) -> Self {
        let (class, major) = if history.is_feasible(row) {
            (Class::Feasible, loss)
        } else {
            (Class::Infeasible, history.violation(row))
        };
        Self { class, major: ordered(major), minor: 0, row: i }
    }
}

/// Indices of the observations `rows` from the best to the worst: feasible trials by their losses, given per objective,
/// or by their fronts if there are several objectives; then infeasible ones by their violation.
pub(super) fn best_first(history: View<'_>, rows: &[usize], losses: &[&[f64]]) -> Vec<usize> {
    let losses = match losses {
        [single] => single.to_vec(),
        several => {
            let point = |i: usize| several.iter().map(|losses| losses[i]).collect();
            let points: Vec<Vec<f64>> = (0..rows.len()).map(point).collect();
            dominance::ranks(&points).into_iter().map(|front| front as f64).collect()
        }
    };
    let mut keys: Vec<Key> =
        rows.iter().enumerate().map(|(i, row)| Key::by_loss(history, *row, losses[i], i)).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key.row).collect()
}

/// The same by the values of the trials.
pub(super) fn best_first_by_values(history: View<'_>, rows: &[usize]) -> Vec<usize> {
    let column = |k: usize| rows.iter().map(|row| history.values(k)[*row]).collect();
    let columns: Vec<Vec<f64>> = (0..history.n_objectives()).map(column).collect();
    best_first(history, rows, &columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Maps a number to bits with the same order; both zeros are equal, and NaN comes last.
fn ordered(x: f64) -> u64 {
    if x.is_nan() {
        return u64::MAX;
    }
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::ordered;

    #[test]
    fn ordered_bits_compare_as_numbers() {
        let sorted = [f64::NEG_INFINITY, -f64::MAX, -1.0, -5e-324, 0.0, 5e-324, 1.0, f64::MAX, f64::INFINITY, f64::NAN];
        assert!(sorted.windows(2).all(|pair| ordered(pair[0]) < ordered(pair[1])));
        assert_eq!(ordered(-0.0), ordered(0.0));
        assert_eq!(ordered(-f64::NAN), ordered(f64::NAN));
    }
}
