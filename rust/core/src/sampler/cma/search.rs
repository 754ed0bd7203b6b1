//! The state of the search as a function of the history.
//!
//! The finished trials of this strategy are divided into generations in order of their ids. Pending trials are left
//! out, so that a worker that never reports does not block the search. If such a trial finishes late, the generations
//! change and the search is replayed from its start. The state thus depends on the results and not on the order in
//! which they arrive.
//!
//! The first run starts at the best trial before it. A run ends when the distribution is narrower than [`NARROW`], when
//! the best values of many generations are equal, or when the shape degenerates. The second run starts at the best trial
//! again, with a wide step and without steps from there ([`super::local_step`]). Every further run starts at a random
//! point, and has twice the population of the last (IPOP of Auger and Hansen 2005).

use super::distribution::Distribution;
use crate::history::{History, Origin};
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::sampler::order::Key;

/// Initial step size around the best trial.
const STEP: f64 = 0.2;
/// Initial step size around a random point.
const WIDE_STEP: f64 = 0.3;
/// Width at which a run ends, as a share of the range of a parameter.
const NARROW: f64 = 1e-5;
/// Largest population.
const MAX_POPULATION: usize = 512;

/// The state of the search. Dropping it costs a replay and changes no suggestion.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct State {
    /// Row of the trial at which the first run started.
    start: Option<usize>,
    /// Rows of the trials of completed generations.
    taken: Vec<usize>,
    run: Run,
    restarts: u32,
    /// The row after the last trial of earlier runs.
    run_from: usize,
}

/// One run, from a start to its end.
#[derive(Clone, Debug)]
struct Run {
    distribution: Distribution,
    /// The best value of each generation.
    best: Vec<f64>,
}

impl State {
    /// The state that follows from the history. Continues from an earlier state if that is a prefix of it.
    pub(super) fn of(earlier: Option<Self>, context: &Context<'_>) -> Self {
        let history = context.history;
        let proposed: Vec<usize> = (0..history.len()).filter(|row| history.origins()[*row] == Origin::CmaEs).collect();
        let first = proposed.first().copied().unwrap_or(history.len());
        let start = (0..first).filter_map(|row| Key::of(history, row)).min().map(|key| key.row);
        let finished: Vec<usize> = proposed.into_iter().filter(|row| history.states()[*row].counts()).collect();
        let on_the_way = earlier.filter(|state| state.start == start && finished.starts_with(&state.taken));
        let mut state = on_the_way.unwrap_or_else(|| Self::at(start, context));
        while let Some(generation) = finished[state.taken.len()..].get(..state.run.distribution.population()) {
            state.take(generation, context);
        }
        state
    }

    fn at(start: Option<usize>, context: &Context<'_>) -> Self {
        let (mean, step) = match start {
            Some(row) => (point(context.history, row), STEP),
            None => (vec![0.5; context.history.n_parameters()], WIDE_STEP),
        };
        Self { start, taken: Vec::new(), run: Run::new(mean, step, 0), restarts: 0, run_from: 0 }
    }

    /// The current distribution.
    pub(super) fn distribution(&self) -> &Distribution {
        &self.run.distribution
    }

    /// Rows of the current run are not below this one.
    pub(super) fn run_from(&self) -> usize {
        self.run_from
    }

    fn take(&mut self, generation: &[usize], context: &Context<'_>) {
        self.taken.extend(generation);
        if !self.run.take(generation, context.history) {
            self.restart(generation[generation.len() - 1], context);
        }
    }

    /// Starts another run after the trial `last`.
    fn restart(&mut self, last: usize, context: &Context<'_>) {
        self.restarts += 1;
        self.run_from = last + 1;
        if self.restarts == 1 {
            let rows = self.start.iter().chain(&self.taken);
            if let Some(best) = rows.filter_map(|row| Key::of(context.history, *row)).min() {
                self.run = Run::new(point(context.history, best.row), STEP, 0);
                return;
            }
        }
        let mut stream = Stream::new(context.seed, last as u64, Purpose::Restart, self.restarts);
        let mean = (0..context.history.n_parameters()).map(|_| stream.uniform()).collect();
        self.run = Run::new(mean, WIDE_STEP, self.restarts);
    }
}

impl Run {
    fn new(mean: Vec<f64>, step: f64, restarts: u32) -> Self {
        let usual = 4 + (3.0 * crate::numerics::ln(mean.len() as f64)).floor() as usize;
        let population = (usual << restarts.min(16)).min(MAX_POPULATION.max(usual));
        Self { distribution: Distribution::new(mean, step, population), best: Vec::new() }
    }

    /// Updates the run by a generation; returns whether the run continues.
    fn take(&mut self, generation: &[usize], history: &History) -> bool {
        let mut ranked = generation.to_vec();
        // Failures have no key and come last.
        ranked.sort_by_cached_key(|row| {
            let key = Key::of(history, *row);
            (key.is_none(), key, *row)
        });
        self.best.push(history.values(0)[ranked[0]]);
        let points: Vec<Vec<f64>> = ranked.iter().map(|row| point(history, *row)).collect();
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

/// The unit coordinates of a trial.
pub(super) fn point(history: &History, row: usize) -> Vec<f64> {
    (0..history.n_parameters()).map(|j| history.unit(j)[row]).collect()
}
