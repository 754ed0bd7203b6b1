//! The state of the search as a function of the history.
//!
//! The finished trials of this strategy are divided into generations in order of their ids. Pending trials are left
//! out, so that a worker that never reports does not block the search. If such a trial finishes late, the generations
//! change and the search is replayed from its start. The state thus depends on the results and not on the order in
//! which they arrive.
//!
//! The first run starts at the best feasible trial before it, or at the centre if there is none. A run ends when the
//! distribution is narrower than [`NARROW`], when the best values of many generations are equal, or when the shape
//! degenerates. The second run starts at the best trial again, with the initial step size, and makes no local steps
//! ([`super::local_step`]) until one of its own trials is the best. Every further run starts at a random point, and has
//! twice the population of the last (IPOP of Auger and Hansen 2005).

use super::distribution::Distribution;
use super::local_step::local_step;
use super::trials::Trials;
use crate::history::View;
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::sampler::ranking::{best_first_by_values, is_ranked};

/// Initial step size around the best trial. (Half and twice: `benches/results/constants.md`.)
const STEP: f64 = 0.2;
/// Initial step size around a random point. As Hansen (2016) advises.
const WIDE_STEP: f64 = 0.3;
/// Width at which a run ends, as a share of the range of a parameter. (Half and twice: `benches/results/constants.md`.)
const NARROW: f64 = 1e-5;
/// Largest population. (Half and twice: `benches/results/constants.md`.)
const MAX_POPULATION: usize = 512;

/// The state of the search. Dropping it costs a replay and changes no suggestion.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct Evolution {
    trials: Trials,
    /// Row of the trial at which the first run started.
    start: Option<usize>,
    /// Number of trials in completed generations.
    n_taken: usize,
    run: Run,
    restarts: u32,
    /// The row after the last trial of earlier runs.
    run_from: usize,
    /// The number of finished trials, and the local step that was computed after them.
    step: Option<(usize, Option<Vec<f64>>)>,
}

/// One run, from a start to its end.
#[derive(Clone, Debug)]
struct Run {
    distribution: Distribution,
    /// The best value of each generation.
    best: Vec<f64>,
}

impl Evolution {
    /// The state that follows from the history. Continues from an earlier state if that is a prefix of it.
    pub(super) fn of(earlier: Option<Self>, context: &Context<'_>) -> Self {
        let earlier = earlier.unwrap_or_else(|| Self::new(Trials::default(), context));
        let mut evolution = earlier.updated(context);
        while let Some(generation) = evolution.next_generation() {
            evolution.take(&generation, context);
        }
        evolution
    }

    /// Before the first generation.
    fn new(trials: Trials, context: &Context<'_>) -> Self {
        let start = trials.start();
        let (mean, step) = match start {
            Some(row) => (context.history.unit_point(row), STEP),
            None => (vec![0.5; context.history.n_parameters()], WIDE_STEP),
        };
        Self { trials, start, n_taken: 0, run: Run::new(mean, step, 0), restarts: 0, run_from: 0, step: None }
    }

    /// With the trials that have finished since; from the first generation on if they change an earlier one.
    fn updated(mut self, context: &Context<'_>) -> Self {
        let n_same = self.trials.update(context.history);
        if n_same < self.n_taken || self.trials.start() != self.start {
            return Self::new(self.trials, context);
        }
        self
    }

    fn next_generation(&self) -> Option<Vec<usize>> {
        let rest = &self.trials.proposed()[self.n_taken..];
        rest.get(..self.run.distribution.population()).map(<[usize]>::to_vec)
    }

    /// The end of the local step from the best trial, which is computed once between two results.
    pub(super) fn step(&mut self, context: &Context<'_>) -> Option<Vec<f64>> {
        let n_finished = context.history.n_finished();
        if self.step.as_ref().is_none_or(|(n, _)| *n != n_finished) {
            self.step = Some((n_finished, self.find_step(context.history)));
        }
        self.step.as_ref().and_then(|(_, end)| end.clone())
    }

    /// `None` also if the best trial is older than the current run, which is to find another minimum.
    fn find_step(&self, history: View<'_>) -> Option<Vec<f64>> {
        let best = self.trials.best().filter(|best| best.row >= self.run_from)?;
        local_step(&self.run.distribution, best, history)
    }

    /// The current distribution.
    pub(super) fn distribution(&self) -> &Distribution {
        &self.run.distribution
    }

    fn take(&mut self, generation: &[usize], context: &Context<'_>) {
        self.n_taken += generation.len();
        if !self.run.take(generation, context.history) {
            self.restart(generation[generation.len() - 1], context);
        }
    }

    /// Starts another run after the trial `last`.
    fn restart(&mut self, last: usize, context: &Context<'_>) {
        self.restarts += 1;
        self.run_from = last + 1;
        if self.restarts == 1 {
            let rows = self.start.iter().chain(&self.trials.proposed()[..self.n_taken]).copied();
            if let Some(best) = by_rank(rows, context.history).0.first() {
                self.run = Run::new(context.history.unit_point(*best), STEP, 0);
                return;
            }
        }
        let mut stream = Stream::new(context.seed, last as u64, Purpose::Restart, self.restarts);
        let mean = (0..context.history.n_parameters()).map(|_| stream.uniform()).collect();
        self.run = Run::new(mean, WIDE_STEP, self.restarts - 1);
    }
}

impl Run {
    /// A run with the usual population (Hansen 2016), doubled `doublings` times. More than 16 exceed the limit.
    fn new(mean: Vec<f64>, step: f64, doublings: u32) -> Self {
        let usual = 4 + (3.0 * crate::numerics::ln(mean.len() as f64)).floor() as usize;
        let population = (usual << doublings.min(16)).min(MAX_POPULATION.max(usual));
        Self { distribution: Distribution::new(mean, step, population), best: Vec::new() }
    }

