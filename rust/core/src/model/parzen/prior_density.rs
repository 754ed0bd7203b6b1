//! Evaluation of the prior kernel of one dimension.

use super::Dimension;
use super::cells::log_cell_mass;
use super::dimension::Storage;
use crate::numerics::{for_every_kernel, ln};
use crate::space::Prior;

impl Dimension {
    /// Log density (log mass of the level, if counted) of the prior kernel at the unit coordinate `u`.
    pub fn log_prior(&self, u: f64) -> f64 {
        match (self.prior(), self.storage()) {
            (Prior::Weights(masses), _) => {
                masses.get(self.level(u) as usize).map_or(f64::NEG_INFINITY, |mass| ln(*mass))
            }
            (Prior::Uniform, _) => self.log_constant(),
            (Prior::Normal { mean, std }, Storage::Continuous) => {
                let z = (u - mean) / std;
                self.log_constant() - 0.5 * z * z
            }
            (Prior::Normal { mean, std }, _) => {
                let (left, right) = self.cell(self.level(u));
                self.log_constant() + log_cell_mass(left - mean, right - mean, 1.0 / std)
            }
            (Prior::Histogram { .. }, Storage::Continuous) => ln(self.prior().density(u)),
            (Prior::Histogram { edges, masses }, _) => ln(histogram_mass(edges, masses, self.cell(self.level(u)))),
        }
    }

    /// Adds [`Self::log_prior`] at each of `us` to `sums`.
    pub(super) fn add_log_prior(&self, us: &[f64], sums: &mut [f64]) {
        let (Prior::Normal { mean, std }, Storage::Continuous) = (self.prior(), self.storage()) else {
            return sums.iter_mut().zip(us).for_each(|(sum, u)| *sum += self.log_prior(*u));
        };
        add_log_normal(us, *mean, *std, self.log_constant(), sums);
    }

    /// The quantile `q` of the prior kernel as a unit coordinate.
    pub fn prior_quantile(&self, q: f64) -> f64 {
        self.snap(self.prior().quantile(q))
    }
}

for_every_kernel! {
    /// Adds [`Dimension::log_prior`] of a normal, without a distinction of priors at every point.
    fn add_log_normal(us: &[f64], mean: f64, std: f64, constant: f64, sums: &mut [f64]) {
        for (sum, u) in sums.iter_mut().zip(us) {
            let z = (u - mean) / std;
            *sum += constant - 0.5 * z * z;
        }
    }
}

fn histogram_mass(edges: &[f64], masses: &[f64], (left, right): (f64, f64)) -> f64 {
    let share = |(bin, mass): (usize, &f64)| {
        let overlap = right.min(edges[bin + 1]) - left.max(edges[bin]);
        mass * overlap.max(0.0) / (edges[bin + 1] - edges[bin])
    };
    masses.iter().enumerate().map(share).sum()
}
