//! The best trial by observed values and their noise, without a model: means by configuration, shrunk to the overall
//! mean.
//!
//! The values of a configuration that was evaluated several times are averaged. The averages are then shrunk to the
//! overall mean according to their noise (empirical Bayes for the normal model).
//!
//! **Notation.** Trial `i` has value `y_i` with noise variance `v_i`, the square of its standard error
//! ([`Facts::errors`]). Configuration `g` groups the trials that have it.
//!
//! ```text
//! y_g   = sum_i y_i / v_i / sum_i 1 / v_i          over the trials of g      precision-weighted mean
//! s_g^2 = 1 / sum_i 1 / v_i                                                  its variance
//! y_g ~ N(theta_g, s_g^2),  theta_g ~ N(mu, tau^2)                           the model
//! ```
//!
//! `tau^2` is the moment estimate of `DerSimonian` and Laird (1986, "Meta-analysis in clinical trials", equation 8).
//! With `w_g = 1 / s_g^2` and `m = sum w_g y_g / sum w_g` over `G` configurations,
//!
//! ```text
//! tau^2 = max(0, (sum w_g (y_g - m)^2 - (G - 1)) / (sum w_g - sum w_g^2 / sum w_g))
//! mu    = sum y_g / (s_g^2 + tau^2) / sum 1 / (s_g^2 + tau^2)
//! E[theta_g | y] = (tau^2 y_g + s_g^2 mu) / (tau^2 + s_g^2)
//! ```
//!
//! The configuration with the smallest posterior mean is the best; ties go to the lower id of its first trial. If
//! `tau^2` is zero, every posterior mean is `mu`. This happens if the noise explains all differences, as with folds of
//! unequal difficulty that all trials share. The order for `tau^2 -> 0` still shows which configuration is most likely
//! the best: the slope of `E[theta_g | y]` in `tau^2` at zero is `(y_g - mu) / s_g^2`, and the smallest slope is the
//! best.
//!
//! **Range of validity.** A few very bad values would inflate `tau^2` and thus disable the shrinkage, so values are
//! clipped at Tukey's upper fence (`Q3 + 1.5 (Q3 - Q1)`). Then all values are shifted and scaled to `[0, 1]`, so that
//! squares do not overflow. Variances are clipped at `1e-12` from below, so that a standard error of zero gives a
//! finite weight.

use crate::history::{Estimate, View};
use crate::numerics::{inner_fence, quantile};
use crate::optimizer::Facts;

/// Smallest noise variance, for values scaled to `[0, 1]`: a standard error of zero counts as a millionth of the range.
/// Changes no suggestion.
const MIN_VARIANCE: f64 = 1e-12;

impl Facts {
    /// The first trial of every configuration, ordered by shrunk means with the best first; ties go to the lower id.
    pub(super) fn ranking_of_means(&self, estimates: &[Estimate]) -> Vec<usize> {
        let groups = self.scaled_means(estimates);
        let merits = merits(&groups);
        let order = |a: &usize, b: &usize| merits[*a].total_cmp(&merits[*b]).then(groups[*a].id.cmp(&groups[*b].id));
        let mut ranked: Vec<usize> = (0..groups.len()).collect();
        ranked.sort_by(order);
        ranked.into_iter().map(|g| groups[g].id).collect()
    }

    /// The mean of each configuration. Values are clipped and scaled to `[0, 1]`.
    fn scaled_means(&self, estimates: &[Estimate]) -> Vec<ConfigurationMean> {
        let (rows, values): (Vec<usize>, &[f64]) = (self.history.eligible().collect(), self.history.values(0));
        let errors = self.errors(estimates);
        let errors = View::new(&self.history, &errors).sems(0);
        let Some(unit) = Unit::of(rows.iter().map(|row| values[*row]).collect()) else { return Vec::new() };
        let mean = |rows: Vec<usize>| {
            // Without any known error all trials count as exact.
            let variances: Vec<f64> =
                rows.iter().map(|row| noise_variance(unit.scaled(errors[*row].max(0.0)))).collect();
            let (mean, variance) = weighted_mean(&variances, |i| unit.place(values[rows[i]]));
            ConfigurationMean { id: rows[0], mean, variance }
        };
        self.grouped(&rows).into_iter().map(mean).collect()
    }
}

/// The mean of runs by their variances and values, weighted by their precisions, and its variance. Beside exact runs, the
/// others do not count.
pub(super) fn weighted_mean(variances: &[f64], value: impl Fn(usize) -> f64) -> (f64, f64) {
    let smallest = variances.iter().copied().fold(f64::INFINITY, f64::min);
    // In units of the largest, so that the weight of a single run is exactly 1.
    let weight = |variance: f64| if variance == smallest { 1.0 } else { smallest / variance };
    let total: f64 = variances.iter().map(|variance| weight(*variance)).sum();
    let weighted = variances.iter().enumerate().map(|(i, variance)| weight(*variance) / total * value(i));
    (weighted.sum(), smallest / total)
}

