//! The normal search distribution and its update by a population.
//!
//! With mean `m`, step size `s` and shape `C = A A'`, points are `x = m + s A z`. Let `x_1 .. x_N` be a ranked
//! population, best first, `y_i = (x_i - m) / s`, and `y_w = sum over the better half w_i y_i`. The update is (Hansen
//! 2016, figure 6)
//!
//! ```text
//! m   <- m + s y_w
//! p_s <- (1 - c_s) p_s + sqrt(c_s (2 - c_s) mu_eff) A^-1 y_w
//! p_c <- (1 - c_c) p_c + h sqrt(c_c (2 - c_c) mu_eff) y_w,    h = 1 unless p_s is long
//! C   <- (1 + c_1 (1 - h) c_c (2 - c_c) - c_1 - c_mu sum w_i) C + c_1 p_c p_c' + c_mu sum w_i° y_i y_i'
//! s   <- s exp(c_s / d_s (|p_s| / E|N(0, I)| - 1))
//! ```
//!
//! where `w_i° = w_i` for positive weights and `w_i d / |A^-1 y_i|^2` for negative ones. Points are clipped to the unit
//! cube, so `y` is computed from the evaluated points and not from the draws.

use super::rates::Rates;
use super::shape::Shape;
use crate::numerics::linalg::{Matrix, dot};
use crate::numerics::{Stream, exp, ln};

/// Largest step size, the whole range. (Half and twice: `benches/results/constants.md`.)
const MAX_STEP: f64 = 1.0;

/// The distribution and its evolution paths.
#[derive(Clone, Debug)]
pub(super) struct Distribution {
    mean: Vec<f64>,
    step: f64,
    shape: Shape,
    step_path: Vec<f64>,
    shape_path: Vec<f64>,
    generations: i32,
    rates: Rates,
}

impl Distribution {
    pub(super) fn new(mean: Vec<f64>, step: f64, population: usize) -> Self {
        let d = mean.len();
        Self {
            shape: Shape::round(d),
            step_path: vec![0.0; d],
            shape_path: vec![0.0; d],
            generations: 0,
            rates: Rates::new(d, population, Shape::is_diagonal(d)),
            mean,
            step,
        }
    }

    /// Number of parameters.
    pub(super) fn n_parameters(&self) -> usize {
        self.mean.len()
    }

    /// Number of points of a generation.
    pub(super) fn population(&self) -> usize {
        self.rates.weights.len()
    }

    /// The largest standard deviation of a coordinate.
    pub(super) fn width(&self) -> f64 {
        self.step * self.shape.widest()
    }

    /// Draws a point, clipped to the unit cube.
    pub(super) fn draw(&self, stream: &mut Stream) -> Vec<f64> {
        let z: Vec<f64> = self.mean.iter().map(|_| stream.normal()).collect();
        self.step_from(&self.mean, &z)
    }

    /// `A^-1 (x - c) / s` of several points, a column each.
    pub(super) fn whitened_from(&self, c: &[f64], points: &[Vec<f64>]) -> Matrix {
        let mut columns = Matrix::from_fn(c.len(), points.len(), |i, j| (points[j][i] - c[i]) / self.step);
        self.shape.whiten(&mut columns);
        columns
    }

    /// `c + s A z`, clipped to the unit cube.
    pub(super) fn step_from(&self, c: &[f64], z: &[f64]) -> Vec<f64> {
        let steps = self.shape.stretched(z);
        c.iter().zip(steps).map(|(c, y)| (c + self.step * y).clamp(0.0, 1.0)).collect()
    }

    /// Updates the distribution by a population, best first. Returns `false` if the shape is no longer a covariance.
    pub(super) fn update(&mut self, ranked: &[Vec<f64>]) -> bool {
        let relative = |x: &Vec<f64>| x.iter().zip(&self.mean).map(|(x, m)| (x - m) / self.step).collect();
        let steps: Vec<Vec<f64>> = ranked.iter().map(relative).collect();
        let shift = self.weighted_shift(&steps);
        self.lengthen_paths(&shift);
        let sound = self.reshape(&steps);
        for (m, y) in self.mean.iter_mut().zip(&shift) {
            *m += self.step * y;
        }
        let excess = dot(&self.step_path, &self.step_path).sqrt() / self.rates.normal_length - 1.0;
        let growth = (self.rates.step_path / self.rates.damping * excess).min(1.0);
        self.step = (self.step * exp(growth)).min(MAX_STEP);
        self.generations += 1;
        sound
    }

    /// `y_w`.
    fn weighted_shift(&self, steps: &[Vec<f64>]) -> Vec<f64> {
        let mut shift = vec![0.0; self.mean.len()];
        for (w, y) in self.rates.weights.iter().zip(steps).filter(|(w, _)| **w > 0.0) {
            for (s, y) in shift.iter_mut().zip(y) {
                *s += w * y;
            }
        }
        shift
    }

    fn lengthen_paths(&mut self, shift: &[f64]) {
        let rates = &self.rates;
        let scale = (rates.step_path * (2.0 - rates.step_path) * rates.effective).sqrt();
        for (p, y) in self.step_path.iter_mut().zip(self.shape.whitened(shift)) {
            *p = (1.0 - rates.step_path) * *p + scale * y;
        }
        let scale = (rates.shape_path * (2.0 - rates.shape_path) * rates.effective).sqrt() * self.steadiness();
        for (p, y) in self.shape_path.iter_mut().zip(shift) {
            *p = (1.0 - self.rates.shape_path) * *p + scale * y;
        }
    }

    /// `h`: 0 while the step size is about to grow fast, so that the shape is not adapted to steps that are too short.
    fn steadiness(&self) -> f64 {
        let (d, kept) = (self.mean.len() as f64, 1.0 - self.rates.step_path);
        let forgotten = exp(2.0 * f64::from(self.generations + 1) * ln(kept));
        let length = dot(&self.step_path, &self.step_path).sqrt() / (1.0 - forgotten).sqrt();
        f64::from(u8::from(length < (1.4 + 2.0 / (d + 1.0)) * self.rates.normal_length))
    }

    fn reshape(&mut self, steps: &[Vec<f64>]) -> bool {
        let rates = &self.rates;
        let slack = (1.0 - self.steadiness()) * rates.shape_path * (2.0 - rates.shape_path);
        let total: f64 = rates.weights.iter().sum();
        let keep = 1.0 + rates.from_path * slack - rates.from_path - rates.from_population * total;
        let mut terms = vec![(rates.from_path, self.shape_path.clone())];
        for (w, y) in rates.weights.iter().zip(steps) {
            terms.push((rates.from_population * w * self.held_back(*w, y), y.clone()));
        }
        self.shape.update(keep, &terms)
    }

    /// The factor of a weight. It limits the effect of a negative weight to that of a step of typical length.
    fn held_back(&self, weight: f64, step: &[f64]) -> f64 {
        if weight >= 0.0 {
            return 1.0;
        }
        let whitened = self.shape.whitened(step);
        let squares = dot(&whitened, &whitened);
        if squares > 0.0 { step.len() as f64 / squares } else { 0.0 }
    }
}
