//! Selection of candidates that are unlikely to fail.
//!
//! If the loss decreases towards the border of a region that always fails, acquisition functions lead across the
//! border. The density ratio of TPE is high where failures are *relatively* rare, and near the border good trials are
//! as dense as failed ones. The Gaussian process extrapolates. With both, about half of all suggestions would fail. The
//! probability of success is estimated by
//!
//! ```text
//! P(x) = (1 + S) / (1 + S + F),    S and F: sums of K(x, x_i) over successes and failures,    K = exp(-r^2 / 2)
//! r^2  = mean over parameters of (u_j - u_ij)^2 / 0.1^2
//! ```
//!
//! with a difference of 1 between unequal choices and between active and inactive parameters. The estimate is 1 far
//! from all trials. Candidates below 0.9 are removed, unless this would remove all of them. Far from all failures, no
//! success is looked at ([`NEGLIGIBLE`]).

use std::cell::OnceCell;

use super::Context;
use crate::numerics::{exp_slice, work};
use crate::space::squared_distances;

/// Probability of success below which a candidate is removed. (Half and twice: `benches/results/constants.md`.)
const MIN_CHANCE: f64 = 0.9;
/// Failures that weigh less remove no candidate, whatever the successes: `P` is at least `1 / (1 + F)`, which is 0.9 at
/// `F = 1 / 9`. The constant is 1 % below that, far more than the rounding errors of the whole formula, so the shortcut
/// always decides as the formula does. Changes no suggestion.
const NEGLIGIBLE: f64 = 0.11;
/// Width of the kernel, as a share of the range of every parameter. (Half of it: `benches/results/archive/auto.md`.)
const WIDTH: f64 = 0.1;

/// The latest successes and failures; absent if no trial failed.
pub(super) struct FailureFilter<'a> {
    context: &'a Context<'a>,
    failed: Positions,
    /// Gathered for the first candidate that needs them.
    succeeded: OnceCell<Positions>,
}

impl<'a> FailureFilter<'a> {
    pub(super) fn of(context: &'a Context<'a>) -> Option<Self> {
        if context.history.n_failed() == 0 {
            return None;
        }
        let failed = Positions::of(context, context.history.latest_failed());
        Some(Self { context, failed, succeeded: OnceCell::new() })
    }

    /// Whether a trial at the point is likely to succeed.
    pub(super) fn is_likely_to_succeed(&self, unit: &[f64]) -> bool {
        let bad = self.failed.weight(self.context, unit);
        bad <= NEGLIGIBLE || is_likely(self.succeeded().weight(self.context, unit), bad)
    }

    fn succeeded(&self) -> &Positions {
        self.succeeded.get_or_init(|| Positions::of(self.context, self.context.history.latest_succeeded()))
    }

    /// The candidates that are likely to succeed, or all if there are none.
    pub(super) fn keep<T>(&self, candidates: Vec<T>, unit: impl Fn(&T) -> Vec<f64>) -> Vec<T> {
        let (kept, left_out): (Vec<T>, Vec<T>) =
            candidates.into_iter().partition(|candidate| self.is_likely_to_succeed(&unit(candidate)));
        if kept.is_empty() { left_out } else { kept }
    }
}

/// Whether the probability of success is large enough, given the sums of the kernel over successes and failures.
fn is_likely(succeeded: f64, failed: f64) -> bool {
    let good = 1.0 + succeeded;
    good >= MIN_CHANCE * (good + failed)
}

/// The unit coordinates of some trials, by parameter.
struct Positions {
    n: usize,
    columns: Vec<Vec<f64>>,
}

impl Positions {
    fn of(context: &Context<'_>, rows: impl Iterator<Item = usize>) -> Self {
        let rows: Vec<usize> = rows.collect();
        let column = |j: usize| rows.iter().map(|row| context.history.unit(j)[*row]).collect();
        work::count(rows.len() * context.history.n_parameters());
        Self { n: rows.len(), columns: (0..context.history.n_parameters()).map(column).collect() }
    }

