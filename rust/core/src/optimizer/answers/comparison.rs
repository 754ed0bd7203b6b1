//! The probability that the best configuration is better than the second best.
//!
//! Let `m` be the difference of the means (second minus first, to be minimized) and `s` its standard error. The
//! probability is `P(T <= m / s)`. `m`, `s` and the degrees of freedom depend on the available data:
//!
//! | method | condition | `s^2` |
//! | --- | --- | --- |
//! | model | the Gaussian process finds noise ([`super::ENOUGH`] trials or more) | that of the joint posterior of both |
//! | paired | both share at least two folds | `w / n`: `w` is the variance of differences on a fold, pooled over trials if there is a [`FoldLayout`] |
//! | Welch | both have at least two runs, without told errors | `v_1 / n_1 + v_2 / n_2` (Welch 1947), degrees of freedom rounded down |
//! | pooled | a run of either told no error, and such trials repeat a configuration with different results | the sum of the variances of both means, weighted by the precisions of their trials ([`super::noise`]) |
//! | told | otherwise, if standard errors were told | the same |
//!
//! The last four methods have flat priors. They compare only the runs of these two configurations, which were selected
//! because their runs were good, so their probabilities are too high. The model learns from all trials. Its
//! probabilities are about right (measured: `benches/results/model.md`). The runs of a configuration are the replicates
//! of all its trials, or the value of a trial without replicates.
//!
//! The number of further runs of both that would give a probability of 95 % assumes that `m` and the variances `v` of
//! single runs do not change. With the covariance `S` of both means, `k` more runs of both leave
//! `S_k = S - S (S + R)^-1 S` with `R = diag(r_1, r_2)` and `r_i = v_i / k`. Then `s^2 = c' S_k c` with `c = (-1, 1)`,
//! which is, with `D = det S` and without differences of nearly equal numbers,
//!
//! ```text
//! s^2 = (D (r_1 + r_2) + r_1 r_2 (S_11 + S_22 - 2 S_12)) / (D + S_11 r_2 + S_22 r_1 + r_1 r_2)
//! ```

use std::collections::BTreeMap;

use super::noise::{Noise, moderated};
use super::shrinkage::weighted_mean;
use crate::history::View;
use crate::learning_curve::FoldLayout;
use crate::numerics::normal::{ndtr, student_cdf};
use crate::numerics::{mean_without_overflow, variance};
use crate::optimizer::unfinished::estimates;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Gain, Noisy, Reading, variance_of_difference};

/// The probability from which on a comparison is decided: one in twenty decided at this level is wrong, if
/// probabilities are right. Changes no suggestion.
pub const LEVEL: f64 = 0.95;
/// The one-sided 95 % point of the normal distribution. Follows from [`LEVEL`].
const Z_95: f64 = 1.644_853_626_951_472_7;
/// Smallest variance of runs, as a share of the sum of both variances, for runs without noise. Changes no suggestion.
const EXACT: f64 = 1e-30;
/// Upper limit of the number of further runs; where more are needed the answer has none. Changes no suggestion.
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
    /// Runs of both, with their told standard errors.
    Told,
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
            Self::Told => "told",
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
    /// By how much the best is better than the defaults. `None` if it has them, or no result has.
    pub gain: Option<Gain>,
}

