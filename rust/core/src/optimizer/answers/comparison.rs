//! The probability that the best configuration is better than the second best.
//!
//! Let `m` be the difference of the means (second minus first, to be minimized) and `s` its standard error. The
//! probability is `P(T <= m / s)`, the posterior probability under a flat prior. `s` and the degrees of freedom depend
//! on the available data:
//!
//! | method | condition | `s^2` |
//! | --- | --- | --- |
//! | paired | both share at least two folds | `w / n`: `w` is the variance of differences on a fold, pooled over trials if there is a [`FoldLayout`] |
//! | Welch | both have at least two runs | `v_1 / n_1 + v_2 / n_2` (Welch 1947), degrees of freedom rounded down |
//! | model | one run each | the sum of the posterior variances of the Gaussian process, assumed independent |
//! | pooled | otherwise | `v (1 / n_1 + 1 / n_2)`, `v` pooled over all configurations with several runs |
//!
//! The runs of a configuration are the replicates of all its trials, or the value of a trial without replicates. The
//! number of further runs of both that would give a probability of 95 % follows from `m / s`, if `m` and the variances
//! of single runs do not change.

use std::collections::{BTreeMap, BTreeSet};

use super::shrinkage;
use crate::learning_curve::FoldLayout;
use crate::numerics::normal::{ndtr, student_cdf};
use crate::numerics::{mean_without_overflow, variance};
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Noisy, Reading};

/// The probability from which on a comparison is decided. Changes no suggestion.
const LEVEL: f64 = 0.95;
/// The one-sided 95 % point of the normal distribution. Follows from [`LEVEL`].
const Z_95: f64 = 1.644_853_626_951_472_7;
/// Upper limit of the number of further runs. Changes no suggestion.
const MOST: u64 = 1 << 30;

/// The method by which two configurations are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Differences on shared folds.
    Paired,
    /// Runs of both, with separate variances.
    Welch,
    /// Runs of both, with the pooled variance of all configurations.
    Pooled,
    /// The posterior of the model.
    Model,
}

impl Method {
    /// The name in the user interface.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::Welch => "welch",
            Self::Pooled => "pooled",
            Self::Model => "model",
        }
    }
}

/// The comparison of the two best configurations, each identified by its first trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The best.
    pub first: u64,
    /// The second best.
    pub second: u64,
    /// The probability that the first is better than the second.
    pub probability: f64,
    /// The method.
    pub method: Method,
    /// Standard deviation of a single run (for the paired method, of a fold), pooled over the available data.
    pub std: f64,
    /// Number of further runs of both that would give a probability of 95 %; `None` if the first does not look better.
    pub runs: Option<u64>,
}

/// The difference of two means.
struct Difference {
    mean: f64,
    /// For both, the variance of one run and the number of runs so far.
    runs: [(f64, f64); 2],
    /// The degrees of freedom; `None` for a normal distribution.
    degrees: Option<u64>,
}

