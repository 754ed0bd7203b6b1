//! Growth of the work of an ask with the number of parameters, levels and trials (promise 5), measured by counts and
//! not by a clock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use super::group::WINDOW;
use super::{Densities, suggest};
use crate::history::{History, Measurement, Origin, Outcome};
use crate::numerics::{Purpose, Stream, work};
use crate::sampler::TpeSettings;
use crate::sampler::testing::{number, with_context};
use crate::space::{Configuration, Domain, Parameter, SearchSpace};

/// Number of asks that are counted.
const ASKS: usize = 9;

/// A search of a sphere function with its minimum at 0.3, after its first suggestion.
struct Search {
    space: SearchSpace,
    history: History,
    densities: Option<Densities>,
}

impl Search {
    /// After `n` random trials of `d` parameters.
    fn new(domain: &Domain, d: usize, n: usize) -> Self {
        Self::with_objectives(1, domain, d, n)
    }

    /// With more objectives, whose minima lie at 0.3, 0.4 and so on.
    fn with_objectives(n_objectives: usize, domain: &Domain, d: usize, n: usize) -> Self {
        let parameter = |i| Parameter { domain: domain.clone(), ..number(&format!("x{i}")) };
        let space = SearchSpace::new((0..d).map(parameter).collect(), Vec::new()).unwrap();
        let history = History::new(d, n_objectives);
        let mut search = Self { space, history, densities: None };
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        for _ in 0..n {
            let unit: Vec<f64> = (0..d).map(|_| stream.uniform()).collect();
            search.tell(&unit);
        }
        search.step();
        search
    }

    fn tell(&mut self, unit: &[f64]) {
        let row = self.history.len();
        let configuration = self.space.decode(unit);
        self.history.push(&self.space, &configuration, Origin::Random);
        let measured = |k: usize| {
            let distance = |u: &f64| u - (0.3 + 0.1 * k as f64);
            let value = unit.iter().map(|u| distance(u) * distance(u)).sum();
            Measurement { value, sem: None, replicates: Vec::new() }
        };
        let values = (0..self.history.n_objectives()).map(measured).collect();
        self.history.finish(row, Outcome::Complete(values), &[], None);
    }

    /// The next suggestion of the kept state, and of a new one.
    fn next_two(&mut self) -> [Configuration; 2] {
        with_context(&self.space, &self.history, self.history.len() as u64, |context| {
            [&mut self.densities, &mut None]
                .map(|densities| suggest(&TpeSettings::default(), context, densities).unwrap().configuration)
        })
    }

    /// One ask and its tell; returns the work of updating the state, and that of the whole ask.
    fn step(&mut self) -> (u64, u64) {
        let trial = self.history.len() as u64;
        let densities = &mut self.densities;
        let ((kept, rest), suggestion) = with_context(&self.space, &self.history, trial, |context| {
            let kept = densities.as_mut().map_or(0, |densities| work::of(|| densities.update(context).unwrap()).0);
            let (rest, suggestion) = work::of(|| suggest(&TpeSettings::default(), context, densities).unwrap());
            ((kept, rest), suggestion)
        });
        self.tell(&self.space.encode(&suggestion.configuration));
        (kept, kept + rest)
    }

    /// Medians over [`ASKS`] asks, because a trial that changes the bandwidths of all kernels is rare.
    fn work(&mut self) -> (f64, f64) {
        let (mut kept, mut total): (Vec<u64>, Vec<u64>) = (0..ASKS).map(|_| self.step()).unzip();
        kept.sort_unstable();
        total.sort_unstable();
        (kept[ASKS / 2] as f64, total[ASKS / 2] as f64)
    }
}

fn real() -> Domain {
    number("x").domain
}

fn unordered(levels: u64) -> Domain {
    Domain::Unordered { last: levels - 1 }
}

fn integer(levels: u64) -> Domain {
    Domain::Integer { low: 0, step: 1, last: levels - 1, log: false }
}

/// The bad density holds the latest trials, so that its size has a bound.
#[test]
fn work_does_not_grow_beyond_the_window() {
    let n_rows =
        |search: &Search| search.densities.as_ref().map_or(0, |densities| densities.groups[0].bad.mixture().n_slots());
    let mut search = Search::new(&real(), 2, 2 * WINDOW - 3);
    assert_eq!(n_rows(&search), 2 * WINDOW - 3);
    for _ in 0..6 {
        let [kept, new] = search.next_two();
        assert_eq!(kept, new);
        search.tell(&search.space.encode(&kept));
    }
    assert_eq!(n_rows(&search), WINDOW + 3);
}

/// The work is proportional to the parameters, apart from a constant part per ask, and less where most kernels are
/// dropped early.
#[test]
fn work_grows_with_the_parameters() {
    for domain in [real(), unordered(4), unordered(1000), integer(20)] {
        let each = [10, 100, 1000].map(|d| Search::new(&domain, d, 30).work().1 / d as f64);
        assert!(each[1] < each[0] && each[2] < 1.1 * each[1], "{domain:?}: {each:?}");
    }
    let (small, large) = (Search::new(&real(), 1000, 12).work().1, Search::new(&real(), 10_000, 12).work().1);
    assert!(large < 11.0 * small, "{small} {large}");
}

/// With more levels, candidates differ more, and the number of them near kernels varies. Once nearly all candidates are
/// untried levels, the work is independent of their number.
#[test]
fn work_does_not_grow_with_the_levels_of_a_category() {
    let work = |levels| Search::new(&unordered(levels), 10, 50).work().1;
    let (few, many) = ([4, 64].map(work), [1000, 100_000, 1_000_000].map(work));
    assert!(few[1] < 2.0 * few[0], "{few:?}");
    assert!(many.iter().all(|units| *units < 3.0 * many[0]), "{many:?}");
}

/// Masses of up to 1024 levels are tabulated; those of more levels are computed when needed. The number of candidates
/// near kernels varies.
#[test]
fn work_does_not_grow_with_the_levels_of_an_integer() {
    let [few, many, most] = [20, 1000, u64::MAX].map(|levels| Search::new(&integer(levels), 10, 50).work().1);
    assert!(many < 2.5 * few && most < 2.5 * few, "{few} {many} {most}");
}

/// A finished trial changes a few bandwidths, independent of the number of trials, and only kernels near a candidate
/// are evaluated in every dimension.
#[test]
fn work_grows_more_slowly_than_the_trials() {
    for domain in [real(), unordered(4), unordered(1000), integer(20)] {
        let (kept, total): (Vec<f64>, Vec<f64>) =
            [500, 5000].map(|n| Search::new(&domain, 10, n).work()).into_iter().unzip();
        assert!(kept[1] < 1.5 * kept[0] && total[1] < 3.5 * total[0], "{domain:?}: {kept:?} {total:?}");
    }
}

/// A finished trial is compared with few others, and the ranks of most trials are kept.
#[test]
fn the_work_of_ranks_grows_more_slowly_than_the_trials() {
    let kept = [500, 5000].map(|n| Search::with_objectives(2, &real(), 2, n).work().0);
    assert!(kept[1] < 1.5 * kept[0], "{kept:?}");
}
