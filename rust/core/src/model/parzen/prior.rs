//! The prior kernel of one dimension.

use std::f64::consts::PI;

use super::Dimension;
use super::cells::log_cell_mass;
use super::dimension::Form;
use crate::numerics::ln;
use crate::numerics::normal::{log_mass, truncated_quantile};
use crate::space::Prior;

/// Mean and standard deviation of the prior kernel where the user has no belief: nearly flat, a little lower at the rim.
const VAGUE: (f64, f64) = (0.5, 1.0);

impl Dimension {
    /// Log density (log mass of the level, if counted) of the prior kernel at unit coordinate `u`.
    pub fn log_prior(&self, u: f64) -> f64 {
        match (self.form(), self.prior()) {
            (Form::Categories | Form::Counts | Form::Cells, Prior::Weights(masses)) => {
                masses.get(self.level(u) as usize).map_or(f64::NEG_INFINITY, |mass| ln(*mass))
            }
            (Form::Categories | Form::Counts, _) => -ln(self.levels()),
            (Form::Cells, prior) => log_prior_mass(prior, self.cell(self.level(u))),
            (Form::Continuous, prior) => log_prior_density(prior, u),
        }
    }

    /// Quantile `q` of the prior kernel, as a unit coordinate.
    pub fn prior_quantile(&self, q: f64) -> f64 {
        match (self.form(), self.prior()) {
            (_, Prior::Weights(masses)) => self.center(discrete_quantile(masses, q).0 as u64),
            (Form::Categories | Form::Counts, _) => self.center(((q * self.levels()) as u64).min(self.last())),
            (_, prior) => self.snap(continuous_quantile(prior, q)),
        }
    }

    fn last(&self) -> u64 {
        self.levels() as u64 - 1
    }
}

/// Mean and standard deviation of a prior that is a truncated normal.
fn normal_of(prior: &Prior) -> (f64, f64) {
    match prior {
        Prior::Normal { mean, std } => (*mean, *std),
        _ => VAGUE,
    }
}

fn log_prior_density(prior: &Prior, u: f64) -> f64 {
    if let Prior::Histogram { edges, masses } = prior {
        let bin = edges[1..].partition_point(|edge| *edge < u).min(masses.len() - 1);
        return ln(masses[bin] / (edges[bin + 1] - edges[bin]));
    }
    let (mean, std) = normal_of(prior);
    let z = (u - mean) / std;
    -0.5 * z * z - ln(std) - 0.5 * ln(2.0 * PI) - log_mass(-mean / std, (1.0 - mean) / std)
}

fn log_prior_mass(prior: &Prior, (left, right): (f64, f64)) -> f64 {
    if let Prior::Histogram { edges, masses } = prior {
        let share = |bin: usize| {
            let overlap = right.min(edges[bin + 1]) - left.max(edges[bin]);
            masses[bin] * overlap.max(0.0) / (edges[bin + 1] - edges[bin])
        };
        return ln((0..masses.len()).map(share).sum());
    }
    let (mean, std) = normal_of(prior);
    log_cell_mass(left - mean, right - mean, 1.0 / std) - log_mass(-mean / std, (1.0 - mean) / std)
}

fn continuous_quantile(prior: &Prior, q: f64) -> f64 {
    if let Prior::Histogram { edges, masses } = prior {
        let (bin, rest) = discrete_quantile(masses, q);
        return edges[bin] + rest * (edges[bin + 1] - edges[bin]);
    }
    let (mean, std) = normal_of(prior);
    (mean + std * truncated_quantile(q, -mean / std, (1.0 - mean) / std)).clamp(0.0, 1.0)
}

/// The index at quantile `q` of non-negative `weights`, and how far into its weight `q` reaches, in `[0, 1]`: given the
/// index, that remainder of a uniform number is uniform again, so one number serves for two choices.
pub(super) fn discrete_quantile(weights: &[f64], q: f64) -> (usize, f64) {
    let mut rest = q * weights.iter().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        if rest < *weight {
            return (index, rest / weight);
        }
        rest -= weight;
        last = index;
    }
    (last, 1.0)
}
