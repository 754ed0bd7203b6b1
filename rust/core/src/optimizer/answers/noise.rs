//! The standard error of a trial, for all answers.
//!
//! | a trial that | has the standard error |
//! | --- | --- |
//! | told one, without replicates | this one |
//! | told none, if runs of one configuration differ | `s / sqrt(n)` of its `n` runs, with `s` as below |
//! | told none otherwise | the median of the told variances |
//!
//! The runs of a trial are its replicates, or its value if it has none. Errors that come from replicates are not told
//! ones: those of a few runs are often close to zero by chance. Instead, let `v` be the variance within configurations,
//! pooled over all trials that told none, and `q` the sum of the squared deviations of the `m` runs of a configuration.
//! The variance of one of its runs is then (Smyth 2004, "Linear models and empirical Bayes methods", equation 4)
//!
//! ```text
//! s^2 = (d v + q) / (d + m - 1),   d = 4
//! ```
//!
//! Folds are the one exception. The spread of the folds of a trial is mostly that of their difficulty, which trials with
//! the same folds share ([`crate::learning_curve`]). Where all trials are compared with each other, [`Facts::errors`]
//! therefore puts the noise of differences on these folds in place of the error above. Where only two configurations
//! are compared, their shared folds are paired, and without such folds the error above is right.

use std::collections::BTreeMap;

use crate::history::{Estimate, Expected};
use crate::numerics::variance;
use crate::optimizer::Facts;

/// `d`, the number of degrees of freedom for which the noise of others counts beside own runs. (Measured:
/// `benches/results/model.md`.) Changes no suggestion.
const PRIOR: f64 = 4.0;

/// What is known of the noise of an objective.
pub(super) struct Noise {
    objective: usize,
    /// The standard deviation within configurations of the trials that told no error, and its degrees of freedom.
    pub(super) within: (f64, u64),
    /// `s` of each configuration with such trials.
    stds: BTreeMap<Option<u64>, f64>,
    /// The root of the median of the told variances; zero if there is none.
    median: f64,
}

impl Noise {
    /// Whether runs tell the noise: some differ or, if no other error was told, some were repeated.
    pub(super) fn is_of_runs(&self) -> bool {
        self.within.1 > 0 && (self.within.0 > 0.0 || self.median == 0.0)
    }

    /// The degrees of freedom of a mean, where this share of its variance comes from the runs and the other is known.
    ///
    /// Those of Satterthwaite (1946), with the square of the share, hold for fixed weights. Here the weights follow the
    /// estimate, and with one degree of freedom a probability of 95 % is right in 88 to 95 % of cases. With the root it
    /// is in 92 to 98 % (measured: `benches/results/model.md`).
    pub(super) fn degrees(&self, share: f64) -> u64 {
        (self.within.1 as f64 / share.min(1.0).sqrt()).floor() as u64
    }
}

impl Facts {
    /// The noise of an objective.
    pub(super) fn noise(&self, objective: usize) -> Noise {
        let rows = self.history.eligible();
        let (told, others): (Vec<usize>, Vec<usize>) = rows.partition(|row| self.told_error(*row, objective).is_some());
        let told = told.into_iter().filter_map(|row| self.told_error(row, objective)).collect();
        let groups = self.grouped(&others);
        let runs: Vec<Vec<f64>> = groups.iter().map(|rows| self.all_runs(rows, objective)).collect();
        let within = pooled(&runs);
        let std = |runs: &Vec<f64>| moderated(within.0, pooled(std::slice::from_ref(runs)));
        let configurations = groups.iter().map(|rows| self.configuration_of(rows[0]));
        let stds = configurations.zip(runs.iter().map(std)).collect();
        Noise { objective, within, stds, median: root_median_square(told) }
    }

    /// The standard error of a trial. `None` if nothing is known.
    pub(super) fn error_of(&self, row: usize, noise: &Noise) -> Option<f64> {
        let std = || noise.stds.get(&self.configuration_of(row)).filter(|_| noise.is_of_runs());
        let by_runs = || std().map(|std| std / (self.runs(row, noise.objective).len() as f64).sqrt());
        let median = (noise.median > 0.0).then_some(noise.median);
        self.told_error(row, noise.objective).or_else(by_runs).or(median)
    }