/// The unit of values: a range at whose upper end they are clipped.
struct Unit {
    low: f64,
    high: f64,
    /// Halved before subtracting, because the range may overflow.
    half_range: f64,
}

impl Unit {
    /// The range up to Tukey's upper fence; `None` without values.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let low = *values.first()?;
        let [q1, q3, highest] = [0.25, 0.75, 1.0].map(|q| quantile(values.len(), q, |i| values[i]));
        Some(Self::up_to(low, highest.min(inner_fence(q1, q3))))
    }

    fn up_to(low: f64, high: f64) -> Self {
        Self { low, high, half_range: high / 2.0 - low / 2.0 }
    }

    fn scaled(&self, x: f64) -> f64 {
        if self.half_range > 0.0 { x / 2.0 / self.half_range } else { 0.0 }
    }

    /// The place of a value in `[0, 1]`, clipped at the fence.
    fn place(&self, value: f64) -> f64 {
        self.scaled(value.min(self.high)) - self.scaled(self.low)
    }
}

/// `tau^2` of means with their variances. They are clipped at the fence, or at `least` if that is higher.
pub(super) fn between(means: &[(f64, f64)], least: f64) -> Option<f64> {
    let fenced = Unit::of(means.iter().map(|(mean, _)| *mean).collect())?;
    let unit = Unit::up_to(fenced.low, fenced.high.max(least));
    let group = |(mean, variance): &(f64, f64)| {
        let variance = noise_variance(unit.scaled(libm::sqrt(*variance)));
        ConfigurationMean { id: 0, mean: unit.place(*mean), variance }
    };
    let groups: Vec<ConfigurationMean> = means.iter().map(group).collect();
    let range = 2.0 * unit.half_range;
    Some(between_variance(&groups) * range * range)
}

/// The trials of one configuration.
struct ConfigurationMean {
    /// Its first trial.
    id: usize,
    /// `y_g`.
    mean: f64,
    /// `s_g^2`.
    variance: f64,
}

/// The noise variance of a trial from its standard error, in a unit in which variances near 1 are the largest that matter.
pub(super) fn noise_variance(error: f64) -> f64 {
    (error * error).clamp(MIN_VARIANCE, 1.0 / MIN_VARIANCE)
}

/// The merit by which configurations are compared: `E[theta_g | y]`, or its slope in `tau^2` if `tau^2` is zero.
fn merits(groups: &[ConfigurationMean]) -> Vec<f64> {
    let between = between_variance(groups);
    let weights: Vec<f64> = groups.iter().map(|g| 1.0 / (g.variance + between)).collect();
    let total: f64 = weights.iter().sum();
    let overall = groups.iter().zip(&weights).map(|(g, w)| w * g.mean).sum::<f64>() / total;
    let posterior = |g: &ConfigurationMean| (between * g.mean + g.variance * overall) / (between + g.variance);
    let slope = |g: &ConfigurationMean| (g.mean - overall) / g.variance;
    groups.iter().map(|g| if between > 0.0 { posterior(g) } else { slope(g) }).collect()
}