    /// Updates the run by a generation; returns whether the run continues.
    fn take(&mut self, generation: &[usize], history: View<'_>) -> bool {
        let (mut ranked, failed) = by_rank(generation.iter().copied(), history);
        ranked.extend(failed);
        self.best.push(history.values(0)[ranked[0]]);
        let points: Vec<Vec<f64>> = ranked.iter().map(|row| history.unit_point(*row)).collect();
        self.distribution.update(&points) && self.distribution.width() > NARROW && !self.is_flat()
    }

    /// Whether the best values of the last `10 + 30 d / N` generations are all equal.
    fn is_flat(&self) -> bool {
        let population = self.distribution.population();
        let window = 10 + (30 * self.distribution.n_parameters()).div_ceil(population);
        let Some(from) = self.best.len().checked_sub(window) else { return false };
        self.best[from..].windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// The rows with a rank from the best to the worst, and the others; equal trials in the order of their ids.
fn by_rank(rows: impl Iterator<Item = usize>, history: View<'_>) -> (Vec<usize>, Vec<usize>) {
    let mut rows: Vec<usize> = rows.collect();
    rows.sort_unstable();
    let (ranked, others): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|row| is_ranked(history, *row));
    let order = best_first_by_values(history, &ranked);
    (order.into_iter().map(|i| ranked[i]).collect(), others)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Measurement, Origin, Outcome};
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    fn square() -> SearchSpace {
        SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap()
    }

    fn push(space: &SearchSpace, history: &mut History, point: &[f64], value: f64) {
        let configuration = Configuration(point.iter().map(|x| Some(Value::Real(*x))).collect());
        history.push(space, &configuration, Origin::CmaEs);
        finish(history, history.len() - 1, Some(value));
    }

    /// The populations of the first `n` runs on a flat function, where a run ends as flat.
    fn populations(n: usize) -> Vec<usize> {
        let (space, mut history, mut scratch) = (square(), History::new(2, 1), None);
        let mut populations = Vec::new();
        while populations.len() < n {
            let row = history.len() as u64;
            let (evolution, point) = with_context(&space, &history, row, |context| {
                let evolution = Evolution::of(scratch.take(), context);
                let point = evolution.distribution().draw(&mut Stream::new(1, row, Purpose::Suggest, 0));
                (evolution, point)
            });
            if evolution.restarts as usize == populations.len() {
                populations.push(evolution.run.distribution.population());
            }
            scratch = Some(evolution);
            push(&space, &mut history, &point, 1.0);
        }
        populations
    }

    #[test]
    fn the_population_doubles_from_the_third_run_on() {
        assert_eq!(populations(4), [6, 6, 12, 24]);
    }

    /// Trials of two origins, which fail, are pruned or break a constraint now and then, and some of which finish late.
    #[test]
    fn a_kept_state_equals_a_new_one() {
        let (space, mut history, mut kept) = (square(), History::new(2, 1), None);
        let mut stream = Stream::new(3, 0, Purpose::Sample, 0);
        let mut pending = Vec::new();
        for step in 0..400 {
            let point = [stream.uniform(), stream.uniform()];
            let configuration = Configuration(point.iter().map(|x| Some(Value::Real(*x))).collect());
            let origin = if step < 8 || step % 9 == 0 { Origin::Random } else { Origin::CmaEs };
            history.push(&space, &configuration, origin);
            pending.push(history.len() - 1);
            let n_waiting = if step % 50 == 49 { 0 } else { 3 };
            while pending.len() > n_waiting {
                let row = pending.swap_remove(stream.below_or_equal(pending.len() as u64 - 1) as usize);
                let value: f64 = history.view().unit_point(row).iter().map(|x| (x - 0.3) * (x - 0.3)).sum();
                let measured = vec![Measurement { value, sem: None, replicates: Vec::new() }];
                let outcome = match row {
                    _ if row % 7 == 0 => Outcome::Failed { reason: None },
                    _ if row % 11 == 0 => Outcome::Pruned { measurements: Some(measured), reason: None, paused: false },
                    _ => Outcome::Complete(measured),
                };
                history.finish(row, outcome, &[("c".to_owned(), if row % 5 == 0 { 1.0 } else { -1.0 })], None);
            }
            with_context(&space, &history, history.len() as u64, |context| {
                let [old, new] = [kept.take(), None].map(|earlier| Evolution::of(earlier, context));
                assert_eq!(format!("{old:?}"), format!("{new:?}"));
                kept = Some(old);
            });
        }
    }

    #[test]
    fn a_later_run_steps_only_from_a_best_trial_of_its_own() {
        let (space, mut history) = (square(), History::new(2, 1));
        let mut stream = Stream::new(2, 0, Purpose::Sample, 0);
        for _ in 0..50 {
            let (x, y) = (stream.uniform(), stream.uniform());
            push(&space, &mut history, &[x, y], (x - 0.6) * (x - 0.6) + (y - 0.3) * (y - 0.3));
        }
        let best = (0..50).min_by(|a, b| history.values(0)[*a].total_cmp(&history.values(0)[*b])).unwrap();
        let steps = |run_from: usize| {
            with_context(&space, &history, 50, |context| {
                Evolution { run_from, step: None, ..Evolution::of(None, context) }.step(context).is_some()
            })
        };
        assert!(steps(0) && steps(best));
        assert!(!steps(best + 1));
    }
}
