//! The latest trials that failed and that succeeded, kept current so that no ask looks for them in the whole history.

use std::collections::BTreeSet;

use super::TrialState;

/// Number of latest failures and of latest successes that are kept. (Half and twice: `benches/results/constants.md`.)
pub const LATEST: usize = 256;

/// The latest rows of each kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Latest {
    pub(super) failed: Window,
    pub(super) succeeded: Window,
}

impl Latest {
    /// From all trials, given the values of each objective.
    pub(super) fn of(states: &[TrialState], values: &[Vec<f64>]) -> Self {
        let window = |is_member: fn(&[TrialState], &[Vec<f64>], usize) -> bool| Window {
            rows: (0..states.len()).rev().filter(|row| is_member(states, values, *row)).take(LATEST).collect(),
        };
        Self { failed: window(has_failed), succeeded: window(has_succeeded) }
    }

    /// Follows a change of a trial. O(log [`LATEST`]), and a search for another row if one of many leaves.
    pub(super) fn update(&mut self, states: &[TrialState], values: &[Vec<f64>], row: usize) {
        self.failed.update(row, |row| has_failed(states, values, row));
        self.succeeded.update(row, |row| has_succeeded(states, values, row));
    }
}

/// Whether a trial failed, or is complete with an infinite loss. An infinite loss marks a region to avoid, like a failure,
/// and cannot be modelled as a number.
pub(super) fn has_failed(states: &[TrialState], values: &[Vec<f64>], row: usize) -> bool {
    match states[row] {
        TrialState::Failed => true,
        TrialState::Complete => values.iter().any(|values| values[row].is_infinite()),
        TrialState::Pending | TrialState::Pruned | TrialState::Excluded(_) | TrialState::SetAside(_) => false,
    }
}

fn has_succeeded(states: &[TrialState], values: &[Vec<f64>], row: usize) -> bool {
    states[row].counts() && !has_failed(states, values, row)
}

/// The latest [`LATEST`] rows of a kind, or all if there are fewer.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    rows: BTreeSet<usize>,
}

impl Window {
    /// The rows, the last one first.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().rev().copied()
    }

    /// Adds or removes a row.
    fn update(&mut self, row: usize, is_member: impl Fn(usize) -> bool) {
        if is_member(row) {
            self.rows.insert(row);
            if self.rows.len() > LATEST {
                self.rows.pop_first();
            }
            return;
        }
        let first = self.rows.first().copied().filter(|_| self.rows.len() == LATEST);
        if self.rows.remove(&row) {
            self.rows.extend(first.and_then(|first| (0..first).rev().find(|row| is_member(*row))));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::numerics::{Purpose, Stream};
    use crate::space::{Configuration, SearchSpace};

    /// The latest rows of a kind by their definition.
    fn scanned(history: &History, is_member: fn(&[TrialState], &[Vec<f64>], usize) -> bool) -> Vec<usize> {
        (0..history.len()).rev().filter(|row| is_member(history.states(), &history.values, *row)).take(LATEST).collect()
    }

    /// Adds a trial, or changes the state of one; nine of ten trials end at once, one of `failing` as failed.
    fn change(history: &mut History, stream: &mut Stream, failing: u64) {
        let mut draw = |n: usize| stream.below_or_equal(n as u64 - 1) as usize;
        let (kind, fails, old) = (draw(20), draw(failing as usize) == 0, draw(history.len().max(1)));
        if kind < 15 || history.is_empty() {
            let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
            let row = history.push(&space, &Configuration(Vec::new()), Origin::Random) as usize;
            if kind > 1 {
                end(history, row, fails);
            }
        } else if history.states()[old] == TrialState::Pending {
            end(history, old, fails);
        } else {
            let late = history.len() - 1 - old.min(20);
            match kind {
                15 => history.exclude(old),
                16 if history.states()[late] != TrialState::Pending => history.exclude(late),
                17 => history.include(old),
                18 => history.reopen(old),
                _ => {}
            }
        }
    }

    fn end(history: &mut History, row: usize, fails: bool) {
        let value = if row.is_multiple_of(5) { f64::INFINITY } else { 1.0 };
        let measured = vec![Measurement { value, sem: None, replicates: Vec::new() }];
        let stopped = Outcome::Pruned { measurements: None, reason: None, paused: false };
        let succeeded = if row.is_multiple_of(2) { Outcome::Complete(measured) } else { stopped };
        history.finish(row, if fails { Outcome::Failed { reason: None } } else { succeeded }, &[], None);
    }

    #[test]
    fn one_infinite_loss_of_several_makes_a_failure() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut history = History::new(0, 2);
        for (row, second) in [2.0, f64::INFINITY].into_iter().enumerate() {
            history.push(&space, &Configuration(Vec::new()), Origin::Random);
            let measured = [1.0, second].map(|value| Measurement { value, sem: None, replicates: Vec::new() });
            history.finish(row, Outcome::Complete(measured.to_vec()), &[], None);
        }
        assert_eq!(history.latest_failed().collect::<Vec<_>>(), [1]);
        assert_eq!(history.latest_succeeded().collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn the_latest_are_those_of_a_scan_after_any_change() {
        for (seed, failing) in [(0, 2), (1, 3), (2, 50)] {
            let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
            let mut history = History::new(0, 1);
            for _ in 0..2500 {
                change(&mut history, &mut stream, failing);
                assert_eq!(history.latest_failed().collect::<Vec<_>>(), scanned(&history, has_failed));
                assert_eq!(history.latest_succeeded().collect::<Vec<_>>(), scanned(&history, has_succeeded));
            }
            let rebuilt = Latest::of(history.states(), &history.values);
            assert_eq!(format!("{rebuilt:?}"), format!("{:?}", history.derived.latest));
            assert!(scanned(&history, has_succeeded).len() == LATEST);
        }
    }
}
