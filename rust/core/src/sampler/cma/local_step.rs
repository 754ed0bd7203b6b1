//! Steps to the minimum of a quadratic function that is fitted to the trials around the best one.
//!
//! A population needs some hundred trials to learn the shape of a function. A quadratic function learns it from all
//! trials near the best one (Hansen 2019, "A global surrogate assisted CMA-ES"; Powell 2006, "The NEWUOA software").
//! Its minimum becomes a member of the population, so the distribution follows it. Hansen
//! (2011, "Injecting external solutions into CMA-ES") clips the length of such members; here that made no difference.
//!
//! The constants were compared on BBOB functions (`benches/results/archive/mechanisms.md`).

use super::distribution::Distribution;
use super::quadratic::{Curvature, Quadratic, Sample};
use crate::history::View;
use crate::numerics::linalg::dot;
use crate::sampler::ranking::{Class, Key};

/// The nearest trials are chosen from the best trial and the latest ones: there are this many candidates for each
/// chosen trial. The number of distances therefore does not grow with the history. (Half and twice:
/// `benches/results/constants.md`.)
const WINDOW: usize = 4;
/// Radius of the trust region, relative to the median distance of the trials from the best one. (Other radii:
/// `benches/results/archive/mechanisms.md`.)
const RADIUS: f64 = 0.5;
/// Weight of the best trial, relative to the worst. In between, weights fall linearly with the rank (Hansen 2019).
const BEST_WEIGHT: f64 = 20.0;

/// The point that a step from the best trial leads to. `None` if that trial is infeasible, if there are too few trials,
/// or if no function fits them.
pub(super) fn local_step(distribution: &Distribution, best: Key, history: View<'_>) -> Option<Vec<f64>> {
    if best.class != Class::Feasible {
        return None;
    }
    let near = Neighbourhood::of(best.row, distribution, history)?;
    let step = Quadratic::fit(&near.samples, near.curvature)?.minimum(RADIUS)?;
    let step: Vec<f64> = step.iter().map(|z| z * near.median).collect();
    Some(distribution.step_from(&history.unit_point(best.row), &step))
}

/// The trials around the best one.
struct Neighbourhood {
    curvature: Curvature,
    /// Positions relative to the best trial, as coordinates of the search distribution in units of `median`.
    samples: Vec<Sample>,
    /// The median distance from the best trial.
    median: f64,
}

impl Neighbourhood {
    /// `None` if there are too few trials, or if half of them have the best value or are at the same point.
    fn of(best: usize, distribution: &Distribution, history: View<'_>) -> Option<Self> {
        let d = history.n_parameters();
        let curvature = Curvature::of(d, history.n_finished())?;
        let n = curvature.n_samples(d);
        let latest = (0..history.len()).rev().filter(|row| history.state(*row).counts()).take(WINDOW * n);
        let mut rows: Vec<usize> = latest.collect();
        if !rows.contains(&best) {
            rows.push(best);
        }
        rows.reverse();
        let mut samples = nearest(n, best, &rows, distribution, history);
        let median = length(&samples[n / 2].z);
        if !(median > 0.0 && median.is_finite()) {
            return None;
        }
        for z in samples.iter_mut().flat_map(|sample| &mut sample.z) {
            *z /= median;
        }
        samples.sort_by(|a, b| a.value.total_cmp(&b.value));
        scale_values(&mut samples)?;
        weigh_by_rank(&mut samples);
        Some(Self { curvature, samples, median })
    }
}

fn length(z: &[f64]) -> f64 {
    dot(z, z).sqrt()
}