/// The variance between configurations, `tau^2`.
fn between_variance(groups: &[ConfigurationMean]) -> f64 {
    let total: f64 = groups.iter().map(|g| 1.0 / g.variance).sum();
    let mean = groups.iter().map(|g| g.mean / g.variance).sum::<f64>() / total;
    let spread: f64 = groups.iter().map(|g| (g.mean - mean) * (g.mean - mean) / g.variance).sum();
    let normalizer = total - groups.iter().map(|g| 1.0 / (g.variance * g.variance)).sum::<f64>() / total;
    if normalizer > 0.0 { ((spread - (groups.len() as f64 - 1.0)) / normalizer).max(0.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Origin, Outcome};
    use crate::optimizer::testing::random_search;
    use crate::optimizer::unfinished::estimates;
    use crate::optimizer::{Optimizer, Tell};
    use crate::space::testing::{integer, parameter};
    use crate::space::{Configuration, Value};

    fn group(value: f64, variance: f64) -> ConfigurationMean {
        ConfigurationMean { id: 0, mean: value, variance }
    }

    fn shrunk(search: &Optimizer) -> Option<u64> {
        search.facts.ranking_of_means(&[]).first().map(|row| *row as u64)
    }

    fn search() -> Optimizer {
        random_search(vec![parameter("x", integer(99))])
    }

    /// Observes `value` at level `x` with a standard error, or with replicates.
    fn observe(search: &mut Optimizer, x: u64, value: f64, sem: Option<f64>, replicates: &[f64]) -> u64 {
        let measurement = Measurement { value, sem, replicates: replicates.to_vec() };
        let tell = Tell { outcome: Outcome::Complete(vec![measurement]), ..Tell::failed(None) };
        search.observe(&Configuration(vec![Some(Value::Level(x))]), tell).unwrap()
    }

    /// With one variance `s^2` for all, `tau^2` is the sample variance less `s^2`, and every mean is shrunk to the
    /// overall mean by the share `s^2 / S^2` of noise in the sample variance.
    #[test]
    fn equal_variances_shrink_by_the_share_of_noise() {
        let values = [0.0, 0.25, 1.0, 0.75];
        let groups: Vec<ConfigurationMean> = values.iter().map(|y| group(*y, 0.0625)).collect();
        let sample_variance = values.iter().map(|y| (y - 0.5) * (y - 0.5)).sum::<f64>() / 3.0;
        assert!((between_variance(&groups) - (sample_variance - 0.0625)).abs() < 1e-15);
        for (posterior, y) in merits(&groups).iter().zip(values) {
            let expected = 0.5 + (1.0 - 0.0625 / sample_variance) * (y - 0.5);
            assert!((posterior - expected).abs() < 1e-15);
        }
    }

    /// The weights are 16 and 8, so `m = 1/3` and `tau^2 = (16/3 - 1) / (24 - 320/24) = 13/32`. Together with `tau^2`
    /// the variances are 15/32 and 17/32, so `mu = 15/32`.
    #[test]
    fn the_mean_with_the_larger_variance_is_shrunk_more() {
        let groups = [group(0.0, 0.0625), group(1.0, 0.125)];
        assert!((between_variance(&groups) - 13.0 / 32.0).abs() < 1e-15);
        for (posterior, expected) in merits(&groups).into_iter().zip([0.0625, 0.875]) {
            assert!((posterior - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn the_slope_decides_if_noise_explains_all_differences() {
        let groups = [group(0.4, 1.0), group(0.6, 0.5), group(0.5, 2.0), group(0.4, 2.0)];
        assert_eq!(between_variance(&groups), 0.0);
        let overall = (0.4 + 0.6 * 2.0 + 0.5 * 0.5 + 0.4 * 0.5) / 4.0;
        for (merit, g) in merits(&groups).iter().zip(&groups) {
            assert!((merit - (g.mean - overall) / g.variance).abs() < 1e-15);
        }
    }

    /// Folds of unequal difficulty, the same for all trials: their spread is not noise of the differences.
    #[test]
    fn shared_folds_do_not_hide_the_best() {
        let mut search = search();
        for (x, level) in [(0, 5.0), (1, 2.0), (2, 1.75), (3, 2.5)] {
            let folds: Vec<f64> = [-4.0, -1.0, 1.0, 4.0].iter().map(|fold| level + fold).collect();
            observe(&mut search, x, level, None, &folds);
        }
        assert_eq!(shrunk(&search), Some(2));
    }

    /// The best trial has the widest folds. The differences between trials say that the noise of all is the same.
    #[test]
    fn folds_that_differ_more_do_not_hide_the_best() {
        let mut search = search();
        for (x, width) in [(2, 2.0), (3, 1.0), (5, 0.5), (9, 0.5), (14, 0.5)] {
            let id = search.facts.history.push(
                &search.facts.space,
                &Configuration(vec![Some(Value::Level(x))]),
                Origin::Random,
            );
            for (fold, difficulty) in [-4.0, -1.0, 1.0, 4.0].into_iter().enumerate() {
                search.report_fold(id, fold as u64, x as f64 + width * difficulty).unwrap();
            }
            let measured = Measurement { value: x as f64, sem: Some(1.7 * width), replicates: Vec::new() };
            search.tell(id, Tell { outcome: Outcome::Complete(vec![measured]), ..Tell::failed(None) }).unwrap();
        }
        assert_eq!(search.facts.ranking_of_means(&estimates(&search.history)), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_lucky_value_does_not_beat_a_measured_one() {
        let mut search = search();
        observe(&mut search, 0, 0.0, Some(1.0), &[]);
        let measured = observe(&mut search, 1, 0.1, Some(0.01), &[]);
        for x in 2..10 {
            observe(&mut search, x, 1.0 + 0.1 * x as f64, Some(0.1), &[]);
        }
        assert_eq!((search.best(), shrunk(&search)), (Some(0), Some(measured)));
    }

    #[test]
    fn trials_of_one_configuration_are_averaged() {
        let mut search = search();
        let lucky = observe(&mut search, 0, 0.0, Some(0.1), &[]);
        let steady = observe(&mut search, 1, 0.2, Some(0.1), &[]);
        observe(&mut search, 0, 0.8, Some(0.1), &[]);
        observe(&mut search, 1, 0.2, Some(0.1), &[]);
        observe(&mut search, 2, 1.0, None, &[]);
        assert_eq!((search.best(), shrunk(&search)), (Some(lucky), Some(steady)));
    }

    /// The upper fence of 10, 11, 12, 13 and 110 is `13 + 1.5 (13 - 11) = 16`, so the range is 6. The median of the
    /// known variances is that of 0, 1/16 and 1/4.
    #[test]
    fn values_and_standard_errors_are_scaled_to_the_range_up_to_the_fence() {
        let mut search = search();
        let trials = [(11.0, Some(3.0)), (10.0, None), (110.0, Some(1.5)), (13.0, None), (12.0, Some(0.0))];
        for (x, (value, sem)) in trials.into_iter().enumerate() {
            observe(&mut search, x as u64, value, sem, &[]);
        }
        let expected = [(1.0 / 6.0, 0.25), (0.0, 0.0625), (1.0, 0.0625), (0.5, 0.0625), (1.0 / 3.0, MIN_VARIANCE)];
        for (g, (value, variance)) in search.facts.scaled_means(&[]).iter().zip(expected) {
            assert!((g.mean - value).abs() < 1e-15 && (g.variance - variance).abs() < 1e-15, "{}", g.id);
        }
    }

    #[test]
    fn equal_values_have_a_range_of_zero() {
        let mut search = search();
        observe(&mut search, 0, 5.0, Some(3.0), &[]);
        observe(&mut search, 1, 5.0, None, &[]);
        assert!(search.facts.scaled_means(&[]).iter().all(|g| (g.mean, g.variance) == (0.0, MIN_VARIANCE)));
    }

    /// The values lie in `[0, 1]` already. The weights of the first configuration are 4 and 16.
    #[test]
    fn precisions_of_one_configuration_add_up() {
        let mut search = search();
        for (x, value, sem) in [(0, 0.0, 0.5), (1, 1.0, 0.25), (0, 0.5, 0.25)] {
            observe(&mut search, x, value, Some(sem), &[]);
        }
        let means = search.facts.scaled_means(&[]);
        let found: Vec<_> = means.iter().map(|g| (g.id, g.mean, g.variance)).collect();
        assert_eq!(found, [(0, 0.4, 1.0 / 20.0), (1, 1.0, 1.0 / 16.0)]);
    }

    /// Two equal runs do not say that there is no noise where the runs of others differ, and one run is less certain than
    /// the mean of five.
    #[test]
    fn agreement_by_chance_does_not_beat_many_runs() {
        let around = |mean: f64| [-0.5, -0.25, 0.0, 0.25, 0.5].map(|off| mean + off);
        for lucky in [&[0.8, 0.8][..], &[0.8]] {
            let mut search = search();
            observe(&mut search, 0, 0.8, None, lucky);
            let steady = observe(&mut search, 1, 0.85, None, &around(0.85));
            for x in 2..8 {
                let mean = 0.9 + 0.05 * x as f64;
                observe(&mut search, x, mean, None, &around(mean));
            }
            assert_eq!((search.best(), shrunk(&search)), (Some(0), Some(steady)), "{lucky:?}");
        }
    }

    /// Runs that differ by 1 tell more of a trial without an error than the small errors of others.
    #[test]
    fn runs_that_differ_tell_more_than_the_errors_of_other_trials() {
        let mut search = search();
        observe(&mut search, 0, 0.0, None, &[]);
        let measured = observe(&mut search, 1, 0.1, Some(0.01), &[]);
        for (x, value) in [(2, 0.5), (2, 1.5), (3, 1.7), (3, 0.7)] {
            observe(&mut search, x, value, None, &[]);
        }
        for x in 4..8 {
            observe(&mut search, x, 0.2 + 0.2 * x as f64, Some(0.01), &[]);
        }
        assert_eq!((search.best(), shrunk(&search)), (Some(0), Some(measured)));
    }

    /// Promise 3: one outlier must not matter.
    #[test]
    fn an_outlier_does_not_change_the_best() {
        for outlier in [2.0, 1e4, 1e300, f64::MAX] {
            let mut search = search();
            observe(&mut search, 0, 0.0, Some(1.0), &[]);
            let measured = observe(&mut search, 1, 0.1, Some(0.01), &[]);
            for x in 2..10 {
                observe(&mut search, x, 0.5 + 0.05 * x as f64, Some(0.05), &[]);
            }
            observe(&mut search, 10, outlier, Some(1.0), &[]);
            assert_eq!(shrunk(&search), Some(measured), "{outlier}");
        }
    }
}
