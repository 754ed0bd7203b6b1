//! The ranking of trials.

use crate::history::{TrialState, View};
use crate::pareto;

/// The class of a trial, the first criterion of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Complete and feasible, ranked by value.
    Feasible,
    /// Pruned and feasible, ranked by the last step (the later the better), then by value.
    Pruned,
    /// Infeasible, ranked by the total violation of the black-box constraints ([`crate::history::History::violations`]).
    Infeasible,
}

/// The ranking key of a feasible trial. Equal trials are ranked by id, so that the order of tells has no influence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) class: Class,
    major: u64,
    minor: u64,
    pub(super) row: usize,
}

impl Key {
    /// The key of a feasible complete or pruned trial by its first objective.
    pub(super) fn of(history: View<'_>, row: usize) -> Self {
        let value = history.values(0)[row];
        if history.state(row) != TrialState::Pruned {
            return Self { class: Class::Feasible, major: ordered(value), minor: 0, row };
        }
        let (step, last) = history.curve(row as u64).last().copied().unwrap_or((0, value));
        Self { class: Class::Pruned, major: u64::MAX - step, minor: ordered(last), row }
    }
}

/// Whether a trial has a rank: pending, failed and excluded ones have no value.
pub(super) fn is_ranked(history: View<'_>, row: usize) -> bool {
    matches!(history.state(row), TrialState::Complete | TrialState::Pruned)
}

/// Infeasible trials from the smallest to the largest violation; equal ones in the order of `rows`.
pub(super) fn by_violation(history: View<'_>, rows: &[usize]) -> Vec<usize> {
    let violations = history.violations(rows);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| ordered(violations[*i]));
    order.into_iter().map(|i| rows[i]).collect()
}

/// The place of a trial among others: trials with the same place are equally good.
type Place = (Class, u64, u64);

/// Indices of the observations `rows` from the best to the worst: feasible trials by their losses, given per objective,
/// or by their fronts if there are several objectives; then infeasible ones by their violation.
pub(super) fn best_first(history: View<'_>, rows: &[usize], losses: &[&[f64]]) -> Vec<usize> {
    let places = places(history, rows, losses);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| places[*i]);
    order
}

