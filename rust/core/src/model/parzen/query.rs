//! The part of an evaluation that depends on the points only.

use super::column::{Continuous, KernelColumn};
use super::{Dimension, Mixture, Points};
use crate::numerics::{exp, ln, work};

/// The precision in which a log density is computed; see [the module](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Absolute error about `1e-12`.
    Double,
    /// Absolute error below `1e-4 + 1e-5 d` without a prior of the user (see [`super`]).
    Single,
}

/// A sum of kernels is negligible if its log is lower than that of the prior kernel by this much: `e^-30 = 9.4e-14`.
/// Changes rounding only.
const NEGLIGIBLE: f64 = 30.0;

/// The part of an evaluation that depends on the points only.
pub(super) struct Query<'a> {
    pub(super) mixture: &'a Mixture,
    pub(super) points: &'a Points,
    /// The coordinates in single precision, in the order of `points`; only for [`Precision::Single`].
    pub(super) rounded: Option<Vec<f32>>,
    /// The continuous dimensions.
    pub(super) continuous: Vec<(usize, &'a Continuous)>,
    /// Log of the weighted prior kernel at each point.
    pub(super) priors: Vec<f64>,
    /// Log mass in the dimensions modelled by counts at each point.
    pub(super) counts: Vec<f64>,
    /// The log value below which a kernel is negligible at each point.
    pub(super) floors: Vec<f64>,
    /// Log of the factor of a kernel without any matching level, summed over the categorical dimensions.
    pub(super) mismatch: f64,
    /// Log of the ratio between a kernel of the same level and one of another level, for each dimension; zero for
    /// dimensions without categories.
    pub(super) matching: Vec<f64>,
    /// The levels of all points in each dimension; empty for continuous dimensions.
    pub(super) levels: Vec<Vec<Level>>,
}

/// The coordinate of a point in a counted dimension.
pub(super) struct Level {
    pub(super) index: u64,
    /// The cell of the level.
    pub(super) cell: (f64, f64),
    /// The first point with this level.
    pub(super) first: usize,
}

impl<'a> Query<'a> {
    pub(super) fn new(mixture: &'a Mixture, points: &'a Points, precision: Precision) -> Self {
        let n = mixture.n_kernels() as f64 + 1.0;
        let mut query = Self {
            mixture,
            points,
            rounded: (precision == Precision::Single).then(|| rounded(points.coordinates())),
            continuous: continuous(mixture),
            priors: vec![ln(mixture.prior_weight()); points.count()],
            counts: vec![0.0; points.count()],
            floors: Vec::new(),
            mismatch: 0.0,
            matching: vec![0.0; mixture.columns.len()],
            levels: Vec::with_capacity(mixture.columns.len()),
        };
        for (j, (dimension, column)) in mixture.dimensions.iter().zip(&mixture.columns).enumerate() {
            let us = points.column(j);
            work::count(us.len());
            query.levels.push(if dimension.is_counted() { levels(dimension, us) } else { Vec::new() });
            match column {
                KernelColumn::Counts { weights, .. } => query.add_counts(j, weights),
                _ => dimension.add_log_prior(us, &mut query.priors),
            }
            if let KernelColumn::Categories { .. } = column {
                // The kernel is `(1[c = c_k] + s/K) / (1 + s)`.
                let smoothing = dimension.smoothing(n);
                let each = smoothing / dimension.levels();
                query.mismatch += ln(each / (1.0 + smoothing));
                query.matching[j] = ln((1.0 + each) / each);
            }
        }
        let ln_n = ln(n);
        query.floors = query.priors.iter().map(|prior| prior - NEGLIGIBLE - ln_n).collect();
        query
    }

    /// Adds the log of the weighted mean of `(1[c = c_k] + s/K) / (1 + s)` over all kernels and of the mass of the
    /// prior kernel.
    fn add_counts(&mut self, j: usize, weights: &[f64]) {
        let (mixture, dimension) = (self.mixture, &self.mixture.dimensions[j]);
        let smoothing = dimension.smoothing(mixture.n_kernels() as f64 + 1.0);
        let spread = smoothing / dimension.levels() * (mixture.total_weight() - mixture.prior_weight());
        for (count, (level, u)) in self.counts.iter_mut().zip(self.levels[j].iter().zip(self.points.column(j))) {
            let kernels = (weights[level.index as usize] + spread) / (1.0 + smoothing);
            let prior = mixture.prior_weight() * exp(dimension.log_prior(*u));
            *count += ln((kernels + prior) / mixture.total_weight());
        }
    }
}

/// Converts unit coordinates to levels.
fn levels(dimension: &Dimension, us: &[f64]) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::with_capacity(us.len());
    for (i, u) in us.iter().enumerate() {
        let index = dimension.level(*u);
        let first = levels.iter().position(|l| l.index == index).unwrap_or(i);
        work::count(first + 1);
        levels.push(Level { index, cell: dimension.cell(index), first });
    }
    levels
}

fn rounded(coordinates: &[f64]) -> Vec<f32> {
    coordinates.iter().map(|u| *u as f32).collect()
}

fn continuous(mixture: &Mixture) -> Vec<(usize, &Continuous)> {
    let mut continuous = Vec::with_capacity(mixture.columns.len());
    for (j, column) in mixture.columns.iter().enumerate() {
        if let KernelColumn::Continuous(column) = column {
            continuous.push((j, column));
        }
    }
    continuous
}
