//! The means of the runs of each configuration: the front of noisy results that are too few for a model.
//!
//! The runs of a configuration are weighted by their precisions, as in [`super::shrinkage`]. They are not shrunk, because
//! a front has no single mean to which they could be. The errors of the means are taken to be independent and normal; the
//! probability of a configuration to be on the front is the share of joint draws in which no other one dominates it.

use std::collections::BTreeMap;

use super::front::FrontMember;
use super::shrinkage::standard_error;
use crate::history::History;
use crate::numerics::{Purpose, Stream};
use crate::optimizer::Facts;
use crate::pareto::dominance;
use crate::pareto::shares::front_shares;

/// Smallest standard error, as a share of the largest, so that one of zero gives a finite weight. Changes no suggestion.
const MIN_ERROR: f64 = 1e-6;

/// The mean of the runs of a configuration, and its standard deviation.
struct Mean {
    value: f64,
    std: f64,
}

impl Facts {
    /// All configurations with results, each as its first trial; `None` if no noise was told.
    pub(super) fn averages(&self) -> Option<Vec<FrontMember>> {
        if !self.history.is_noisy() {
            return None;
        }
        let mut groups: BTreeMap<Option<u64>, Vec<usize>> = BTreeMap::new();
        for row in self.history.eligible() {
            groups.entry(self.history.first_row_like(&self.space, row)).or_default().push(row);
        }
        let groups: Vec<Vec<usize>> = groups.into_values().collect();
        let columns: Vec<Vec<Mean>> =
            (0..self.history.n_objectives()).map(|k| means(&self.history, &groups, k)).collect();
        let points = |value: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..groups.len()).map(|g| (0..columns.len()).map(|k| value(g, k)).collect()).collect()
        };
        let values = points(&|g, k| columns[k][g].value);
        let stds = points(&|g, k| columns[k][g].std);
        let shares = shares(&values, &stds, self.settings.seed);
        let on_front = dominance::front(&values);
        let members = values.into_iter().zip(stds).enumerate();
        let member = |(g, (values, stds)): (usize, (Vec<f64>, Vec<f64>))| FrontMember {
            id: groups[g][0] as u64,
            values,
            stds,
            probability: shares[g],
            is_on_front: on_front.contains(&g),
        };
        Some(members.map(member).collect())
    }
}

/// The mean of every group of trials, weighted by their precisions. A trial without a standard error has the median one;
/// if none has one, or all are zero, trials weigh the same.
fn means(history: &History, groups: &[Vec<usize>], objective: usize) -> Vec<Mean> {
    let error = |row: &usize| standard_error(history, *row, objective).filter(|error| error.is_finite());
    let mut known: Vec<f64> = groups.iter().flatten().filter_map(error).collect();
    known.sort_unstable_by(f64::total_cmp);
    let (typical, largest) = (known.get(known.len() / 2).copied(), known.last().copied().filter(|error| *error > 0.0));
    let weight = |row: &usize| {
        let relative = largest.map_or(1.0, |largest| error(row).or(typical).unwrap_or(largest) / largest);
        let bounded = relative.max(MIN_ERROR);
        1.0 / (bounded * bounded)
    };
    let mean = |rows: &Vec<usize>| {
        let weights: Vec<f64> = rows.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        let value =
            rows.iter().zip(&weights).map(|(row, weight)| weight / total * history.values(objective)[*row]).sum();
        Mean { value, std: largest.map_or(0.0, |largest| largest / total.sqrt()) }
    };
    groups.iter().map(mean).collect()
}

/// For each point, the share of draws in which no other point dominates it.
fn shares(values: &[Vec<f64>], stds: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, values.len() as u64, Purpose::Front, 0);
    let mut point = |(values, stds): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
        values.iter().zip(stds).map(|(value, std)| value + std * stream.normal()).collect()
    };
    front_shares(values.len(), |_| values.iter().zip(stds).map(&mut point).collect())
}