/// The `n` nearest of some trials. A trial that failed, was stopped without an estimate or violates constraints has an
/// infinite value.
fn nearest(n: usize, best: usize, rows: &[usize], distribution: &Distribution, history: View<'_>) -> Vec<Sample> {
    let points: Vec<Vec<f64>> = rows.iter().map(|row| history.unit_point(*row)).collect();
    let columns = distribution.whitened_from(&history.unit_point(best), &points);
    let value = |row: usize| if history.is_eligible(row) { history.values(0)[row] } else { f64::INFINITY };
    let sample = |(j, row): (usize, &usize)| Sample { z: columns.column(j).to_vec(), value: value(*row), weight: 1.0 };
    let mut samples: Vec<Sample> = rows.iter().enumerate().map(sample).collect();
    // Bits of non-negative numbers are in the order of the numbers.
    samples.sort_by_cached_key(|sample| length(&sample.z).to_bits());
    samples.truncate(n);
    samples
}

/// Scales the values of ordered samples by the difference of the median and the best, and replaces infinite ones by the
/// worst finite one. `None` if the median is the best or infinite.
fn scale_values(samples: &mut [Sample]) -> Option<()> {
    let best = samples.first()?.value;
    let scale = samples[samples.len() / 2].value - best;
    let worst = samples.iter().rev().map(|sample| sample.value).find(|value| value.is_finite())?;
    if !(scale > 0.0 && scale.is_finite()) {
        return None;
    }
    for sample in samples {
        sample.value = (sample.value.min(worst) - best) / scale;
    }
    Some(())
}

/// Gives weights to ordered samples that fall linearly from [`BEST_WEIGHT`] to 1.
fn weigh_by_rank(samples: &mut [Sample]) {
    let decrease = (BEST_WEIGHT - 1.0) / (samples.len() - 1) as f64;
    for (rank, sample) in samples.iter_mut().enumerate() {
        sample.weight = BEST_WEIGHT - decrease * rank as f64;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::ranking::is_ranked;
    use crate::sampler::testing::{finish, number};
    use crate::space::{Configuration, SearchSpace, Value};

    /// The step after random trials in a square, of which those without a value failed.
    fn step_after(n: usize, f: impl Fn(f64, f64) -> Option<f64>) -> Option<Vec<f64>> {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        let mut stream = Stream::new(7, 0, Purpose::Sample, 0);
        for row in 0..n {
            let (x, y) = (stream.uniform(), stream.uniform());
            let configuration = Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]);
            history.push(&space, &configuration, Origin::Random);
            finish(&mut history, row, f(x, y));
        }
        let best =
            (0..n).filter(|row| is_ranked(history.view(), *row)).map(|row| Key::of(history.view(), row)).min()?;
        local_step(&Distribution::new(vec![0.5; 2], 0.2, 6), best, history.view())
    }

    fn valley(x: f64, y: f64) -> f64 {
        (x - 0.6) * (x - 0.6) + 10.0 * (x - 0.6) * (y - 0.3) + 100.0 * (y - 0.3) * (y - 0.3)
    }

    #[test]
    fn a_step_leads_to_the_minimum_of_a_quadratic_function() {
        let end = step_after(50, |x, y| Some(valley(x, y))).unwrap();
        assert!((end[0] - 0.6).abs() < 1e-4 && (end[1] - 0.3).abs() < 1e-4, "{end:?}");
    }

    #[test]
    fn a_step_leads_away_from_failures() {
        let slope = |x: f64, y: f64| -x + (y - 0.3) * (y - 0.3);
        let end = |is_feasible: fn(f64) -> bool| {
            let end = step_after(50, |x, y| if x > 0.5 && !is_feasible(x) { None } else { Some(slope(x.min(0.5), y)) });
            end.unwrap()[0]
        };
        let (with_failures, without) = (end(|_| false), end(|_| true));
        assert!(with_failures < without, "{with_failures} and {without}");
    }

    #[test]
    fn there_is_no_step_without_a_slope_or_without_trials() {
        assert_eq!(step_after(50, |_, _| Some(1.0)), None);
        assert_eq!(step_after(50, |_, _| None), None);
        assert_eq!(step_after(50, |_, _| Some(f64::INFINITY)), None);
        assert_eq!(step_after(7, |x, y| Some(valley(x, y))), None);
        assert_eq!(step_after(0, |x, y| Some(valley(x, y))), None);
    }
}
