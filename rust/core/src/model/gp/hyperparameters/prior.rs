//! The prior of the hyperparameters.
//!
//! It is a density in `l`, `h` and `s2` (not in their logarithms), log-normal in `v` and normal in the shears. The fit
//! maximizes this density, without a Jacobian:
//!
//! ```text
//! ln p = 2 sum_j ln(l'_j / (1 + 9 l'_j^2)) + sum_j (ln h_j - 4 h_j) + (ln s2 - 0.15 s2) - (ln v + 6)^2 / 18
//!        - sum_ji a_ji^2 / 2
//! l'_j = l_j / sqrt(max(1, k / 4)),   k the mean number of active parameters of an observation
//! ```
//!
//! These are Gamma(2, 4) for `h`, Gamma(2, 0.15) for `s2`, and a half-t distribution with three degrees of freedom and
//! scale `sqrt(3)` for `1 / l'`. Many parameters matter only for some objectives and constraints, and the tail lets a
//! fit find out which: `l' = 10` costs 5 nats, where a gamma density of the same mode costs 51. If a model wrongly takes
//! a parameter to matter, it expects improvements far from all trials, where there are none.
//!
//! Other densities are Gamma(2, 1) for unordered parameters in spaces where most parameters are unordered
//! (`Gamma::AMONG_CHOICES`), a density of `l^-2` if a few of many numbers explain the values (`sparse`), and
//! Gamma(3, 1.5) if a smooth function with noise does (`smooth`).
//!
//! Lengthscales grow with the square root of the number of parameters because distances do (Hvarfner et al. 2024).
//! Leaving out inactive parameters is our own addition and changes nothing in spaces without conditions. Maximizing the
//! density in `ln l` instead would favour lengthscales several times too long
//! (`without_data_the_fit_is_the_mode_of_the_prior`).

use super::layout::{Layout, PerKind};
use crate::numerics::{exp, ln};

/// The rate of the density of `s2`. (Measured: `benches/results/archive/model.md`.)
pub(in crate::model::gp) const SIGNAL_RATE: f64 = 0.15;

/// `-ln p(v)` up to a constant, as a function of `ln v`, and its first two derivatives.
pub(in crate::model::gp) fn negative_log_prior_of_noise(log_variance: f64) -> [f64; 3] {
    let off = log_variance + 6.0;
    [off * off / 18.0, off / 9.0, 1.0 / 9.0]
}

impl Layout {
    /// The modes of the priors: `l' = 1/3` or `p / q` (the upper bound of `l` for a half-Cauchy prior, which has no mode),
    /// `h = 1/4`, `s2 = 1 / 0.15`, `v = e^-6`. Follows from the densities.
    pub(in crate::model::gp) fn modes(&self) -> Vec<f64> {
        let modes = PerKind { length: 0.0, height: ln(0.25), shear: 0.0, signal: -ln(SIGNAL_RATE), noise: -6.0 };
        let mut modes = self.filled(&modes);
        for (mode, prior) in modes.iter_mut().zip(&self.lengthscale_priors) {
            *mode = ln(self.scale * prior.mode());
        }
        modes
    }

    /// The maximum of `ln p`.
    pub(in crate::model::gp) fn log_prior_at_modes(&self) -> f64 {
        self.log_prior(&self.modes(), &mut vec![0.0; self.len])
    }

    /// `ln |d q / d theta|` up to a constant, where `q` are the variables of the density: the lengthscales, the heights
    /// and the signal variance themselves, and `theta` for the noise and the shears.
    pub(in crate::model::gp) fn log_jacobian(&self, theta: &[f64]) -> f64 {
        let of_heights: f64 = self.heights.iter().flatten().map(|position| theta[*position]).sum();
        theta[..self.d()].iter().sum::<f64>() + of_heights + theta[self.signal()]
    }

    /// Returns `ln p(theta)` up to a constant and subtracts its gradient from `gradient`.
    pub fn log_prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut total = 0.0;
        for (j, prior) in self.lengthscale_priors.iter().enumerate() {
            let l = exp(theta[j]) / self.scale;
            total += prior.log_density(l);
            gradient[j] -= prior.slope(l);
        }
        for position in self.heights.iter().flatten() {
            let h = exp(theta[*position]);
            total += theta[*position] - 4.0 * h;
            gradient[*position] -= 1.0 - 4.0 * h;
        }
        for (_, _, position) in self.shears() {
            total -= 0.5 * theta[position] * theta[position];
            gradient[position] += theta[position];
        }
        let (signal, noise) = (self.signal(), self.signal() + 1);
        let (s2, of_noise) = (exp(theta[signal]), negative_log_prior_of_noise(theta[noise]));
        gradient[signal] -= 1.0 - SIGNAL_RATE * s2;
        gradient[noise] += of_noise[1];
        total + theta[signal] - SIGNAL_RATE * s2 - of_noise[0]
    }
}
