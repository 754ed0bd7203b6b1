//! The state of the search as a function of the history.
//!
//! The trials that the strategy proposed and that were told, by increasing id, are cut into generations. Who is still
//! pending is left out, so that a worker that never answers holds nothing up; told late, such a trial moves the cuts,
//! and the search is replayed from its start. So the state depends on what was told and not on when.
//!
//! The first run starts at the best trial before it. A run ends when it has nothing left to find: the distribution
//! became narrower than [`NARROW`], the best values of many generations are equal, or the shape degenerated. The next
//! one starts at a random point with twice the population (Auger and Hansen 2005, IPOP).

use super::distribution::Distribution;
use crate::history::{History, Origin};
use crate::numerics::{Purpose, Stream};
use crate::sampler::Context;
use crate::sampler::order::Key;

/// First step around the best trial.
const STEP: f64 = 0.2;
/// First step from a random point.
const WIDE_STEP: f64 = 0.3;
/// No parameter has to be known more exactly than this share of its range.
const NARROW: f64 = 1e-5;
/// Populations do not grow beyond this.
const MAX_POPULATION: usize = 512;

/// Dropping it costs a replay and changes nothing.
#[derive(Clone, Debug)]
pub(in crate::sampler) struct State {
    /// Where the first run started.
    start: Option<usize>,
    /// Trials taken in.
    taken: Vec<usize>,
    run: Run,
    restarts: u32,
}

/// One run, from a start to its end.
#[derive(Clone, Debug)]
struct Run {
    distribution: Distribution,
    /// The best value of each generation.
    best: Vec<f64>,
}

impl State {
    /// The state that follows from the history, on the way from an earlier one if it lies on the way.
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
        Self { start, taken: Vec::new(), run: Run::new(mean, step, 0), restarts: 0 }
    }

    /// A point of the current distribution.
    pub(super) fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        self.run.distribution.draw(stream)
    }

    fn take(&mut self, generation: &[usize], context: &Context<'_>) {
        self.taken.extend(generation);
        if !self.run.take(generation, context.history) {
            self.restarts += 1;
            let last = generation[generation.len() - 1] as u64;
            let mut stream = Stream::new(context.seed, last, Purpose::Restart, self.restarts);
            let mean = (0..context.history.n_parameters()).map(|_| stream.uniform()).collect();
            self.run = Run::new(mean, WIDE_STEP, self.restarts);
        }
    }
}

impl Run {
    fn new(mean: Vec<f64>, step: f64, restarts: u32) -> Self {
        let usual = 4 + (3.0 * crate::numerics::ln(mean.len() as f64)).floor() as usize;
        let population = (usual << restarts.min(16)).min(MAX_POPULATION.max(usual));
        Self { distribution: Distribution::new(mean, step, population), best: Vec::new() }
    }

    /// Takes in a generation; whether the run goes on.
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

fn point(history: &History, row: usize) -> Vec<f64> {
    (0..history.n_parameters()).map(|j| history.unit(j)[row]).collect()
}