    /// Sum of the kernel over the trials.
    fn weight(&self, context: &Context<'_>, unit: &[f64]) -> f64 {
        let mut kernels = squared_distances(context.space.axes(), unit, &self.columns, self.n);
        work::count(self.n * unit.len());
        for kernel in &mut kernels {
            let mean_square = *kernel / unit.len() as f64;
            *kernel = -0.5 * mean_square / (WIDTH * WIDTH);
        }
        exp_slice(&mut kernels);
        kernels.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, LATEST, Origin, TrialState};
    use crate::numerics::{Purpose, Stream, exp};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Domain, Parameter, SearchSpace};

    /// Three numbers and a choice.
    fn space() -> SearchSpace {
        let numbers = ["x", "y", "z"].map(number);
        let choice = Parameter { domain: Domain::Unordered { last: 3 }, ..number("c") };
        SearchSpace::new([numbers.to_vec(), vec![choice]].concat(), Vec::new()).unwrap()
    }

    /// Random points near the middle, of which one of `failing` failed. Some are pending or excluded.
    fn history(space: &SearchSpace, n: usize, failing: u64, stream: &mut Stream) -> History {
        let mut history = History::new(space.parameters().len(), 1);
        for row in 0..n {
            let configuration = space.decode(&point(stream));
            history.push(space, &configuration, Origin::Random);
            if stream.below_or_equal(19) > 0 {
                finish(&mut history, row, (stream.below_or_equal(failing - 1) > 0).then_some(1.0));
            }
            if stream.below_or_equal(19) == 0 && history.states()[row] != TrialState::Pending {
                history.exclude(row);
            }
        }
        history
    }

    fn point(stream: &mut Stream) -> Vec<f64> {
        let width = 0.05 + 0.4 * stream.uniform();
        (0..4).map(|_| 0.5 + width * (stream.uniform() - 0.5)).collect()
    }

    /// The definition, which reads the whole history and sums over all of the latest trials.
    fn by_definition(context: &Context<'_>, unit: &[f64]) -> bool {
        let weight = |fails: bool| -> f64 {
            let state = |row: usize| context.history.states()[row];
            let is_one = |row: &usize| state(*row).counts() && (state(*row) == TrialState::Failed) == fails;
            let latest = (0..context.history.len()).rev().filter(is_one).take(LATEST);
            let mean_square = |row: usize| context.squared_distance(unit, row) / unit.len() as f64;
            latest.map(|row| exp(-0.5 * mean_square(row) / (WIDTH * WIDTH))).sum()
        };
        let good = 1.0 + weight(false);
        good >= MIN_CHANCE * (good + weight(true))
    }

    #[test]
    fn every_decision_is_that_of_the_definition() {
        let (space, mut stream) = (space(), Stream::new(1, 0, Purpose::Sample, 0));
        let (mut n_kept, mut n_without_successes, mut n_points) = (0, 0, 0);
        for (n, failing) in [(3, 2), (40, 2), (40, 10), (400, 30), (1200, 2), (1200, 300)] {
            for _ in 0..8 {
                let history = history(&space, n, failing, &mut stream);
                with_context(&space, &history, n as u64, |context| {
                    for _ in 0..200 {
                        let Some(filter) = FailureFilter::of(context) else { continue };
                        let unit = space.encode(&space.decode(&point(&mut stream)));
                        let is_kept = filter.is_likely_to_succeed(&unit);
                        assert_eq!(is_kept, by_definition(context, &unit));
                        n_kept += usize::from(is_kept);
                        n_without_successes += usize::from(filter.succeeded.get().is_none());
                        n_points += 1;
                    }
                });
            }
        }
        let shares = [n_kept, n_without_successes].map(|n| n as f64 / f64::from(n_points));
        assert!(shares.iter().all(|share| 0.1 < *share && *share < 0.9), "{shares:?}");
    }

    /// The work of choosing among 24 candidates after `n` trials of four parameters.
    fn work_of_choosing(n: usize, fails: fn(usize) -> bool) -> u64 {
        let (space, mut stream) = (space(), Stream::new(3, 0, Purpose::Sample, 0));
        let mut history = History::new(4, 1);
        for row in 0..n {
            let unit: Vec<f64> = (0..4).map(|_| stream.uniform()).collect();
            history.push(&space, &space.decode(&unit), Origin::Random);
            finish(&mut history, row, (!fails(row)).then_some(1.0));
        }
        let candidates: Vec<Vec<f64>> = (0..24).map(|_| (0..4).map(|_| stream.uniform()).collect()).collect();
        with_context(&space, &history, n as u64, |context| {
            work::of(|| FailureFilter::of(context).map(|filter| filter.keep(candidates, Vec::clone).len())).0
        })
    }

    /// Failures are found without a scan, and successes are looked at only near failures.
    #[test]
    fn the_work_does_not_grow_with_the_trials() {
        let first = |row: usize| row == 0;
        assert_eq!([500, 50_000].map(|n| work_of_choosing(n, first)), [25 * 4; 2]);
        let tenth = |row: usize| row.is_multiple_of(10);
        let [few, many] = [5000, 50_000].map(|n| work_of_choosing(n, tenth));
        assert!(many < 2 * few && many <= 25 * 4 * 2 * LATEST as u64, "{few} {many}");
    }

    /// At the border of what is negligible, and where the sums themselves are rounded.
    #[test]
    fn negligible_failures_remove_nothing_whatever_the_successes() {
        let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
        for _ in 0..100_000 {
            let failed = NEGLIGIBLE * (1.0 - stream.uniform() * stream.uniform() * stream.uniform());
            let succeeded = stream.uniform() * [1e-16, 1e-3, 1.0, 256.0][stream.below_or_equal(3) as usize];
            assert!(is_likely(succeeded, failed) && is_likely(succeeded, NEGLIGIBLE));
        }
        assert!(is_likely(0.0, NEGLIGIBLE) && !is_likely(0.0, 1.0 / 8.0));
    }
}
