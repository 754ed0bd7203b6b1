//! The means of the runs of each configuration: the front of noisy results that are too few for a model.
//!
//! The trials of a configuration are weighted by their precisions ([`super::noise`]), as in [`super::shrinkage`]. Their
//! means are not shrunk, because a front has no single mean towards which to shrink them. The errors of the means are
//! taken to be independent and normal; the probability of a configuration to be on the front is the share of joint draws
//! in which no other one dominates it.
//!
//! If every result of an objective was told to be exact, a configuration has the value of its first run, as in the
//! front of models.

use super::front::FrontMember;
use super::shrinkage::{noise_variance, weighted_mean};
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
        let groups = self.grouped(&rows);
        let columns: Vec<Option<Vec<Mean>>> =
            (0..self.history.n_objectives()).map(|k| self.averages_of(&groups, k)).collect();
        if columns.iter().all(Option::is_none) {
            return None;
        }
        let mean = |g: usize, k: usize| {
            let told = || Mean { value: self.history.values(k)[groups[g][0]], std: 0.0 };
            columns[k].as_ref().map_or_else(told, |means| means[g])
        };
        let points = |part: &dyn Fn(Mean) -> f64| -> Vec<Vec<f64>> {
            (0..groups.len()).map(|g| (0..columns.len()).map(|k| part(mean(g, k))).collect()).collect()
        };
        let (values, stds) = (points(&|mean| mean.value), points(&|mean| mean.std));
        let shares = shares(&values, &stds, self.settings.seed);
        let on_front = dominance::front(&values);
        let member = |(g, (values, stds)): (usize, (Vec<f64>, Vec<f64>))| {
            let id = groups[g][0] as u64;
            (FrontMember { id, values, stds, probability: shares[g] }, on_front.binary_search(&g).is_ok())
        };
        Some(values.into_iter().zip(stds).enumerate().map(member).collect())
    }

    /// The mean of every group of trials, weighted by their precisions. `None` if values count as told: if all of them were
    /// told to be exact, or nothing says how large their noise is.
    fn averages_of(&self, groups: &[Vec<usize>], objective: usize) -> Option<Vec<Mean>> {
        if self.history.is_told_exact(&groups.concat(), objective) {
            return None;
        }
        let (noise, values) = (self.noise(objective), self.history.values(objective));
        let error = |row: &usize| self.error_of(*row, &noise);
        let errors: Option<Vec<Vec<f64>>> = groups.iter().map(|group| group.iter().map(error).collect()).collect();
        let errors = errors?;
        let largest = errors.iter().flatten().copied().filter(|error| error.is_finite()).fold(0.0, f64::max);
        let mean = |(group, errors): (&Vec<usize>, &Vec<f64>)| {
            let variances: Vec<f64> = errors.iter().map(|error| noise_variance(error / largest)).collect();
            let (value, variance) = weighted_mean(&variances, |i| values[group[i]]);
            Mean { value, std: largest * variance.sqrt() }
        };
        (largest > 0.0).then(|| groups.iter().zip(&errors).map(mean).collect())
    }
}

/// For each point, the share of draws in which no other point dominates it.
fn shares(values: &[Vec<f64>], stds: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, values.len() as u64, Purpose::Average, 0);
    let mut point = |(values, stds): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
        values.iter().zip(stds).map(|(value, std)| value + std * stream.normal()).collect()
    };
    front_shares(values.len(), |_| values.iter().zip(stds).map(&mut point).collect())
}
