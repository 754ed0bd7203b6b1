//! The means of the runs of each configuration: the front of noisy results that are too few for a model.
//!
//! The runs of a configuration are weighted by their precisions, as in [`super::shrinkage`]. Their means are not
//! shrunk, because a front has no single mean towards which to shrink them. If no positive standard error of an
//! objective is known, that of a
//! run is the standard deviation within configurations, pooled over all that have several runs. The errors of the means
//! are taken to be independent and normal; the probability of a configuration to be on the front is the share of joint
//! draws in which no other one dominates it.
//!
//! If every result of an objective was told to be exact, a configuration has the value of its first run, as in the
//! front of models.

use super::comparison::pooled;
use super::front::FrontMember;
use super::shrinkage::{by_configuration, noise_variances, standard_error, weighted_mean};
use crate::history::History;
use crate::numerics::{Purpose, Stream};
use crate::optimizer::Facts;
use crate::pareto::dominance::{self, front_shares};

/// The mean of the runs of a configuration, and its standard deviation.
#[derive(Clone, Copy)]
struct Mean {
    value: f64,
    std: f64,
}

impl Facts {
    /// All configurations with results, each as its first trial, and whether it is on the front. `None` if no noise was
    /// told, or nothing is known of its size.
    pub(super) fn averages(&self) -> Option<Vec<(FrontMember, bool)>> {
        if !self.history.is_noisy() {
            return None;
        }
        let rows: Vec<usize> = self.history.eligible().collect();
        let groups = by_configuration(&self.history, &self.space, &rows);
        let columns = (0..self.history.n_objectives()).map(|k| means(&self.history, &rows, &groups, k));
        let columns: Vec<Option<Vec<Mean>>> = columns.collect();
        if columns.iter().all(Option::is_none) {
            return None;
        }
        let mean = |g: usize, k: usize| {
            let told = || Mean { value: self.history.values(k)[rows[groups[g][0]]], std: 0.0 };
            columns[k].as_ref().map_or_else(told, |means| means[g])
        };
        let points = |part: &dyn Fn(Mean) -> f64| -> Vec<Vec<f64>> {
            (0..groups.len()).map(|g| (0..columns.len()).map(|k| part(mean(g, k))).collect()).collect()
        };
        let (values, stds) = (points(&|mean| mean.value), points(&|mean| mean.std));
        let shares = shares(&values, &stds, self.settings.seed);
        let on_front = dominance::front(&values);
        let member = |(g, (values, stds)): (usize, (Vec<f64>, Vec<f64>))| {
            let id = rows[groups[g][0]] as u64;
            (FrontMember { id, values, stds, probability: shares[g] }, on_front.binary_search(&g).is_ok())
        };
        Some(values.into_iter().zip(stds).enumerate().map(member).collect())
    }
}

/// The mean of every group of places among `rows`, weighted by their precisions. `None` if values count as told: if all of
/// them were told to be exact, or nothing says how large their noise is.
fn means(history: &History, rows: &[usize], groups: &[Vec<usize>], objective: usize) -> Option<Vec<Mean>> {
    let values: Vec<f64> = rows.iter().map(|row| history.values(objective)[*row]).collect();
    if history.is_told_exact(rows, objective) {
        return None;
    }
    let errors: Vec<Option<f64>> = rows.iter().map(|row| standard_error(history, *row, objective)).collect();
    let (errors, largest) = match largest(&errors) {
        Some(largest) => (errors, largest),
        None => (Vec::new(), error_of_a_run(&values, groups)?),
    };
    // Without known errors all runs have the same.
    let relative = |i: usize| errors.get(i).map_or(Some(1.0), |error| error.map(|error| error / largest));
    let variances = noise_variances(&(0..rows.len()).map(relative).collect::<Vec<_>>());
    let mean = |group: &Vec<usize>| {
        let (value, variance) = weighted_mean(group, |i| (values[i], variances[i]));
        Mean { value, std: largest * variance.sqrt() }
    };
    Some(groups.iter().map(mean).collect())
}

/// The largest finite error; `None` if none is positive.
fn largest(errors: &[Option<f64>]) -> Option<f64> {
    let finite = errors.iter().flatten().copied().filter(|error| error.is_finite());
    Some(finite.fold(0.0, f64::max)).filter(|largest| *largest > 0.0)
}

/// The standard deviation within groups; `None` if no group has different values.
fn error_of_a_run(values: &[f64], groups: &[Vec<usize>]) -> Option<f64> {
    // In this unit no square overflows.
    let unit = values.iter().map(|value| value.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let runs: Vec<Vec<f64>> = groups.iter().map(|group| group.iter().map(|i| values[*i] / unit).collect()).collect();
    let (variance, _) = pooled(&runs);
    (variance > 0.0).then(|| (unit * variance.sqrt()).min(f64::MAX))
}

/// For each point, the share of draws in which no other point dominates it.
fn shares(values: &[Vec<f64>], stds: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, values.len() as u64, Purpose::Average, 0);
    let mut point = |(values, stds): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
        values.iter().zip(stds).map(|(value, std)| value + std * stream.normal()).collect()
    };
    front_shares(values.len(), |_| values.iter().zip(stds).map(&mut point).collect())
}