/// As [`best_first`], by the values of the trials.
pub(super) fn best_first_by_values(history: View<'_>, rows: &[usize]) -> Vec<usize> {
    let losses = values(history, rows);
    best_first(history, rows, &losses.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The trials `rows` by constrained domination (Deb et al. 2002, section VI), best first: the fronts of the feasible
/// ones, then pruned ones, then infeasible ones by their violation. A front is in the order of `rows`.
pub(super) fn fronts(history: View<'_>, rows: &[usize]) -> Vec<Vec<usize>> {
    let losses = values(history, rows);
    let places = places(history, rows, &losses.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| places[*i]);
    let front = |front: &[usize]| front.iter().map(|i| rows[*i]).collect();
    order.chunk_by(|i, j| places[*i] == places[*j]).map(front).collect()
}

fn places(history: View<'_>, rows: &[usize], losses: &[&[f64]]) -> Vec<Place> {
    let has_losses = |i: &usize| class(history, rows[*i]) == Class::Feasible;
    let feasible: Vec<usize> = (0..rows.len()).filter(has_losses).collect();
    let mut loss = vec![0.0; rows.len()];
    for (i, rank) in feasible.iter().zip(losses_of(&feasible, losses)) {
        loss[*i] = rank;
    }
    let violations = history.violations(rows);
    let place = |i: usize| match class(history, rows[i]) {
        Class::Feasible => (Class::Feasible, ordered(loss[i]), 0),
        Class::Pruned => {
            let key = Key::of(history, rows[i]);
            (key.class, key.major, key.minor)
        }
        Class::Infeasible => (Class::Infeasible, ordered(violations[i]), 0),
    };
    (0..rows.len()).map(place).collect()
}

/// The losses of some observations, or their fronts if there are several objectives.
fn losses_of(chosen: &[usize], losses: &[&[f64]]) -> Vec<f64> {
    if let [single] = losses {
        return chosen.iter().map(|i| single[*i]).collect();
    }
    let point = |i: &usize| losses.iter().map(|losses| losses[*i]).collect();
    pareto::ranks(&chosen.iter().map(point).collect::<Vec<_>>()).into_iter().map(|front| front as f64).collect()
}

/// The class of a finished trial with a value.
fn class(history: View<'_>, row: usize) -> Class {
    match history.state(row) {
        _ if !history.is_feasible(row) => Class::Infeasible,
        TrialState::Pruned => Class::Pruned,
        _ => Class::Feasible,
    }
}

/// The values of the trials, per objective.
fn values(history: View<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
    let column = |k: usize| rows.iter().map(|row| history.values(k)[*row]).collect();
    (0..history.n_objectives()).map(column).collect()
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
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::{best_first_by_values, fronts, ordered};
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::space::{Configuration, SearchSpace};

    /// A history of trials with two objectives and two constraints.
    fn history(trials: &[([f64; 2], [f64; 2])]) -> History {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 2);
        for (row, (values, constraints)) in trials.iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            let measured = values.map(|value| Measurement { value, sem: None, replicates: Vec::new() });
            let constraints = [("a".to_owned(), constraints[0]), ("b".to_owned(), constraints[1])];
            history.finish(row, Outcome::Complete(measured.into()), &constraints, None);
        }
        history
    }

    /// The third trial dominates the others and is infeasible.
    #[test]
    fn infeasible_trials_push_no_feasible_one_to_a_later_front() {
        let history =
            history(&[([2.0, 1.0], [0.0; 2]), ([3.0, 3.0], [0.0; 2]), ([0.0; 2], [1.0, 0.0]), ([1.0, 2.0], [-1.0; 2])]);
        assert_eq!(fronts(history.view(), &[0, 1, 2, 3]), [vec![0, 3], vec![1], vec![2]]);
        assert_eq!(best_first_by_values(history.view(), &[0, 1, 2, 3]), [0, 3, 1, 2]);
    }

    /// Both break the first constraint alike, and the second trial breaks the other one without measure.
    #[test]
    fn an_infinite_violation_is_no_copy_of_another() {
        let history = history(&[([0.0; 2], [1.0, f64::INFINITY]), ([0.0; 2], [1.0, 1.0])]);
        assert_eq!(best_first_by_values(history.view(), &[0, 1]), [1, 0]);
    }

    /// The medians are 2 and 2,000, so the violations are 1.5, 1 + 1, 1 and 2.
    #[test]
    fn violations_are_summed_in_units_of_their_medians() {
        let violations = [[3.0, 0.0], [2.0, 2e3], [2.0, -1e9], [0.0, 4e3], [0.0, 2e3]];
        let history = history(&violations.map(|constraints| ([0.0; 2], constraints)));
        assert_eq!(fronts(history.view(), &[0, 1, 2, 3, 4]), [vec![2, 4], vec![0], vec![1, 3]]);
        let infinite = self::history(&[([0.0; 2], [f64::INFINITY, 0.0]), ([0.0; 2], [1e-300, 5e-324])]);
        assert_eq!(fronts(infinite.view(), &[0, 1]), [vec![1], vec![0]]);
    }

    /// The violations are 0.5 + 2, 1.5 + 0.5 and 1 + 1. Told twice, the first constraint would outweigh the other one.
    #[test]
    fn a_constraint_that_is_told_twice_counts_once() {
        let search = |violations: &[&[f64]]| {
            let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
            let mut history = History::new(0, 1);
            for (row, broken) in violations.iter().enumerate() {
                history.push(&space, &Configuration(Vec::new()), Origin::Random);
                let measured = Measurement { value: 0.0, sem: None, replicates: Vec::new() };
                let named: Vec<_> = broken.iter().enumerate().map(|(k, c)| (format!("c{k}"), *c)).collect();
                history.finish(row, Outcome::Complete(vec![measured]), &named, None);
            }
            best_first_by_values(history.view(), &[0, 1, 2])
        };
        assert_eq!(search(&[&[1.0, 4.0], &[3.0, 1.0], &[2.0, 2.0]]), [1, 2, 0]);
        assert_eq!(search(&[&[1.0, 4.0, 7.0], &[3.0, 1.0, 21.0], &[2.0, 2.0, 14.0]]), [1, 2, 0]);
    }

    #[test]
    fn ordered_bits_compare_as_numbers() {
        let sorted = [f64::NEG_INFINITY, -f64::MAX, -1.0, -5e-324, 0.0, 5e-324, 1.0, f64::MAX, f64::INFINITY, f64::NAN];
        assert!(sorted.windows(2).all(|pair| ordered(pair[0]) < ordered(pair[1])));
        assert_eq!(ordered(-0.0), ordered(0.0));
        assert_eq!(ordered(-f64::NAN), ordered(f64::NAN));
    }
}
