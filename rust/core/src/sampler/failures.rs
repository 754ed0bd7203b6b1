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
//! over the latest 256 of each, with a difference of 1 between unequal choices and between active and inactive
//! parameters. The estimate is 1 far from all trials. Candidates below `0.9 (1 - q)` are removed, unless this would
//! remove all of them. Far from all failures, no success is looked at ([`NEGLIGIBLE`]).
//!
//! *Unforeseen failures.* Machines also crash for reasons that have nothing to do with the configuration. Such failures
//! lie everywhere, and most of them lie near the best trials. A search must not avoid the best trials because of them.
//! `q` is the rate of such failures, estimated as follows. Each trial is judged by all others: it is expected to fail
//! with probability `(F + p) / (1 + S + F)`, where `p` is the share of failures among all trials. The trials with the
//! lowest probabilities are selected, half as many as there are successes. `q` is the share of failures among them. If
//! failures depend on the configuration, few of the selected trials failed (measured: `benches/results/failing.md`).
//! Without a success, nothing shows that a failure was unforeseen, and `q` is zero.

use std::cell::OnceCell;

use super::Context;
use crate::numerics::{exp_slice, work};
use crate::space::squared_distances;

/// Probability of success below which a candidate is removed, if no failure is unforeseen. (Half and twice:
/// `benches/results/constants.md`.)
const MIN_CHANCE: f64 = 0.9;
/// Failures that weigh less remove no candidate, whatever the successes: `P` is at least `1 / (1 + F)`, which is 0.9 at
/// `F = 1 / 9`. The constant is 1 % below that, far more than the rounding errors of the whole formula, so the shortcut
/// always decides as the formula does. Changes no suggestion.
const NEGLIGIBLE: f64 = 0.11;
/// Width of the kernel, as a share of the range of every parameter. (Half of it: `benches/results/archive/auto.md`.)
const WIDTH: f64 = 0.1;
/// Largest number of trials that are judged, but for one more by rounding. (128: `benches/results/failing.md`.)
const MAX_JUDGED: usize = 64;
/// Number of trials among which failures are unforeseen, as a share of the successes. (A quarter:
/// `benches/results/failing.md`.)
const FORESEEN: f64 = 0.5;

/// The latest successes and failures. There is no such value if no trial failed.
pub(super) struct FailureFilter<'a> {
    context: &'a Context<'a>,
    failed: Positions,
    /// Gathered for the first candidate that needs them.
    succeeded: OnceCell<Positions>,
    /// The least probability of success of a candidate, likewise.
    least: OnceCell<f64>,
}

impl<'a> FailureFilter<'a> {
    pub(super) fn of(context: &'a Context<'a>) -> Option<Self> {
        context.history.latest_failed().next()?;
        let failed = Positions::of(context, context.history.latest_failed());
        Some(Self { context, failed, succeeded: OnceCell::new(), least: OnceCell::new() })
    }

    /// Whether a trial at the point is likely to succeed.
    pub(super) fn is_likely_to_succeed(&self, unit: &[f64]) -> bool {
        let bad = self.failed.weight(self.context, unit);
        if bad <= NEGLIGIBLE {
            return true;
        }
        let good = 1.0 + self.succeeded().weight(self.context, unit);
        let least = *self.least.get_or_init(|| MIN_CHANCE * (1.0 - self.unforeseen()));
        good >= least * (good + bad)
    }

    fn succeeded(&self) -> &Positions {
        self.succeeded.get_or_init(|| Positions::of(self.context, self.context.history.latest_succeeded()))
    }

    /// The rate of unforeseen failures.
    fn unforeseen(&self) -> f64 {
        let n = self.failed.n + self.succeeded().n;
        let share = self.failed.n as f64 / n as f64;
        let step = n.div_ceil(MAX_JUDGED);
        let judge = |fails: bool| {
            let trials = if fails { &self.failed } else { self.succeeded() };
            (0..trials.n).step_by(step).map(move |i| (self.expected(&trials.unit(i), fails, share), fails))
        };
        // Where nothing tells them apart, successes come first, and no failure is unforeseen.
        let mut judged: Vec<(f64, bool)> = judge(false).chain(judge(true)).collect();
        judged.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n_succeeded = judged.iter().filter(|(_, fails)| !fails).count();
        let n_safe = (FORESEEN * n_succeeded as f64).ceil() as usize;
        if n_safe == 0 {
            return 0.0;
        }
        judged[..n_safe].iter().filter(|(_, fails)| *fails).count() as f64 / n_safe as f64
    }