/// The difference of two means.
pub(super) struct Difference {
    pub(super) mean: f64,
    /// Covariances of the two means.
    covariance: [[f64; 2]; 2],
    /// Variances of one further run of each.
    pub(super) runs: [f64; 2],
    /// The degrees of freedom; `None` for a normal distribution.
    pub(super) degrees: Option<u64>,
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
        let estimates = estimates(&self.history);
        let view = View::new(&self.history, &estimates);
        let reading = self.read(view, interrupted)?;
        let (ranking, model) = match &reading {
            Some(Reading::Noisy(noisy)) => (noisy.ranking(interrupted)?, Some(noisy.as_ref())),
            None if self.history.is_noisy() => (self.ranking_of_means(&estimates), None),
            _ => (self.by_value(), None),
        };
        // Without a scale, most of the better half is equal, and the runs of the two tell more.
        let model = model.filter(|model| model.scale > 0.0);
        let Some(first) = ranking.first().copied() else { return Ok(None) };
        let other = |row: &usize| self.configuration_of(*row) != self.configuration_of(first);
        let Some(second) = ranking.iter().copied().find(other) else { return Ok(None) };
        let pair = [first, second];
        let by_model = model.map_or(Ok(None), |model| self.by_model(pair, model, interrupted))?;
        let rows = pair.map(|row| self.rows_like(row));
        let comparison = by_model.or_else(|| self.paired(pair, &rows)).or_else(|| self.by_runs(pair, &rows));
        // There is no comparison if the squares of the values overflow.
        let comparison =
            comparison.filter(|comparison| comparison.probability.is_finite() && comparison.std.is_finite());
        let Some(comparison) = comparison else { return Ok(None) };
        Ok(Some(Comparison { gain: self.gain(first, &estimates, model.is_some(), interrupted)?, ..comparison }))
    }

    /// Eligible rows, ordered by value with the best first.
    fn by_value(&self) -> Vec<usize> {
        let values = self.history.values(0);
        let mut rows: Vec<(f64, usize)> = self.history.eligible().map(|row| (values[row], row)).collect();
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn paired(&self, pair: [usize; 2], rows: &[Vec<usize>; 2]) -> Option<Comparison> {
        let difference = self.on_folds(rows)?;
        Some(difference.comparison(pair, Method::Paired, libm::sqrt(difference.runs[0])))
    }

    /// The difference on the folds that the trials of two configurations share, each averaged over those that have them.
    pub(super) fn on_folds(&self, rows: &[Vec<usize>; 2]) -> Option<Difference> {
        let [first, second] = rows.each_ref().map(|rows| self.by_fold(rows));
        let shared: Vec<[&Vec<f64>; 2]> = second.iter().filter_map(|(fold, b)| Some([first.get(fold)?, b])).collect();
        let mean = |values: &Vec<f64>| mean_without_overflow(values.iter().copied());
        let differences: Vec<f64> = shared.iter().map(|[a, b]| mean(b) - mean(a)).collect();
        let n = differences.len() as f64;
        if n < 2.0 || !differences.iter().all(|d| d.is_finite()) {
            return None;
        }
        // The variance of a mean over the folds, in units of that of one trial on one fold.
        let share = |k: usize| shared.iter().map(|values| 1.0 / values[k].len() as f64).sum::<f64>() / (n * n);
        let shares = [share(0), share(1)];
        let own = || (variance(&differences) / (n - 1.0) / (shares[0] + shares[1]), n as u64 - 1);
        let (noise_variance, degrees) = self.of_folds().unwrap_or_else(own);
        let mean = mean_without_overflow(differences.iter().copied());
        Some(Difference::independent(mean, shares.map(|share| (noise_variance, 1.0 / share)), degrees))
    }

    /// The values of some trials by fold.
    fn by_fold(&self, rows: &[usize]) -> BTreeMap<u64, Vec<f64>> {
        let mut values: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for (fold, value) in rows.iter().flat_map(|row| self.history.folds(*row as u64)) {
            values.entry(*fold).or_default().push(*value);
        }
        values
    }

    /// The variance of the noise on a fold, and its degrees of freedom.
    fn of_folds(&self) -> Option<(f64, u64)> {
        FoldLayout::of(&self.history, self.history.len()).map(|layout| layout.noise_variance())
    }

    /// By the joint posterior. The variance of a further run is the noise of the model, moderated by that within
    /// configurations or folds if some runs differ.
    fn by_model(
        &self,
        pair: [usize; 2],
        model: &Noisy,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Comparison>, OptimizerError> {
        let Some(joint) = model.joint(pair, interrupted)? else { return Ok(None) };
        let known = self.of_folds().map(|(variance, degrees)| (libm::sqrt(variance), degrees));
        let known = known.unwrap_or_else(|| self.within());
        let of_model = libm::sqrt(model.noise_variance()) / model.scale;
        // Equal runs, of which a rounded result has many, do not say that there is no noise where the model finds some.
        let std = if known.0 > 0.0 { moderated(of_model, known) } else { of_model };
        if !std.is_finite() {
            return Ok(None);
        }
        let run = std * model.scale * (std * model.scale);
        let mean = joint.means[1] - joint.means[0];
        let difference = Difference { mean, covariance: joint.covariance, runs: [run; 2], degrees: None };
        Ok(Some(difference.comparison(pair, Method::Model, std)))
    }

    fn by_runs(&self, pair: [usize; 2], rows: &[Vec<usize>; 2]) -> Option<Comparison> {
        let noise = self.noise(0);
        if let Some(difference) = self.welch(rows, &noise) {
            return Some(difference.comparison(pair, Method::Welch, noise.within.0));
        }
        let difference = self.of_means(rows, &noise)?;
        let method = if difference.degrees.is_some() { Method::Pooled } else { Method::Told };
        let std = libm::sqrt(0.5 * (difference.runs[0] + difference.runs[1]));
        Some(difference.comparison(pair, method, std))
    }

    /// With the variance of each configuration's own runs. `None` if either has one run, or told an error.
    fn welch(&self, rows: &[Vec<usize>; 2], noise: &Noise) -> Option<Difference> {
        let tells = |row: &usize| self.told_error(*row, 0).is_some();
        let [a, b] = rows.each_ref().map(|rows| Runs::of(&self.all_runs(rows, 0)));
        // Equal runs of one of them do not say that it has no noise where others have some.
        let is_exact = a.variance.min(b.variance) == 0.0 && noise.within.0 > 0.0;
        if a.n < 2.0 || b.n < 2.0 || is_exact || rows.iter().flatten().any(tells) {
            return None;
        }
        // In units of the larger one, whose square may not be representable.
        let parts = [a.variance / a.n, b.variance / b.n];
        let unit = parts[0].max(parts[1]).max(f64::MIN_POSITIVE);
        let parts = parts.map(|part| part / unit);
        let whole = (parts[0] + parts[1]) * (parts[0] + parts[1]);
        let split = parts[0] * parts[0] / (a.n - 1.0) + parts[1] * parts[1] / (b.n - 1.0);
        let degrees = if split > 0.0 { (whole / split).floor().max(1.0) as u64 } else { 1 };
        Some(Difference::independent(b.mean - a.mean, [(a.variance, a.n), (b.variance, b.n)], degrees))
    }

    /// The difference of the means of the trials of two configurations (second minus first). `None` if an error is unknown.
    pub(super) fn of_means(&self, rows: &[Vec<usize>; 2], noise: &Noise) -> Option<Difference> {
        let is_told = |row: usize| self.told_error(row, 0).is_some();
        let [a, b] = [self.mean_of(&rows[0], noise)?, self.mean_of(&rows[1], noise)?];
        let covariance = [[a.1, 0.0], [0.0, b.1]];
        let n_runs = |rows: &[usize]| self.all_runs(rows, 0).len() as f64;
        let runs = [a.1 * n_runs(&rows[0]), b.1 * n_runs(&rows[1])];
        let share = |rows: &[usize]| self.weighted(rows, noise, |row| if is_told(row) { 0.0 } else { 1.0 });
        let by_runs = a.1 * share(&rows[0])?.0 + b.1 * share(&rows[1])?.0;
        let uses_runs = noise.is_of_runs() && !rows.iter().flatten().all(|row| is_told(*row));
        let degrees = uses_runs.then(|| noise.degrees(by_runs / (a.1 + b.1).max(f64::MIN_POSITIVE)));
        Some(Difference { mean: b.0 - a.0, covariance, runs, degrees })
    }

    /// The mean of some trials of one configuration, and its variance. `None` if an error is unknown.
    pub(super) fn mean_of(&self, rows: &[usize], noise: &Noise) -> Option<(f64, f64)> {
        self.weighted(rows, noise, |row| self.history.values(0)[row])
    }

    /// The mean of a quantity over some trials, weighted by the precisions of their values, and the variance of the mean of
    /// these.
    fn weighted(&self, rows: &[usize], noise: &Noise, quantity: impl Fn(usize) -> f64) -> Option<(f64, f64)> {
        let variance = |row: &usize| self.error_of(*row, noise).map(|error| error * error);
        let variances: Option<Vec<f64>> = rows.iter().map(variance).collect();
        Some(weighted_mean(&variances?, |i| quantity(rows[i])))
    }

    /// The eligible rows with the configuration of this one.
    pub(super) fn rows_like(&self, row: usize) -> Vec<usize> {
        let id = self.configuration_of(row);
        self.history.eligible().filter(|row| self.configuration_of(*row) == id).collect()
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

impl Difference {
    /// Of means of independent runs, with the variance of one run of each and their numbers so far.
    fn independent(mean: f64, [(a, n_a), (b, n_b)]: [(f64, f64); 2], degrees: u64) -> Self {
        let covariance = [[a / n_a, 0.0], [0.0, b / n_b]];
        Self { mean, covariance, runs: [a, b], degrees: Some(degrees) }
    }

    fn comparison(&self, [first, second]: [usize; 2], method: Method, std: f64) -> Comparison {
        let probability = self.probability();
        let runs = if probability >= LEVEL { Some(0) } else { self.runs() };
        Comparison { first: first as u64, second: second as u64, probability, method, std, runs, gain: None }
    }

    /// The probability that the first is smaller.
    pub(super) fn probability(&self) -> f64 {
        let t = self.ratio(0.0);
        self.degrees.map_or_else(|| ndtr(t), |degrees| student_cdf(t, degrees))
    }

    /// `s^2` now.
    pub(super) fn variance_now(&self) -> f64 {
        variance_of_difference(self.covariance)
    }

    /// The posterior if this share of `mean` is expected to be no noise.
    pub(super) fn shrunk(&self, share: f64) -> Self {
        let covariance = self.covariance.map(|row| row.map(|covariance| share * covariance));
        Self { mean: share * self.mean, covariance, ..*self }
    }

    /// `m / s` after `k` more runs of both.
    fn ratio(&self, k: f64) -> f64 {
        let variance = self.variance(k);
        if variance > 0.0 || self.mean == 0.0 {
            self.mean / libm::sqrt(variance.max(f64::MIN_POSITIVE))
        } else {
            self.mean.signum() * f64::INFINITY
        }
    }

    /// `s^2` after `k` more runs of both.
    fn variance(&self, k: f64) -> f64 {
        let [[a, b], [_, d]] = self.covariance;
        let whole = self.variance_now();
        if k == 0.0 {
            return whole;
        }
        let determinant = (a * d - b * b).max(0.0);
        // Runs without noise would give 0 / 0 where one of the means is exact.
        let [p, q] = self.runs.map(|variance| (variance / k).max(EXACT * (a + d)));
        let scale = determinant + a * q + d * p + p * q;
        if scale > 0.0 { (determinant * (p + q) + p * q * whole) / scale } else { 0.0 }
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
    use crate::history::{Measurement, Outcome};
    use crate::numerics::{Purpose, Stream};
    use crate::optimizer::Tell;
    use crate::optimizer::testing::random_search;
    use crate::space::testing::{integer, parameter};
    use crate::space::{Configuration, Value};

    fn compared(mean: f64, covariance: [[f64; 2]; 2], runs: [f64; 2]) -> (f64, Option<u64>) {
        let difference = Difference { mean, covariance, runs, degrees: None };
        let comparison = difference.comparison([3, 7], Method::Model, 0.25);
        (comparison.probability, comparison.runs)
    }

    /// The difference is 0.5 and its variance 0.09 + 0.16. After `k` runs of both it is
    /// `1 / (1 / 0.09 + 4 k) + 1 / (1 / 0.16 + 4 k)`, which must not exceed `(0.5 / 1.645)^2 = 0.0924`: for `k = 3` it is
    /// 0.0981, and for `k = 4` it is 0.0818.
    #[test]
    fn independent_posteriors_sharpen_with_further_runs() {
        let (probability, runs) = compared(0.5, [[0.09, 0.0], [0.0, 0.16]], [0.25; 2]);
        assert!((probability - ndtr(1.0)).abs() < 1e-15);
        assert_eq!(runs, Some(4));
    }

    /// Neighbours share most of their uncertainty, so less of it is left in their difference: 0.01 and, after `k` runs
    /// of both, `2 / (2 / 0.01 + 4 k)`, which must not exceed `(0.1 / 1.645)^2 = 0.0037`.
    #[test]
    fn what_both_share_does_not_count() {
        let (probability, runs) = compared(0.1, [[0.09, 0.085], [0.085, 0.09]], [0.25; 2]);
        assert!((probability - ndtr(1.0)).abs() < 1e-12);
        assert_eq!(runs, Some(86));
    }

    /// The variances differ in the last places only, so the difference of the covariances is their rounding.
    #[test]
    fn copies_are_not_told_apart_by_rounding() {
        let (probability, runs) = compared(1e-9, [[0.09, 0.09], [0.09, 0.09_f64.next_down()]], [0.25; 2]);
        assert!(probability < 0.6, "{probability}");
        assert_ne!(runs, Some(0));
    }

    #[test]
    fn differences_without_noise_are_certain() {
        let exact = [1.0, 0.0, -1.0].map(|mean| compared(mean, [[0.0; 2]; 2], [0.0; 2]));
        assert_eq!(exact, [(1.0, Some(0)), (0.5, None), (0.0, None)]);
        // One of the two is exact, and no more runs are needed of it: 0.16 / (1 + 0.64 k) must not exceed 0.0924.
        assert_eq!(compared(0.5, [[0.0, 0.0], [0.0, 0.16]], [0.0, 0.25]).1, Some(2));
    }

    /// In percent, how often pure noise says with a probability of 95 % that the first of two configurations is better.
    /// Each has some trials with told errors and some without; `degrees` trials repeat a third one.
    fn sure_of_noise([told, others]: [[usize; 2]; 2], error: f64, degrees: usize) -> f64 {
        let is_sure = |seed: &u64| {
            let (mut search, mut stream) =
                (random_search(vec![parameter("x", integer(2))]), Stream::new(*seed, 0, Purpose::Sample, 0));
            let mut observe = |x: usize, sem: Option<f64>| {
                let value = sem.unwrap_or(1.0) * stream.normal();
                let measurement = Measurement { value, sem, replicates: Vec::new() };
                let tell = Tell { outcome: Outcome::Complete(vec![measurement]), ..Tell::failed(None) };
                search.observe(&Configuration(vec![Some(Value::Level(x as u64))]), tell).unwrap() as usize
            };
            let mut rows = [Vec::new(), Vec::new()];
            for (x, rows) in rows.iter_mut().enumerate() {
                rows.extend((0..told[x]).map(|_| observe(x, Some(error))));
                rows.extend((0..others[x]).map(|_| observe(x, None)));
            }
            for _ in 0..=degrees {
                observe(2, None);
            }
            search.facts.of_means(&rows, &search.facts.noise(0)).unwrap().probability() >= LEVEL
        };
        (0..1000).filter(is_sure).count() as f64 / 10.0
    }

    /// Degrees of freedom of the runs alone, as where no error was told, gave 0 to 2 % with up to two of them, and those of
    /// Satterthwaite up to 12 %.
    #[test]
    fn trials_with_and_without_errors_are_told_apart_as_often_as_they_say() {
        for (trials, error) in [([[1, 2], [1, 0]], 1.0), ([[2, 3], [1, 0]], 0.3), ([[3, 3], [1, 1]], 0.3)] {
            for degrees in [1, 2, 3, 8] {
                let sure = sure_of_noise(trials, error, degrees);
                assert!((2.0..=8.0).contains(&sure), "{trials:?} {error} {degrees}: {sure}");
            }
        }
    }
}