    /// The estimates, and the standard error of each other trial, where there is a single objective.
    pub(super) fn errors(&self, estimates: &[Estimate]) -> Vec<Estimate> {
        let noise = self.noise(0);
        let error = |row: usize| {
            let end = Expected { mean: self.history.values(0)[row], std: self.error_of(row, &noise)? };
            Some((row, Estimate { row, objective: 0, end: Some(end) }))
        };
        let mut all: BTreeMap<usize, Estimate> = self.history.eligible().filter_map(error).collect();
        let known = estimates.iter().filter(|estimate| estimate.end.is_some());
        all.extend(known.map(|estimate| (estimate.row, *estimate)));
        all.into_values().collect()
    }

    /// The standard error that was told of a trial.
    pub(super) fn told_error(&self, row: usize, objective: usize) -> Option<f64> {
        let sem = self.history.sems(objective)[row];
        (!sem.is_nan() && self.replicates(row, objective).is_none()).then_some(sem)
    }

    /// The standard deviation within configurations of all trials, and its degrees of freedom.
    pub(super) fn within(&self) -> (f64, u64) {
        let groups = self.grouped(&self.history.eligible().collect::<Vec<_>>());
        pooled(&groups.iter().map(|rows| self.all_runs(rows, 0)).collect::<Vec<_>>())
    }

    /// Trials, grouped by configuration, in the order of the first trial of each.
    pub(super) fn grouped(&self, rows: &[usize]) -> Vec<Vec<usize>> {
        let mut group_of = BTreeMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for row in rows {
            let g = *group_of.entry(self.configuration_of(*row)).or_insert(groups.len());
            if g == groups.len() {
                groups.push(Vec::new());
            }
            groups[g].push(*row);
        }
        groups
    }

    /// The first row with the same configuration as this one.
    pub(super) fn configuration_of(&self, row: usize) -> Option<u64> {
        self.history.first_row_like(&self.space, row)
    }

    /// The runs of some trials.
    pub(super) fn all_runs(&self, rows: &[usize], objective: usize) -> Vec<f64> {
        rows.iter().flat_map(|row| self.runs(*row, objective)).copied().collect()
    }

    /// The runs of a trial.
    pub(super) fn runs(&self, row: usize, objective: usize) -> &[f64] {
        let value = &self.history.values(objective)[row..=row];
        self.replicates(row, objective).unwrap_or(value)
    }

    /// The replicates of a trial, if it has any and all are finite.
    fn replicates(&self, row: usize, objective: usize) -> Option<&[f64]> {
        let replicates = self.history.replicates(row as u64)?.get(objective)?;
        (!replicates.is_empty() && replicates.iter().all(|y| y.is_finite())).then_some(replicates)
    }
}

