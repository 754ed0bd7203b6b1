//! The best trial by observed values and their noise, without a model: means by configuration, shrunk to the overall
//! mean.
//!
//! The values of a configuration that was evaluated several times are averaged. The averages are then shrunk to the
//! overall mean according to their noise (empirical Bayes for the normal model).
//!
//! **Notation.** Trial `i` has value `y_i` with noise variance `v_i`: its squared standard error, or else the variance
//! of its replicates divided by their number, or else the median of the known variances. Configuration `g` groups the
//! trials that have it. For trials with the same folds, `v_i` is that of differences between them
//! ([`crate::learning_curve`]): the spread of the folds of a trial is mostly that of their difficulty.
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

use std::collections::BTreeMap;

use crate::history::{History, View};
use crate::numerics::{inner_fence, mean_without_overflow, quantile};
use crate::space::SearchSpace;

/// Smallest noise variance, for values scaled to `[0, 1]`: a standard error of zero counts as a millionth of the range.
/// Changes no suggestion.
const MIN_VARIANCE: f64 = 1e-12;

/// The first trial of every configuration, ordered by shrunk means with the best first; ties go to the lower id.
pub(super) fn ranking(view: View<'_>, space: &SearchSpace) -> Vec<usize> {
    let groups = configuration_means(view, space);
    let merits = merits(&groups);
    let order = |a: &usize, b: &usize| merits[*a].total_cmp(&merits[*b]).then(groups[*a].id.cmp(&groups[*b].id));
    let mut ranked: Vec<usize> = (0..groups.len()).collect();
    ranked.sort_by(order);
    ranked.into_iter().map(|g| groups[g].id as usize).collect()
}

/// The mean of each configuration.
fn configuration_means(view: View<'_>, space: &SearchSpace) -> Vec<ConfigurationMean> {
    let observations = observations(view);
    let rows: Vec<usize> = observations.iter().map(|o| o.row).collect();
    let group = |runs: Vec<usize>| {
        let (mean, variance) = weighted_mean(&runs, |run| (observations[run].value, observations[run].variance));
        ConfigurationMean { id: rows[runs[0]] as u64, mean, variance }
    };
    by_configuration(&view, space, &rows).into_iter().map(group).collect()
}

/// The places of trials among `rows`, grouped by configuration, in the order of the first trial of each.
pub(super) fn by_configuration(history: &History, space: &SearchSpace, rows: &[usize]) -> Vec<Vec<usize>> {
    let mut group_of = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let g = *group_of.entry(history.first_row_like(space, *row)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[g].push(place);
    }
    groups
}

/// The mean of runs by their values and variances, weighted by their precisions, and its variance. Beside exact runs, the
/// others do not count.
pub(super) fn weighted_mean(runs: &[usize], run: impl Fn(usize) -> (f64, f64)) -> (f64, f64) {
    let smallest = runs.iter().map(|i| run(*i).1).fold(f64::INFINITY, f64::min);
    // In units of the largest, so that the weight of a single run is exactly 1.
    let weight = |variance: f64| if variance == smallest { 1.0 } else { smallest / variance };
    let total: f64 = runs.iter().map(|i| weight(run(*i).1)).sum();
    let weighted = runs.iter().map(|i| run(*i)).map(|(value, variance)| weight(variance) / total * value);
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
    let errors: Vec<Option<f64>> = means.iter().map(|(_, v)| Some(unit.scaled(libm::sqrt(*v)))).collect();
    let group =
        |((mean, _), variance): (&(f64, f64), f64)| ConfigurationMean { id: 0, mean: unit.place(*mean), variance };
    let groups: Vec<ConfigurationMean> = means.iter().zip(noise_variances(&errors)).map(group).collect();
    let range = 2.0 * unit.half_range;
    Some(between_variance(&groups) * range * range)
}

/// A value and its noise variance, scaled to `[0, 1]`.
struct Observation {
    row: usize,
    value: f64,
    variance: f64,
}

/// The trials of one configuration.
struct ConfigurationMean {
    id: u64,
    /// `y_g`.
    mean: f64,
    /// `s_g^2`.
    variance: f64,
}

