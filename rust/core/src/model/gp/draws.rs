//! Draws of noise, signal and common lengthscale from their posterior distribution.
//!
//! A few noisy values may be explained by a wiggly function nearly as well as by a smooth one with noise. The model at
//! the maximum of the density has chosen one of these explanations, and is too sure. The average over draws is not
//! (measured: `benches/results/model.md`).
//!
//! *Slice sampling* (Neal 2003): each sweep moves along the lines
//!
//! ```text
//! ln v + t;    ln s2 + t;    ln l_j + t for all j
//! ```
//!
//! one after the other. A level is drawn below the density at the current point. An interval around this point is stepped
//! out until its ends lie below the level, or until the steps are used up; a limited number of steps is split between
//! both sides at random. Points of the interval are drawn until one lies above the level; each that does not becomes an
//! end.
//! The density is that of the hyperparameters' logarithms, so the Jacobian is added to the log posterior.
//!
//! The ratios of the lengthscales, the heights and the shears stay those of the maximum. Draws of all of them took
//! longer, and intervals were no better. The chain therefore samples the posterior distribution given these. This suits
//! a sparse fit badly, in which most lengthscales lie at their upper bound: a common factor could only shorten them.

use super::FitError;
use super::fit::{Objective, Workspace};
use super::hyperparameters::{Form, Layout, Theta};
use super::if_factored;
use super::observations::Observations;
use super::predict::GaussianProcess;
use crate::numerics::{Stream, ln};

/// Number of sweeps before the first draw. The chain starts at the maximum. How many sweeps it takes to forget this start
/// is not measured. Changes no suggestion.
const BURN_IN: usize = 4;
/// Widths of the first intervals, in nats, about the posterior standard deviations. Others give the same
/// distribution (Neal 2003) after other numbers of steps. Changes no suggestion.
const WIDTHS: [f64; 3] = [4.0, 1.5, 1.5];
/// Largest number of widths of an interval: 32 nats for the noise and 12 for the others. Any number gives the same
/// distribution (Neal 2003); a sweep moves no farther than this. Changes no suggestion.
const MAX_STEPS: usize = 8;
/// Largest number of points drawn from an interval; each of them shortens it. After these the chain stays where it is.
/// Changes no suggestion.
const MAX_POINTS: usize = 30;

impl GaussianProcess {
    /// `k` models of the same observations, one after each sweep. Takes about `20 (k + 4)` evaluations of the posterior
    /// density, each of `n^3 / 6` operations for `n` observations. The model must have no pending points and not be
    /// sparse.
    ///
    /// # Errors
    /// Returns [`FitError::Interrupted`] if interrupted, or another [`FitError`] if a covariance cannot be factored.
    pub fn draws(&self, k: usize, stream: &mut Stream, interrupted: &dyn Fn() -> bool) -> Result<Vec<Self>, FitError> {
        debug_assert_eq!(self.y.len(), self.inputs.len(), "pending points have no values");
        debug_assert_ne!(self.theta.form(), Form::Sparse, "the lengthscales of a sparse fit do not move together");
        let residuals = self.residuals(&self.y);
        let layout = Layout::new(&self.inputs, self.theta.form());
        let data = Observations { inputs: &self.inputs, y: &residuals, known_noise: &self.known_noise };
        let mut chain = Chain::new(Objective { data, layout: &layout }, &self.theta, interrupted)?;
        for _ in 0..BURN_IN {
            chain.sweep(stream)?;
        }
        let drawn = |_| {
            chain.sweep(stream)?;
            let theta = Theta::new(self.theta.form(), chain.at.clone());
            let mut model = Self::with_unless(self.inputs.clone(), theta, &self.y, &self.known_noise, interrupted)?;
            model.set_prior_mean(self.prior_mean.clone());
            Ok(model)
        };
        (0..k).map(drawn).collect()
    }
}

/// A Markov chain whose stationary distribution is the posterior distribution given what stays as it is.
struct Chain<'a> {
    objective: Objective<'a>,
    work: Workspace,
    bounds: Vec<(f64, f64)>,
    /// The positions in `theta` that move together, for each line.
    lines: [Vec<usize>; 3],
    interrupted: &'a dyn Fn() -> bool,
    /// The current `theta`, and its log density.
    at: Vec<f64>,
    log_density: f64,
}

impl<'a> Chain<'a> {
    fn new(objective: Objective<'a>, theta: &Theta, interrupted: &'a dyn Fn() -> bool) -> Result<Self, FitError> {
        let layout = objective.layout;
        let bounds = layout.bounds();
        let at: Vec<f64> = theta.iter().zip(&bounds).map(|(t, (low, high))| t.clamp(*low, *high)).collect();
        let lines = [vec![layout.signal() + 1], vec![layout.signal()], (0..layout.d()).collect()];
        let work = Workspace::new(objective.data.inputs.len());
        let mut chain = Self { objective, work, bounds, lines, interrupted, at, log_density: f64::NEG_INFINITY };
        chain.log_density = chain.log_density_at(0, 0.0)?;
        Ok(chain)
    }

    fn sweep(&mut self, stream: &mut Stream) -> Result<(), FitError> {
        (0..self.lines.len()).try_for_each(|line| self.move_along(line, stream))
    }