impl Facts {
    /// The two best configurations and the probability of their order. `None` if fewer than two are complete, for
    /// several objectives, and if nothing is known about the noise.
    ///
    /// # Errors
    /// As [`Self::recommend`].
    pub fn comparison(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Comparison>, OptimizerError> {
        if self.history.n_objectives() != 1 {
            return Ok(None);
        }
        let reading = self.read(interrupted)?;
        let (ranking, model) = match &reading {
            Some(Reading::Noisy(noisy)) => (noisy.ranking(), Some(noisy)),
            None if self.history.is_noisy() => (shrinkage::ranking(&self.history, &self.space), None),
            _ => (self.by_value(), None),
        };
        let Some(first) = ranking.first().copied() else { return Ok(None) };
        let other = |row: &usize| self.configuration_of(*row) != self.configuration_of(first);
        let Some(second) = ranking.iter().copied().find(other) else { return Ok(None) };
        let pair = [first, second];
        let comparison = self.paired(pair).or_else(|| self.by_runs(pair, model));
        // There is no comparison if the squares of the values overflow.
        Ok(comparison.filter(|comparison| comparison.probability.is_finite() && comparison.std.is_finite()))
    }

    /// Eligible rows, ordered by value with the best first.
    fn by_value(&self) -> Vec<usize> {
        let values = self.history.values(0);
        let mut rows: Vec<(f64, usize)> = self.history.eligible().map(|row| (values[row], row)).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The first row with the same configuration as this one.
    fn configuration_of(&self, row: usize) -> Option<u64> {
        self.history.first_row_like(&self.space, row)
    }

    fn paired(&self, pair: [usize; 2]) -> Option<Comparison> {
        let [first, second] = pair.map(|row| self.history.folds(row as u64));
        let find = |fold: u64| first.iter().find(|(known, _)| *known == fold).map(|(_, value)| *value);
        let differences: Vec<f64> = second.iter().filter_map(|(fold, value)| Some(value - find(*fold)?)).collect();
        let n = differences.len() as f64;
        if n < 2.0 || !differences.iter().all(|d| d.is_finite()) {
            return None;
        }
        let pooled = FoldLayout::of(&self.history, self.history.len()).map(|layout| layout.noise_variance());
        let (noise_variance, degrees) = pooled.unwrap_or((variance(&differences) * n / (n - 1.0) / 2.0, n as u64 - 1));
        let mean = mean_without_overflow(differences.iter().copied());
        let difference = Difference { mean, runs: [(noise_variance, n); 2], degrees: Some(degrees) };
        Some(difference.comparison(pair, Method::Paired, libm::sqrt(noise_variance)))
    }

    fn by_runs(&self, pair: [usize; 2], model: Option<&Noisy>) -> Option<Comparison> {
        let pair_ids = pair.map(|row| self.configuration_of(row));
        let runs = self.runs(pair_ids);
        let [a, b] = pair_ids.map(|id| runs.get(&id?));
        let [a, b] = [Runs::of(a?), Runs::of(b?)];
        let (pooled, degrees) = pooled(&runs);
        let mean = b.mean - a.mean;
        if a.n >= 2.0 && b.n >= 2.0 {
            let parts = [a.variance / a.n, b.variance / b.n];
            let whole = (parts[0] + parts[1]) * (parts[0] + parts[1]);
            let split = parts[0] * parts[0] / (a.n - 1.0) + parts[1] * parts[1] / (b.n - 1.0);
            let degrees = if split > 0.0 { (whole / split).floor().max(1.0) as u64 } else { 1 };
            let difference = Difference { mean, runs: [(a.variance, a.n), (b.variance, b.n)], degrees: Some(degrees) };
            return Some(difference.comparison(pair, Method::Welch, libm::sqrt(pooled)));
        }
        match model {
            Some(model) if degrees == 0 || (a.n < 2.0 && b.n < 2.0) => by_model(pair, model),
            _ if degrees > 0 => {
                let difference = Difference { mean, runs: [(pooled, a.n), (pooled, b.n)], degrees: Some(degrees) };
                Some(difference.comparison(pair, Method::Pooled, libm::sqrt(pooled)))
            }
            _ => None,
        }
    }

    /// The runs of a pair of configurations and of all that may have several, by their first rows. Most configurations of
    /// a long history have one run, which says nothing of the noise.
    fn runs(&self, pair: [Option<u64>; 2]) -> BTreeMap<u64, Vec<f64>> {
        let identified = self.history.eligible().filter_map(|row| Some((row, self.configuration_of(row)?)));
        let rows: Vec<(usize, u64)> = identified.collect();
        let may_have_several = |(row, id): &&(usize, u64)| *id != *row as u64 || self.replicates(*row).is_some();
        let several: BTreeSet<u64> =
            rows.iter().filter(may_have_several).map(|(_, id)| *id).chain(pair.into_iter().flatten()).collect();
        let mut runs: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for (row, id) in rows.into_iter().filter(|(_, id)| several.contains(id)) {
            let runs = runs.entry(id).or_default();
            match self.replicates(row) {
                Some(replicates) => runs.extend(replicates),
                None => runs.push(self.history.values(0)[row]),
            }
        }
        runs
    }

    /// The replicates of a trial, if it has any and all are finite.
    fn replicates(&self, row: usize) -> Option<&[f64]> {
        let replicates = self.history.replicates(row as u64)?.first()?;
        (!replicates.is_empty() && replicates.iter().all(|y| y.is_finite())).then_some(replicates)
    }
}

/// The runs of one configuration.
struct Runs {
    n: f64,
    mean: f64,
    /// With divisor `n - 1`; zero for a single run.
    variance: f64,
}

impl Runs {
    fn of(runs: &[f64]) -> Self {
        let n = runs.len() as f64;
        let mean = mean_without_overflow(runs.iter().copied());
        Self { n, mean, variance: if n > 1.0 { variance(runs) * n / (n - 1.0) } else { 0.0 } }
    }
}

/// The variance within configurations and its degrees of freedom.
fn pooled(runs_by_configuration: &BTreeMap<u64, Vec<f64>>) -> (f64, u64) {
    let several: Vec<Runs> =
        runs_by_configuration.values().filter(|runs| runs.len() > 1).map(|runs| Runs::of(runs)).collect();
    let degrees: f64 = several.iter().map(|runs| runs.n - 1.0).sum();
    let squares: f64 = several.iter().map(|runs| runs.variance * (runs.n - 1.0)).sum();
    (if degrees > 0.0 { squares / degrees } else { 0.0 }, degrees as u64)
}

/// Compares the posteriors of both. A posterior counts as so many runs as give its variance; further runs are
/// independent observations.
fn by_model(pair: [usize; 2], model: &Noisy) -> Option<Comparison> {
    let posterior = |row: usize| model.trials.iter().find(|trial| trial.row == row);
    let (a, b) = (posterior(pair[0])?, posterior(pair[1])?);
    let noise = model.noise_std * model.noise_std;
    let runs = [a, b].map(|posterior| (noise, noise / (posterior.std * posterior.std)));
    let difference = Difference { mean: b.mean - a.mean, runs, degrees: None };
    let std = if model.scale > 0.0 { model.noise_std / model.scale } else { f64::NAN };
    Some(difference.comparison(pair, Method::Model, std))
}

impl Difference {
    fn comparison(&self, [first, second]: [usize; 2], method: Method, std: f64) -> Comparison {
        let t = self.ratio(0.0);
        let probability = self.degrees.map_or_else(|| ndtr(t), |degrees| student_cdf(t, degrees));
        let runs = if probability >= LEVEL { Some(0) } else { self.runs() };
        Comparison { first: first as u64, second: second as u64, probability, method, std, runs }
    }

    /// `m / s` after `k` more runs of both.
    fn ratio(&self, k: f64) -> f64 {
        let variance = self.runs.iter().map(|(variance, n)| variance / (n + k)).sum::<f64>();
        if variance > 0.0 || self.mean == 0.0 {
            self.mean / libm::sqrt(variance.max(f64::MIN_POSITIVE))
        } else {
            self.mean.signum() * f64::INFINITY
        }
    }

    /// The smallest number of further runs at which the ratio reaches [`Z_95`].
    fn runs(&self) -> Option<u64> {
        let is_enough = |k: u64| self.ratio(k as f64) >= Z_95;
        let mut high = 1;
        while !is_enough(high) {
            high *= 2;
            if high > MOST {
                return None;
            }
        }
        let mut low = high / 2;
        while high - low > 1 {
            let middle = u64::midpoint(low, high);
            if is_enough(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::sampler::TrialPosterior;

    /// The difference is 0.5 and its variance 0.09 + 0.16. After `k` runs of both it is
    /// `1 / (1 / 0.09 + 4 k) + 1 / (1 / 0.16 + 4 k)`, which must not exceed `(0.5 / 1.645)^2 = 0.0924`: for `k = 3` it is
    /// 0.0981, and for `k = 4` it is 0.0818.
    #[test]
    fn posteriors_of_the_model_sharpen_with_further_runs() {
        let trials = [(1, 0.25, 0.1), (3, 0.0, 0.3), (7, 0.5, 0.4)];
        let trials = trials.map(|(row, mean, std)| TrialPosterior { row, mean, std }).to_vec();
        let model = Noisy { trials, noise_std: 0.5, scale: 2.0 };
        let comparison = by_model([3, 7], &model).unwrap();
        assert!((comparison.probability - ndtr(1.0)).abs() < 1e-15);
        assert_eq!((comparison.first, comparison.second, comparison.method), (3, 7, Method::Model));
        assert_eq!((comparison.std, comparison.runs), (0.25, Some(4)));
        assert!(by_model([3, 4], &model).is_none());
        assert!(by_model([3, 7], &Noisy { scale: 0.0, ..model }).unwrap().std.is_nan());
    }

    #[test]
    fn differences_without_noise_are_certain() {
        let compared = |mean| {
            let difference = Difference { mean, runs: [(0.0, 1.0); 2], degrees: Some(3) };
            let comparison = difference.comparison([0, 1], Method::Welch, 0.0);
            (comparison.probability, comparison.runs)
        };
        assert_eq!([1.0, 0.0, -1.0].map(compared), [(1.0, Some(0)), (0.5, None), (0.0, None)]);
    }
}