    /// How likely a trial was to fail, judged by the others. Its own kernel is 1.
    fn expected(&self, unit: &[f64], failed: bool, share: f64) -> f64 {
        let bad = self.failed.weight(self.context, unit) - f64::from(failed);
        let good = self.succeeded().weight(self.context, unit) - f64::from(!failed);
        (bad.max(0.0) + share) / (1.0 + bad.max(0.0) + good.max(0.0))
    }

    /// The candidates that are likely to succeed, or all if there are none.
    pub(super) fn keep<T>(&self, candidates: Vec<T>, unit: impl Fn(&T) -> Vec<f64>) -> Vec<T> {
        let (kept, left_out): (Vec<T>, Vec<T>) =
            candidates.into_iter().partition(|candidate| self.is_likely_to_succeed(&unit(candidate)));
        if kept.is_empty() { left_out } else { kept }
    }
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

    fn unit(&self, i: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[i]).collect()
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

    /// Random points near the middle, of which one of `failing` failed or has an infinite loss. Some are pending or
    /// excluded.
    fn history(space: &SearchSpace, n: usize, failing: u64, stream: &mut Stream) -> History {
        let mut history = History::new(space.parameters().len(), 1);
        for row in 0..n {
            let configuration = space.decode(&point(stream));
            history.push(space, &configuration, Origin::Random);
            if stream.below_or_equal(19) > 0 {
                let failed = (!row.is_multiple_of(3)).then_some(f64::INFINITY);
                finish(&mut history, row, if stream.below_or_equal(failing - 1) > 0 { Some(1.0) } else { failed });
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
    fn by_definition(context: &Context<'_>, unit: &[f64], unforeseen: f64) -> bool {
        let weight = |fails: bool| -> f64 {
            let counts = |row: usize| context.history.states()[row].counts();
            let is_one = |row: &usize| counts(*row) && context.history.has_failed(*row) == fails;
            let latest = (0..context.history.len()).rev().filter(is_one).take(LATEST);
            let mean_square = |row: usize| context.squared_distance(unit, row) / unit.len() as f64;
            latest.map(|row| exp(-0.5 * mean_square(row) / (WIDTH * WIDTH))).sum()
        };
        let good = 1.0 + weight(false);
        good >= MIN_CHANCE * (1.0 - unforeseen) * (good + weight(true))
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
                        n_kept += usize::from(is_kept);
                        n_without_successes += usize::from(filter.succeeded.get().is_none());
                        assert_eq!(is_kept, by_definition(context, &unit, filter.unforeseen()));
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
        let points = 25 + MAX_JUDGED + 1;
        assert!(many < 2 * few && many <= (points * 4 * 2 * LATEST) as u64, "{few} {many}");
    }

    /// `1 / (1 + F)` is the least that the formula gives, and 0.9 the most that it asks for.
    #[test]
    fn negligible_failures_remove_nothing_whatever_the_successes() {
        let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
        for _ in 0..100_000 {
            let bad = NEGLIGIBLE * (1.0 - stream.uniform() * stream.uniform() * stream.uniform());
            let good = 1.0 + stream.uniform() * [1e-16, 1e-3, 1.0, 256.0][stream.below_or_equal(3) as usize];
            assert!(good >= MIN_CHANCE * (good + bad));
        }
    }

    /// The mean rate of unforeseen failures of twenty searches of `n` trials.
    fn mean_unforeseen(n: usize, fails: fn(&[f64], &mut Stream) -> bool) -> f64 {
        (0..20).map(|seed| unforeseen(n, seed, fails)).sum::<f64>() / 20.0
    }

    fn unforeseen(n: usize, seed: u64, fails: fn(&[f64], &mut Stream) -> bool) -> f64 {
        let (space, mut stream) = (space(), Stream::new(seed, 0, Purpose::Sample, 0));
        let mut history = History::new(4, 1);
        for row in 0..n {
            let unit = point(&mut stream);
            history.push(&space, &space.decode(&unit), Origin::Random);
            finish(&mut history, row, (!fails(&unit, &mut stream)).then_some(1.0));
        }
        with_context(&space, &history, n as u64, |context| FailureFilter::of(context).unwrap().unforeseen())
    }

    #[test]
    fn without_a_success_no_failure_is_unforeseen() {
        assert_eq!(unforeseen(30, 0, |_, _| true), 0.0);
    }

    #[test]
    fn failures_at_random_are_unforeseen_and_those_of_a_region_are_not() {
        for n in [60, 500] {
            let of_region = mean_unforeseen(n, |unit, _| unit[0] > 0.52);
            let at_random = mean_unforeseen(n, |_, stream| stream.below_or_equal(3) == 0);
            assert!(of_region < 0.2 && (0.2..0.45).contains(&at_random), "{n}: {of_region}, {at_random}");
        }
    }
}