    /// Moves to a point of the slice along a line.
    fn move_along(&mut self, line: usize, stream: &mut Stream) -> Result<(), FitError> {
        let level = self.log_density + ln(stream.uniform().max(f64::MIN_POSITIVE));
        let width = WIDTHS[line];
        let mut low = -width * stream.uniform();
        let mut high = low + width;
        let below = ((MAX_STEPS as f64 * stream.uniform()) as usize).min(MAX_STEPS - 1);
        low = self.stepped_out(line, low, -width, level, below)?;
        high = self.stepped_out(line, high, width, level, MAX_STEPS - 1 - below)?;
        for _ in 0..MAX_POINTS {
            let t = low + (high - low) * stream.uniform();
            let log_density = self.log_density_at(line, t)?;
            if log_density > level {
                (self.at, self.log_density) = (self.moved(line, t), log_density);
                return Ok(());
            }
            *(if t < 0.0 { &mut low } else { &mut high }) = t;
        }
        Ok(())
    }

    /// The end of the interval after at most `steps` of a width: the first end that lies below the level.
    fn stepped_out(
        &mut self,
        line: usize,
        mut end: f64,
        width: f64,
        level: f64,
        steps: usize,
    ) -> Result<f64, FitError> {
        for _ in 0..steps {
            if self.log_density_at(line, end)? <= level {
                break;
            }
            end += width;
        }
        Ok(end)
    }

    fn moved(&self, line: usize, t: f64) -> Vec<f64> {
        let mut theta = self.at.clone();
        self.lines[line].iter().for_each(|position| theta[*position] += t);
        theta
    }

    /// The log density at a point of a line, up to a constant; minus infinity outside of the bounds, and if the covariance
    /// cannot be factored.
    fn log_density_at(&mut self, line: usize, t: f64) -> Result<f64, FitError> {
        let theta = self.moved(line, t);
        if theta.iter().zip(&self.bounds).any(|(t, (low, high))| t < low || t > high) {
            return Ok(f64::NEG_INFINITY);
        }
        let value = if_factored(self.objective.value(&mut self.work, &theta, self.interrupted))?;
        Ok(value.map_or(f64::NEG_INFINITY, |value| self.objective.layout.log_jacobian(&theta) - value))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::model::gp::{Column, Inputs};
    use crate::numerics::Purpose;

    fn stream(seed: u64) -> Stream {
        Stream::new(seed, 0, Purpose::Hyperparameters, 0)
    }

    /// A model of a wave at `n` points of a line, with noise.
    fn model(n: usize, noise: f64, seed: u64) -> GaussianProcess {
        let mut stream = stream(1000 + seed);
        let x: Vec<f64> = (0..n).map(|_| stream.uniform()).collect();
        let y: Vec<f64> = x.iter().map(|x| libm::sin(6.0 * x) + noise * stream.normal()).collect();
        let inputs = Inputs::new(vec![Column::Numeric(x)], vec![false]);
        GaussianProcess::fit(inputs, &y, &vec![0.0; n], &|| false).unwrap()
    }

    /// `ln v` is normal with mean -6 and standard deviation 3, cut at `ln 1e-6` and `ln 1.6`: its mean is -6.08. `s2` has
    /// the mean `2 / 0.15`. The mean of `ln l` under the half-t prior, by integration, is -0.10; without the Jacobian it
    /// would be below -1.
    #[test]
    fn without_data_the_draws_follow_the_prior() {
        let inputs = Inputs::new(vec![Column::Numeric(Vec::new())], vec![false]);
        let start = Layout::of(&inputs).start();
        let none = GaussianProcess::with(inputs, start, &[], &[]).unwrap();
        let draws = none.draws(4000, &mut stream(3), &|| false).unwrap();
        let mean = |of: &dyn Fn(&GaussianProcess) -> f64| draws.iter().map(of).sum::<f64>() / draws.len() as f64;
        let log_noise = mean(&|draw| ln(draw.hyperparameters().noise_variance));
        assert!((log_noise + 6.08).abs() < 0.3, "{log_noise}");
        let log_length = mean(&|draw| ln(draw.hyperparameters().lengthscales[0]));
        assert!((log_length + 0.10).abs() < 0.15, "{log_length}");
        let signal = mean(&|draw| draw.hyperparameters().signal_variance);
        assert!((signal / (2.0 / 0.15) - 1.0).abs() < 0.1, "{signal}");
    }

    /// The draws of a few values differ, and those of many agree with the noise there is.
    #[test]
    fn more_values_leave_less_doubt_about_the_noise() {
        let spread = |n: usize| {
            let drawn = model(n, 0.3, 1).draws(60, &mut stream(2), &|| false).unwrap();
            let mut noise: Vec<f64> = drawn.iter().map(|draw| draw.hyperparameters().noise_variance.sqrt()).collect();
            noise.sort_by(f64::total_cmp);
            (noise[5], noise[54])
        };
        let (few, many) = (spread(8), spread(100));
        assert!(few.1 / few.0 > 3.0 && many.1 / many.0 < 1.6, "{few:?} {many:?}");
        assert!(many.0 > 0.2 && many.1 < 0.4, "{many:?}");
    }

    #[test]
    fn draws_are_reproducible_and_can_be_interrupted() {
        let model = model(12, 0.1, 4);
        let thetas = |seed| -> Vec<Theta> {
            let drawn = model.draws(5, &mut stream(seed), &|| false).unwrap();
            drawn.iter().map(|draw| draw.theta().clone()).collect()
        };
        assert_eq!(thetas(7), thetas(7));
        assert_ne!(thetas(7), thetas(8));
        assert_eq!(model.draws(5, &mut stream(7), &|| true).unwrap_err(), FitError::Interrupted);
    }
}