/// The eligible trials that are complete, clipped and scaled.
fn observations(view: View<'_>) -> Vec<Observation> {
    let history: &History = &view;
    let rows: Vec<usize> = history.eligible().collect();
    let Some(unit) = Unit::of(rows.iter().map(|row| history.values(0)[*row]).collect()) else { return Vec::new() };
    let error =
        |row: usize| Some(view.sems(0)[row]).filter(|sem| !sem.is_nan()).or_else(|| standard_error(history, row, 0));
    let errors: Vec<Option<f64>> = rows.iter().map(|row| Some(unit.scaled(error(*row)?))).collect();
    let variances = noise_variances(&errors);
    let observation = |(row, variance): (&usize, f64)| Observation {
        row: *row,
        value: unit.place(history.values(0)[*row]),
        variance,
    };
    rows.iter().zip(variances).map(observation).collect()
}

/// The noise variances of trials from their standard errors, in a unit in which variances near 1 are the largest that
/// matter. A trial without a standard error has the median of the known variances.
pub(super) fn noise_variances(errors: &[Option<f64>]) -> Vec<f64> {
    let median = median_variance(errors);
    let variance = |error: &Option<f64>| error.map_or(median, |e| e * e).clamp(MIN_VARIANCE, 1.0 / MIN_VARIANCE);
    errors.iter().map(variance).collect()
}

/// The standard error of an objective of a trial: the given one, or an estimate from at least two replicates.
pub(super) fn standard_error(history: &History, row: usize, objective: usize) -> Option<f64> {
    let sem = history.sems(objective)[row];
    if !sem.is_nan() {
        return Some(sem);
    }
    let replicates = history.replicates(row as u64)?.get(objective)?;
    let n = replicates.len() as f64;
    if n < 2.0 {
        return None;
    }
    let mean = mean_without_overflow(replicates.iter().copied());
    let scale = replicates.iter().map(|y| (y - mean).abs()).fold(0.0, f64::max);
    if scale == 0.0 || !scale.is_finite() {
        return Some(scale);
    }
    let squares: f64 = replicates.iter().map(|y| (y - mean) / scale).map(|z| z * z).sum();
    Some(scale * (squares / (n - 1.0) / n).sqrt())
}

/// The median of the known variances; zero if there is none.
pub(super) fn median_variance(errors: &[Option<f64>]) -> f64 {
    let mut known: Vec<f64> = errors.iter().flatten().map(|e| e * e).collect();
    known.sort_unstable_by(f64::total_cmp);
    if known.is_empty() { 0.0 } else { quantile(known.len(), 0.5, |i| known[i]) }
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
        ranking(search.history.view(), &search.space).first().map(|row| *row as u64)
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
        let estimates = estimates(&search.history);
        assert_eq!(ranking(View::new(&search.history, &estimates), &search.space), [0, 1, 2, 3, 4]);
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
        for (o, (value, variance)) in observations(search.history.view()).iter().zip(expected) {
            assert!((o.value - value).abs() < 1e-15 && (o.variance - variance).abs() < 1e-15, "{}", o.row);
        }
    }

    #[test]
    fn equal_values_have_a_range_of_zero() {
        let mut search = search();
        observe(&mut search, 0, 5.0, Some(3.0), &[]);
        observe(&mut search, 1, 5.0, None, &[]);
        assert!(observations(search.history.view()).iter().all(|o| (o.value, o.variance) == (0.0, MIN_VARIANCE)));
    }

    /// The values lie in `[0, 1]` already. The weights of the first configuration are 4 and 16.
    #[test]
    fn precisions_of_one_configuration_add_up() {
        let mut search = search();
        for (x, value, sem) in [(0, 0.0, 0.5), (1, 1.0, 0.25), (0, 0.5, 0.25)] {
            observe(&mut search, x, value, Some(sem), &[]);
        }
        let found: Vec<_> = configuration_means(search.history.view(), &search.space)
            .iter()
            .map(|g| (g.id, g.mean, g.variance))
            .collect();
        assert_eq!(found, [(0, 0.4, 1.0 / 20.0), (1, 1.0, 1.0 / 16.0)]);
    }

    #[test]
    fn replicates_stand_in_for_a_standard_error() {
        let mut search = search();
        observe(&mut search, 0, 2.0, None, &[1.0, 2.0, 3.0]);
        observe(&mut search, 1, 2.0, None, &[2.0]);
        observe(&mut search, 2, 1e300, None, &[0.0, 2e300]);
        observe(&mut search, 3, 2.0, None, &[2.0, 2.0]);
        observe(&mut search, 4, 2.0, None, &[1.0, f64::INFINITY]);
        let error = |row| standard_error(&search.history, row, 0);
        assert!((error(0).unwrap() - (1.0f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(error(1), None);
        assert!((error(2).unwrap() / 1e300 - 1.0).abs() < 1e-15);
        assert_eq!([error(3), error(4)], [Some(0.0), Some(f64::INFINITY)]);
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
