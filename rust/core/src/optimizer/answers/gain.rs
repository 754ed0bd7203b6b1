//! By how much the recommended configuration is better than the defaults.
//!
//! With a model, it is the difference under a joint posterior of both that takes told noise as told ([`gain`]).
//! Otherwise let `d` be the difference of the means of all runs of both (paired on shared folds), `s^2` its variance
//! ([`super::noise`]) with `f` degrees of freedom, and `tau^2` the variance between configurations ([`super::shrinkage`]), at least a quarter of the median variance of their means. The recommended one
//! was chosen because its runs were good, so `d` is too large. With independent `theta ~ N(mu, tau^2)` for each
//! configuration,
//!
//! ```text
//! B = 2 tau^2 / (2 tau^2 + s^2),   gain = B d,   variance = B s^2 f / (f - 2)
//! ```
//!
//! For `tau^2`, results are clipped at Tukey's fence, or at the value of the defaults if that is worse: a single bad trial
//! does not say that `d` is no noise. The last factor is the variance of Student's distribution, so that two standard
//! errors hold about 95 % for few runs too; `f` counts as at least 3. The probability is `P(T_f <= sqrt(B) d / s)`.
//! (Measured: `benches/results/model.md`, beside the alternatives.)

use super::shrinkage::between;
use crate::history::{Estimate, View};
use crate::numerics::{Pool, mean_without_overflow, quantile};
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Gain, gain};

/// Least `tau^2`, as a share of the variance of a mean: a gain that noise can explain is then estimated as small, not
/// as exactly zero.
/// (Measured: `benches/results/model.md`.) Changes no suggestion.
const LEAST: f64 = 0.25;
/// Least degrees of freedom: Student's distribution has no variance with fewer. Changes no suggestion.
const FEWEST: u64 = 3;