/// The standard deviation within groups of runs and its degrees of freedom.
fn pooled(groups: &[Vec<f64>]) -> (f64, u64) {
    let several: Vec<&Vec<f64>> = groups.iter().filter(|runs| runs.len() > 1).collect();
    // In this unit no square overflows.
    let unit = several.iter().flat_map(|runs| runs.iter()).map(|y| y.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let squares = |runs: &&Vec<f64>| variance(&runs.iter().map(|y| y / unit).collect::<Vec<_>>()) * runs.len() as f64;
    let degrees: usize = several.iter().map(|runs| runs.len() - 1).sum();
    let squares: f64 = several.iter().map(squares).sum();
    ((unit * (squares / degrees.max(1) as f64).sqrt()).min(f64::MAX), degrees as u64)
}

/// The root of `(d v + f w) / (d + f)`: a standard deviation `sqrt v` that is moderated by an own one, `sqrt w`, with `f`
/// degrees of freedom.
pub(super) fn moderated(std: f64, (own, degrees): (f64, u64)) -> f64 {
    if std == 0.0 {
        return own;
    }
    let (ratio, degrees) = (own / std, degrees as f64);
    (std * ((PRIOR + degrees * ratio * ratio) / (PRIOR + degrees)).sqrt()).min(f64::MAX)
}

/// The root of the median of the squares; zero if there are none.
fn root_median_square(mut errors: Vec<f64>) -> f64 {
    errors.sort_unstable_by(f64::total_cmp);
    let Some(last) = errors.len().checked_sub(1) else { return 0.0 };
    let (below, above) = (errors[last / 2], errors[errors.len() / 2]);
    // Squares might overflow, those of ratios do not.
    let ratio = if above > 0.0 { below / above } else { 0.0 };
    above * (0.5 + 0.5 * ratio * ratio).sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{Measurement, Outcome};
    use crate::optimizer::testing::random_search;
    use crate::optimizer::{Optimizer, Tell};
    use crate::space::testing::{integer, parameter};
    use crate::space::{Configuration, Value};

    /// A trial: its level, value, told error and replicates.
    type Told<'a> = (u64, f64, Option<f64>, &'a [f64]);

    fn search(trials: &[Told<'_>]) -> Optimizer {
        let mut search = random_search(vec![parameter("x", integer(99))]);
        for (x, value, sem, replicates) in trials {
            let measurement = Measurement { value: *value, sem: *sem, replicates: replicates.to_vec() };
            let tell = Tell { outcome: Outcome::Complete(vec![measurement]), ..Tell::failed(None) };
            search.observe(&Configuration(vec![Some(Value::Level(*x))]), tell).unwrap();
        }
        search
    }

    fn errors(trials: &[Told<'_>]) -> Vec<Option<f64>> {
        let search = search(trials);
        let noise = search.facts.noise(0);
        (0..trials.len()).map(|row| search.facts.error_of(row, &noise)).collect()
    }

    /// The squares of the first three runs sum up to 2, those of the others to 8, with three degrees of freedom. The error
    /// that comes with replicates is no told one.
    #[test]
    fn runs_are_pooled_over_configurations() {
        let v = 10.0_f64 / 3.0;
        let trials: [Told<'_>; 4] = [
            (0, 2.0, Some(0.1), &[1.0, 2.0, 3.0]),
            (1, 5.0, None, &[]),
            (1, 9.0, None, &[9.0]),
            (2, 4.0, Some(0.5), &[]),
        ];
        let [first, second] = [(2.0_f64, 2.0_f64), (8.0, 1.0)].map(|(q, f)| ((4.0 * v + q) / (4.0 + f)).sqrt());
        let expected = [first / 3.0_f64.sqrt(), second, second, 0.5];
        for (error, expected) in errors(&trials).into_iter().zip(expected) {
            assert!((error.unwrap() - expected).abs() < 1e-15, "{error:?} {expected}");
        }
    }

    #[test]
    fn the_median_stands_in_where_no_runs_differ() {
        let told: [Told<'_>; 3] = [(0, 1.0, Some(0.25), &[]), (1, 1.0, Some(0.5), &[]), (2, 2.0, Some(4.0), &[])];
        let single: [Told<'_>; 2] = [(3, 3.0, None, &[]), (4, 2.0, None, &[2.0])];
        assert_eq!(errors(&[&told[..], &single].concat())[3..], [Some(0.5); 2]);
        let repeated: Told<'_> = (3, 3.0, None, &[]);
        assert_eq!(errors(&[&told[..], &single, &[repeated]].concat())[5], Some(0.5), "equal runs");
        let two = errors(&[&told[1..], &single].concat())[2].unwrap();
        assert!((two - (0.5 * (0.25 + 16.0_f64)).sqrt()).abs() < 1e-15, "{two}");
        assert_eq!(errors(&single), [None; 2]);
        assert_eq!(errors(&[single[0], repeated]), [Some(0.0); 2], "nothing but equal runs");
    }

    #[test]
    fn no_square_overflows() {
        let runs: Told<'_> = (0, 1e300, None, &[0.0, 2e300]);
        assert!((errors(&[runs])[0].unwrap() / 1e300 - 1.0).abs() < 1e-12);
        assert_eq!(errors(&[(0, f64::MAX, None, &[f64::MAX, f64::MIN])]).len(), 1);
        let told: [Told<'_>; 3] = [(0, 0.0, Some(1e300), &[]), (1, 0.0, Some(1e300), &[]), (2, 0.0, None, &[])];
        assert_eq!(errors(&told)[2], Some(1e300));
    }

    /// What is said of a trial alone, in a comparison, on a front and for a model is the same.
    #[test]
    fn all_answers_have_one_error() {
        let trials: [Told<'_>; 5] = [
            (0, 0.0, None, &[-0.5, 0.5]),
            (1, 0.5, None, &[]),
            (2, 1.0, None, &[0.75, 1.0, 1.25]),
            (3, 2.0, Some(0.25), &[]),
            (4, 3.0, None, &[]),
        ];
        let search = search(&trials);
        let errors: Vec<f64> = errors(&trials).into_iter().flatten().collect();
        let front = search.facts.averages().unwrap();
        let of_models = search.facts.errors(&[]);
        for row in 0..5 {
            let (_, variance) = search.facts.mean_of(&[row], &search.facts.noise(0)).unwrap();
            assert!((variance.sqrt() - errors[row]).abs() < 1e-15);
            assert!((front[row].0.stds[0] - errors[row]).abs() < 1e-15);
            assert_eq!(of_models[row].end.unwrap().std, errors[row]);
        }
    }
}
