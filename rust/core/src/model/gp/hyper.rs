//! The hyperparameters as one vector of logarithms, their bounds and their prior.
//!
//! `theta = (ln l_1 .. ln l_d, ln h_j for every conditional j, ln s2, ln v)`. The prior is a density in `l`, `h` and
//! `s2` (not in their logarithms) and log-normal in `v`; the maximum is taken of that density, without a Jacobian:
//!
//! ```text
//! ln p = sum_j (2 ln l'_j - 6 l'_j) + sum_j (ln h_j - 4 h_j) + (ln s2 - 0.15 s2) - (ln v + 6)^2 / 18
//! l'_j = l_j / sqrt(max(1, a / 4)),   a the number of active parameters of an observation, on average
//! ```
//!
//! that is Gamma(3, 6) for `l'`, Gamma(2, 4) for `h`, Gamma(2, 0.15) for `s2`. Lengthscales grow with the square root
//! of the number of parameters because distances do (Hvarfner et al. 2024). Taking a log-normal prior's maximum in `ln
//! l` instead would favour lengthscales several times too long (`without_data_the_fit_is_the_mode_of_the_prior`).

use super::inputs::Inputs;
use crate::numerics::{exp, ln};

/// Which hyperparameters there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Position of `ln h_j` in `theta`, for conditional parameters.
    heights: Vec<Option<usize>>,
    len: usize,
    /// What typical lengthscales are multiplied with.
    scale: f64,
}

/// The hyperparameters in their own scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperparameters {
    /// `l_j`, in unit coordinates.
    pub lengthscales: Vec<f64>,
    /// `h_j`; 0 for parameters that are always active.
    pub heights: Vec<f64>,
    /// Signal variance.
    pub s2: f64,
    /// Noise variance.
    pub noise: f64,
}

impl Layout {
    /// One lengthscale per parameter and one height per conditional one.
    pub fn of(inputs: &Inputs) -> Self {
        let mut len = inputs.columns().len();
        let mut place = |conditional: &bool| {
            conditional.then(|| {
                len += 1;
                len - 1
            })
        };
        let heights = inputs.conditional().iter().map(&mut place).collect();
        Self { heights, len: len + 2, scale: (inputs.n_active() / 4.0).max(1.0).sqrt() }
    }
    /// Length of `theta`.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Never: there are always a signal and a noise variance.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Number of parameters.
    pub(super) fn d(&self) -> usize {
        self.heights.len()
    }
    /// Position of `ln h_j`.
    pub(super) fn height(&self, j: usize) -> Option<usize> {
        self.heights[j]
    }
    /// Position of `ln s2`; `ln v` follows.
    pub(super) fn signal(&self) -> usize {
        self.len - 2
    }

    /// Where a fit starts: `l = 0.4 sqrt(max(1, a / 4))`, `h = 0.5`, `s2 = 1`, `v = e^-4`.
    pub fn start(&self) -> Vec<f64> {
        let mut theta = vec![ln(0.5); self.len];
        theta[..self.d()].fill(ln(0.4 * self.scale));
        theta[self.signal()] = 0.0;
        theta[self.signal() + 1] = -4.0;
        theta
    }

    /// The modes of the priors: `l' = 1/3`, `h = 1/4`, `s2 = 1 / 0.15`, `v = e^-6`.
    pub(super) fn modes(&self) -> Vec<f64> {
        let mut theta = vec![ln(0.25); self.len];
        theta[..self.d()].fill(ln(self.scale / 3.0));
        theta[self.signal()] = -ln(0.15);
        theta[self.signal() + 1] = -6.0;
        theta
    }

    /// `l` in `[0.01, 1000]`, `h` in `[0.01, 2]`, `ln s2` in `[-6, 5]`, `v` in `[1e-6, 1.6]`.
    pub fn bounds(&self) -> Vec<(f64, f64)> {
        let mut bounds = vec![(ln(0.01), ln(2.0)); self.len];
        bounds[..self.d()].fill((ln(0.01), ln(1000.0)));
        bounds[self.signal()] = (-6.0, 5.0);
        bounds[self.signal() + 1] = (ln(1e-6), ln(1.6));
        bounds
    }

    /// `ln p(theta)` up to a constant; its gradient is subtracted from `gradient`.
    pub fn log_prior(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut total = 0.0;
        for j in 0..self.d() {
            let l = exp(theta[j]) / self.scale;
            total += 2.0 * ln(l) - 6.0 * l;
            gradient[j] -= 2.0 - 6.0 * l;
        }
        for position in self.heights.iter().flatten() {
            let h = exp(theta[*position]);
            total += theta[*position] - 4.0 * h;
            gradient[*position] -= 1.0 - 4.0 * h;
        }
        let (signal, noise) = (self.signal(), self.signal() + 1);
        let (s2, off) = (exp(theta[signal]), theta[noise] + 6.0);
        gradient[signal] -= 1.0 - 0.15 * s2;
        gradient[noise] += off / 9.0;
        total + theta[signal] - 0.15 * s2 - off * off / 18.0
    }

    /// From logarithms to the hyperparameters' own scale.
    pub fn unpack(&self, theta: &[f64]) -> Hyperparameters {
        Hyperparameters {
            lengthscales: theta[..self.d()].iter().map(|t| exp(*t)).collect(),
            heights: self.heights.iter().map(|p| p.map_or(0.0, |p| exp(theta[p]))).collect(),
            s2: exp(theta[self.signal()]),
            noise: exp(theta[self.signal() + 1]),
        }
    }
}
