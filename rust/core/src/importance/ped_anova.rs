//! PED-ANOVA: the parameters that determine whether a trial is among the best.
//!
//! Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces",
//! IJCAI 2023. Of `n` finished trials, `b` are the best. A parameter is active in `n_a` of all trials and in `b_a` of
//! the best; `p` is the density of its coordinate over the former, `p'` over the latter. The probability of being among
//! the best, given its value `x`, is `f(x) = (b_a / n_a) p'(x) / p(x)`. The importance is the variance of `f` where the
//! parameter is active, times the share of trials in which it is active:
//!
//! ```text
//! v = (n_a / n) Var_{x ~ p} f(x) = (n_a / n) (b_a / n_a)^2 E_{x ~ p} [(p'(x) / p(x) - 1)^2]
//! ```
//!
//! The expectation is the Pearson divergence of `p'` from `p` (theorem 1 of the paper): it is never negative, and zero
//! if and only if the densities are equal. For an unconditional parameter `v` is that of the paper. For a conditional
//! one it is the part of the variance within the trials in which it is active (the law of total variance).
//!
//! `v` is averaged over the shares `b / n` of 5 % to 95 %, unless the caller gives a share. The average of `Var P(y <=
//! t | x)` over all thresholds `t` is the Cramer-von Mises index of sensitivity (Gamboa, Klein and Lagnoux,
//! "Sensitivity analysis based on Cramer-von Mises distance", SIAM/ASA Journal on Uncertainty Quantification 6, 2018):
//! a single number that covers all quantiles and is invariant under increasing transformations of the values.
//!
//! Both densities are smoothed in the same way: with kernels of the same width (Scott's for the best trials) and the
//! same share of a uniform density (that of one observation among the best). Smoothing alone therefore creates no
//! difference, and `f` is at most one, as a probability must be. A trial that is not complete and feasible (pruned,
//! failed, or with a broken constraint) is never among the best, whatever its value: crashes and early stops in a
//! region are part of the importance of a parameter. Excluded trials do not count.
//!
//! With `d` parameters and `l` levels the cost is O(n log n + n d l): milliseconds for ten thousand trials.

use super::density::{AxisCells, density, scott};
use crate::history::History;
use crate::numerics::shares;
use crate::space::SearchSpace;

/// Minimum number of trials of an importance; with fewer all importances are zero. Changes no suggestion.
pub const FEWEST: usize = 4;

/// The shares over which `v` is averaged: the midpoints of ten equal intervals. The error of the average is at most
/// 1/2400 of the largest second derivative of `v` with respect to the share. Changes no suggestion.
const LEVELS: [f64; 10] = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];

/// The importance of each parameter as a share of the total; the shares sum to one. All are zero if there are fewer
/// than four trials, if none is complete and feasible with a finite value, or if all values are equal.
///
/// `quantile`, in (0, 1), restricts the analysis to this share of best trials.
pub fn ped_anova(space: &SearchSpace, history: &History, objective: usize, quantile: Option<f64>) -> Vec<f64> {
    let ended: Vec<usize> = history.view().finished().collect();
    if ended.len() < FEWEST {
        return vec![0.0; space.parameters().len()];
    }
    let ranked = by_value(history, objective, &ended);
    let levels = quantile.as_ref().map_or(LEVELS.as_slice(), std::slice::from_ref);
    let bests: Vec<usize> = levels.iter().map(|level| n_best(&ranked, ended.len(), *level)).collect();
    let score = |j: usize| {
        if space.parameters()[j].domain.is_point() {
            return 0.0;
        }
        let axis = CountedAxis::new(space, history, j, &ended, &ranked);
        bests.iter().map(|n_best| axis.variance(*n_best, ended.len())).sum()
    };
    shares(&(0..space.parameters().len()).map(score).collect::<Vec<f64>>())
}

/// The value and row of every trial that can be among the best, the best first.
fn by_value(history: &History, objective: usize, ended: &[usize]) -> Vec<(f64, usize)> {
    let values = history.values(objective);
    let is_candidate = |row: &usize| history.is_measured_in(*row, objective) && history.is_feasible(*row);
    let mut ranked: Vec<_> = ended.iter().copied().filter(is_candidate).map(|row| (values[row], row)).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked
}

/// The number of trials in the best `level` of `n`, as far as there are enough: those up to a threshold, ties included.
fn n_best(ranked: &[(f64, usize)], n: usize, level: f64) -> usize {
    let n_wanted = ((level * n as f64).ceil() as usize).clamp(1, ranked.len().max(1));
    ranked.get(n_wanted - 1).map_or(0, |(threshold, _)| ranked.partition_point(|(value, _)| value <= threshold))
}

/// One parameter over the trials in which it is active.
struct CountedAxis {
    cells: AxisCells,
    /// Trials in each cell.
    counts: Vec<u32>,
    n_active: usize,
    /// Coordinates of the ranked trials, NaN where inactive.
    ranked: Vec<f64>,
}

impl CountedAxis {
    fn new(space: &SearchSpace, history: &History, j: usize, ended: &[usize], ranked: &[(f64, usize)]) -> Self {
        let (unit, cells) = (history.unit(j), AxisCells::of(space.axes()[j].kind()));
        let active: Vec<f64> = ended.iter().map(|row| unit[*row]).filter(|u| !u.is_nan()).collect();
        Self {
            cells,
            counts: counts(cells, &active),
            n_active: active.len(),
            ranked: ranked.iter().map(|(_, row)| unit[*row]).collect(),
        }
    }

    /// The variance `v` above, for the `n_best` best of `n` trials.
    fn variance(&self, n_best: usize, n: usize) -> f64 {
        let best: Vec<f64> = self.ranked[..n_best].iter().copied().filter(|u| !u.is_nan()).collect();
        if best.is_empty() {
            return 0.0;
        }
        let (width, uniform_share) = (scott(&best, self.cells), 1.0 / (best.len() as f64 + 1.0));
        let smooth = |counts: &[u32]| density(self.cells, counts, width, uniform_share);
        let (p, p_best) = (smooth(&self.counts), smooth(&counts(self.cells, &best)));
        let divergence: f64 = p.iter().zip(&p_best).map(|(p, b)| p * (b / p - 1.0) * (b / p - 1.0)).sum();
        let (active, share) = (self.n_active as f64 / n as f64, best.len() as f64 / self.n_active as f64);
        active * share * share * divergence
    }
}

fn counts(cells: AxisCells, points: &[f64]) -> Vec<u32> {
    let mut counts = vec![0; cells.count()];
    for u in points {
        counts[cells.index(*u)] += 1;
    }
    counts
}