impl Facts {
    /// By how much the first of the comparison is better than the defaults. `None` if it has them, if no result has them,
    /// and if nothing is known about the noise.
    pub(super) fn gain(
        &self,
        first: usize,
        estimates: &[Estimate],
        has_model: bool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Gain>, OptimizerError> {
        let Some(defaults) = self.space.default_configuration() else { return Ok(None) };
        let recommended = self.history.configuration(&self.space, first);
        let id = self.history.first_row(&defaults);
        let with_defaults = |row: &usize| self.configuration_of(*row) == id;
        let default = self.history.eligible().find(with_defaults).filter(|_| recommended != defaults);
        let Some(default) = default else { return Ok(None) };
        let by_model = if has_model {
            // A model that takes told noise as told would take trials for exact that told none.
            let (pool, errors) = (Pool::serial(), self.errors(estimates));
            let view = View::new(&self.history, &errors);
            gain(&self.context(view, self.history.len() as u64, &pool, interrupted), [&recommended, &defaults])?
        } else {
            None
        };
        let rows = [first, default].map(|row| self.rows_like(row));
        let gain = by_model.or_else(|| self.gain_by_runs(&rows));
        // There is no gain if the squares of the values overflow.
        Ok(gain.filter(|gain| gain.value.is_finite() && gain.sem.is_finite()))
    }

    fn gain_by_runs(&self, rows: &[Vec<usize>; 2]) -> Option<Gain> {
        let noise = self.noise(0);
        let (difference, means) = if let Some(difference) = self.on_folds(rows) {
            let means = self.means(|rows| Some(self.mean_on_folds(rows, difference.runs[0])));
            (difference, means)
        } else {
            (self.of_means(rows, &noise)?, self.means(|rows| self.mean_of(rows, &noise)))
        };
        let between = between(&means, self.mean_value(&rows[1]))?;
        let mut variances: Vec<f64> = means.iter().map(|(_, variance)| *variance).collect();
        variances.sort_unstable_by(f64::total_cmp);
        let least = LEAST * quantile(variances.len(), 0.5, |i| variances[i]);
        let between = 2.0 * between.max(least);
        let share = between / (between + difference.variance_now());
        // Without noise and without differences, the share is 0 / 0.
        let shrunk = difference.shrunk(if share.is_nan() { 1.0 } else { share });
        let degrees = difference.degrees.map(|f| f.max(FEWEST) as f64);
        let factor = degrees.map_or(1.0, |f| f / (f - 2.0));
        let sem = libm::sqrt(shrunk.variance_now() * factor);
        Some(Gain { value: shrunk.mean, sem, probability: shrunk.probability() })
    }

    /// The mean of each configuration, and its variance.
    fn means(&self, of: impl Fn(&[usize]) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
        self.grouped(&self.history.eligible().collect::<Vec<_>>()).iter().filter_map(|rows| of(rows)).collect()
    }

    /// The mean of trials of one configuration, and its variance by that of a fold.
    fn mean_on_folds(&self, rows: &[usize], of_a_fold: f64) -> (f64, f64) {
        let folds: usize = rows.iter().map(|row| self.history.folds(*row as u64).len().max(1)).sum();
        (self.mean_value(rows), of_a_fold / folds as f64)
    }

    fn mean_value(&self, rows: &[usize]) -> f64 {
        mean_without_overflow(rows.iter().map(|row| self.history.values(0)[*row]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::learning_curve::FoldLayout;
    use crate::numerics::{Purpose, Stream};
    use crate::optimizer::testing::random_search;
    use crate::optimizer::{Optimizer, Tell};
    use crate::space::testing::{integer, parameter};
    use crate::space::{Configuration, Value};

    /// A search over 0 to 99 with the default 0.
    fn search() -> Optimizer {
        let mut x = parameter("x", integer(99));
        x.default = Some(Value::Level(0));
        random_search(vec![x])
    }

    fn at(x: u64) -> Configuration {
        Configuration(vec![Some(Value::Level(x))])
    }

    fn measured(value: f64, sem: Option<f64>, replicates: &[f64]) -> Tell {
        let measurement = Measurement { value, sem, replicates: replicates.to_vec() };
        Tell { outcome: Outcome::Complete(vec![measurement]), ..Tell::failed(None) }
    }

    fn gain_of(search: &Optimizer) -> Option<Gain> {
        search.comparison(&|| false).unwrap().and_then(|comparison| comparison.gain)
    }

    /// The gain after values with their errors at 0, 5, 10, ...
    fn told(values: &[(f64, Option<f64>)]) -> Gain {
        let mut search = search();
        for (i, (value, sem)) in values.iter().enumerate() {
            search.observe(&at(5 * i as u64), measured(*value, *sem, &[])).unwrap();
        }
        gain_of(&search).unwrap()
    }

    /// Every gain is luck. Ignored errors gave 22 of 37 with a probability of 95 % and held zero in 49 %. Trials with one
    /// run gave 32 of 58, and held it in 52 %, as long as they counted as exact beside repeated ones.
    #[test]
    fn pure_noise_is_no_gain() {
        for (n, runs) in [(20, [2, 2]), (40, [2, 2]), (20, [1, 1]), (20, [5, 1])] {
            let gain = |seed: &u64| {
                let (mut search, mut stream) = (search(), Stream::new(*seed, n, Purpose::Sample, 0));
                for i in 0..n {
                    let replicates: Vec<f64> = (0..runs[i as usize % 2]).map(|_| stream.normal()).collect();
                    let mean = replicates.iter().sum::<f64>() / replicates.len() as f64;
                    let is_told = runs == [1, 1];
                    let told = match replicates.len() {
                        1 => measured(mean, is_told.then_some(1.0), &[]),
                        _ => measured(mean, Some(variance_of_mean(&replicates).sqrt()), &replicates),
                    };
                    search.observe(&at(i * 37 % 100), told).unwrap();
                }
                gain_of(&search)
            };
            let gains: Vec<Gain> = (0..40).collect::<Vec<u64>>().iter().filter_map(gain).collect();
            let count = |is: &dyn Fn(&Gain) -> bool| gains.iter().filter(|gain| is(gain)).count();
            let (held, sure) = (count(&|g| g.value.abs() <= 2.0 * g.sem), count(&|g| g.probability >= 0.95));
            let of = gains.len();
            assert!(held * 10 >= of * 9 && sure * 8 <= of, "{n}, {runs:?}: {held}, {sure} of {of}");
        }
    }

    /// Ten results of pure noise with an error of 1, and one with an error of 30 that tells nothing of them.
    #[test]
    fn one_large_error_does_not_make_the_others_certain() {
        let gain = |errors: &[f64]| {
            let values = [0.4, -0.3, 1.1, 0.2, -1.2, 0.9, -0.6, 0.1, 0.5, -0.2, 3.0];
            told(&values.iter().zip(errors).map(|(value, error)| (*value, Some(*error))).collect::<Vec<_>>())
        };
        let (without, with) = (gain(&[1.0; 10]), gain(&[&[1.0; 10][..], &[30.0]].concat()));
        assert!((with.value - without.value).abs() < 0.1 * without.value, "{with:?} {without:?}");
    }

    /// Rounded results repeat exactly now and then, and say nothing of trials that told no error.
    #[test]
    fn equal_runs_beside_told_errors_are_not_exact() {
        let mut search = search();
        for (place, value, sem) in
            [(0, 0.3, None), (1, -0.3, None), (2, 0.1, Some(0.3)), (3, 0.2, Some(0.3)), (2, 0.1, Some(0.3))]
        {
            search.observe(&at(5 * place), measured(value, sem, &[])).unwrap();
        }
        let comparison = search.comparison(&|| false).unwrap().unwrap();
        assert!(comparison.probability < 0.95 && comparison.std > 0.2, "{comparison:?}");
        search.observe(&at(0), measured(0.3, None, &[])).unwrap();
        let comparison = search.comparison(&|| false).unwrap().unwrap();
        assert!(comparison.probability < 0.95 && comparison.std > 0.2, "an equal run without an error: {comparison:?}");
    }

    /// Rounded results repeat exactly now and then.
    #[test]
    fn two_equal_runs_do_not_overrule_told_errors() {
        let values = [0.3, -0.3, 0.1, 0.2, -0.1].map(|value| (value, Some(0.3)));
        let (once, mut search) = (told(&values), search());
        for (i, (value, sem)) in values.iter().chain([&(0.1, Some(0.3))]).enumerate() {
            let place = if i == 5 { 2 } else { i as u64 };
            search.observe(&at(5 * place), measured(*value, *sem, &[])).unwrap();
        }
        let twice = search.comparison(&|| false).unwrap().unwrap();
        assert!(twice.gain.unwrap().sem > 0.8 * once.sem && twice.probability < 0.9, "{twice:?} {once:?}");
    }

    fn variance_of_mean(runs: &[f64]) -> f64 {
        crate::numerics::variance(runs) / (runs.len() as f64 - 1.0)
    }

    /// All results but the defaults are equal, so the model has no scale: known errors would vanish.
    #[test]
    fn without_a_scale_the_runs_count() {
        let values: Vec<_> = (0..20).map(|i| (if i == 0 { 0.5 } else { 0.0 }, Some(0.05))).collect();
        let gain = told(&values);
        assert!(gain.sem > 0.02 && (gain.value - 0.5).abs() <= 2.0 * gain.sem, "{gain:?}");
    }

    /// The noise of a mean of folds is that of a fold, divided by their number, however the mean was told.
    #[test]
    fn folds_that_were_told_as_a_mean_count_as_folds() {
        let mut stream = Stream::new(1, 0, Purpose::Sample, 0);
        let rows: Vec<[f64; 5]> =
            (0..8).map(|_| [0.0, 1.0, 2.0, 3.0, 4.0].map(|fold| fold + stream.normal())).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let means: Vec<f64> = rows.iter().map(|row| mean(row)).collect();
        let best = means.iter().copied().fold(f64::INFINITY, f64::min);
        for is_apart in [false, true] {
            let mut search = search();
            for (i, folds) in rows.iter().enumerate() {
                let id = search.facts.history.push(&search.facts.space, &at(5 * i as u64), Origin::Random);
                for (fold, value) in folds.iter().enumerate() {
                    search.report_fold(id, fold as u64, *value).unwrap();
                }
                search.tell(id, measured(means[i], None, if is_apart { folds } else { &[] })).unwrap();
            }
            let noise = FoldLayout::of(&search.history, 8).unwrap().noise_variance().0 / 5.0;
            let between = (crate::numerics::variance(&means) * 8.0 / 7.0 - noise).max(LEAST * noise);
            let expected = between / (between + noise) * (means[0] - best);
            let gain = gain_of(&search).unwrap();
            assert!((gain.value - expected).abs() < 1e-9, "{is_apart}: {gain:?} {expected}");
        }
    }

    /// The defaults ran twice on the same folds, once one unit worse. Which run came first does not matter.
    #[test]
    fn all_runs_on_folds_count() {
        let gain = |of_defaults: [f64; 2]| {
            let mut search = search();
            for (x, shift) in [(0, of_defaults[0]), (0, of_defaults[1]), (5, -1.0), (10, 0.3), (15, 0.1)] {
                let id = search.facts.history.push(&search.facts.space, &at(x), Origin::Random);
                let folds: Vec<f64> = (0..5).map(|k| shift + f64::from((3 * k + x as i32) % 5) * 0.1).collect();
                for (fold, value) in folds.iter().enumerate() {
                    search.report_fold(id, fold as u64, *value).unwrap();
                }
                search.tell(id, measured(folds.iter().sum::<f64>() / 5.0, None, &[])).unwrap();
            }
            gain_of(&search).unwrap()
        };
        let (first, second, equal) = (gain([1.0, 0.0]), gain([0.0, 1.0]), gain([0.5, 0.5]));
        assert!((first.value - second.value).abs() < 1e-12 && (first.value - equal.value).abs() < 0.05, "{first:?}");
        assert!((first.value - 1.5).abs() < 0.2, "{first:?} {second:?} {equal:?}");
    }

    #[test]
    fn a_bad_trial_beside_noise_makes_no_gain() {
        let values = [0.3, -0.3, 0.1, 0.2, -0.1, 0.0, 0.25, -0.2].map(|value| (value, Some(0.3)));
        let gain = told(&values);
        for outlier in [1.0, 1e6, 1e200] {
            let with = told(&[&values[..], &[(outlier, Some(0.3))]].concat());
            assert!(with.probability < 0.9 && with.value < gain.value + 0.1, "{outlier}: {with:?} {gain:?}");
        }
    }

    #[test]
    fn exact_runs_give_an_exact_gain() {
        let gain = told(&[(3.0, Some(0.0)), (1.0, Some(0.0)), (2.0, Some(0.5))]);
        assert_eq!(gain, Gain { value: 2.0, sem: 0.0, probability: 1.0 });
    }

    /// As in the recommendation, trials without an error have the median.
    #[test]
    fn the_errors_of_other_trials_count_where_the_pair_has_none() {
        let all = |pair| told(&[(0.4, pair), (0.0, pair), (0.2, Some(0.3)), (0.3, Some(0.3))]);
        assert_eq!(all(None), all(Some(0.3)));
    }
}
