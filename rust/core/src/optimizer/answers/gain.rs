//! By how much the recommended configuration is better than the defaults.
//!
//! With a model, it is the difference under the joint posterior of both ([`Noisy::gain`]). Otherwise let `d` be the
//! difference of the means of all runs of both (paired on shared folds), `s^2` its variance by the pooled noise of a run
//! with `f` degrees of freedom, or by the told standard errors, and `tau^2` the variance between configurations: that of
//! their means, less the mean variance of the means, and at least a quarter of it. The recommended one was chosen because its runs were good, so `d`
//! flatters it. With independent `theta ~ N(mu, tau^2)` for each configuration, as in [`super::shrinkage`],
//!
//! ```text
//! B = 2 tau^2 / (2 tau^2 + s^2),   gain = B d,   variance = B s^2 f / (f - 2)
//! ```
//!
//! The last factor is the variance of Student's distribution, so that two standard errors hold about 95 % for few runs
//! too; `f` counts as at least 3. The probability is `P(T_f <= sqrt(B) d / s)`.
//! (Measured: `benches/results/model.md`, beside the alternatives.)

use super::comparison::Noise;
use super::shrinkage::by_configuration;
use crate::history::View;
use crate::numerics::{Pool, variance};
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Gain, Noisy};

/// Least `tau^2`, as a share of the variance of a mean: a gain that noise explains is small, and not known to be zero.
/// (Measured: `benches/results/model.md`.) Changes no suggestion.
const LEAST: f64 = 0.25;
/// Least degrees of freedom: Student's distribution has no variance with fewer. Changes no suggestion.
const FEWEST: u64 = 3;

impl Facts {
    /// By how much the first of the comparison is better than the defaults. `None` if it has them, if no result has them,
    /// and if nothing is known about the noise.
    pub(super) fn gain(
        &self,
        first: usize,
        view: View<'_>,
        model: Option<&Noisy>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Gain>, OptimizerError> {
        let Some(defaults) = self.space.default_configuration() else { return Ok(None) };
        let recommended = self.history.configuration(&self.space, first);
        let id = self.history.first_row(&defaults);
        let with_defaults = |row: &usize| self.configuration_of(*row) == id;
        let default = self.history.eligible().find(with_defaults).filter(|_| recommended != defaults);
        let Some(default) = default else { return Ok(None) };
        let pool = Pool::serial();
        let context = self.context(view, self.history.len() as u64, &pool, interrupted);
        let by_model = model.map_or(Ok(None), |model| model.gain(&context, [&recommended, &defaults]))?;
        let gain = by_model.or_else(|| self.gain_by_runs([first, default]));
        // There is no gain if the squares of the values overflow.
        Ok(gain.filter(|gain| gain.value.is_finite() && gain.sem.is_finite()))
    }

    fn gain_by_runs(&self, pair: [usize; 2]) -> Option<Gain> {
        let (difference, noise) = if let Some(difference) = self.on_folds(pair) {
            let noise = Noise::OfARun(difference.runs[0], difference.degrees?);
            (difference, noise)
        } else {
            let noise = self.noise();
            (self.of_means(pair, noise)?, noise)
        };
        let between = 2.0 * self.between(noise);
        let share = between / (between + difference.variance_now());
        let degrees = difference.degrees.map(|f| f.max(FEWEST) as f64);
        let factor = degrees.map_or(1.0, |f| f / (f - 2.0));
        // Without noise and without differences, the share is 0 / 0.
        let shrunk = difference.shrunk(if share.is_nan() { 1.0 } else { share });
        let sem = libm::sqrt(shrunk.variance_now() * factor);
        Some(Gain { value: shrunk.mean, sem, probability: shrunk.probability() })
    }

    /// `tau^2`.
    fn between(&self, noise: Noise) -> f64 {
        let rows: Vec<usize> = self.history.eligible().collect();
        let groups = by_configuration(&self.history, &self.space, &rows).into_iter();
        let mean = |group: Vec<usize>| self.mean_of(&group.iter().map(|i| rows[*i]).collect::<Vec<_>>(), noise);
        let (means, variances): (Vec<f64>, Vec<f64>) = groups.filter_map(mean).unzip();
        let n = means.len() as f64;
        let of_means = variances.iter().sum::<f64>() / n;
        (variance(&means) * n / (n - 1.0) - of_means).max(LEAST * of_means)
    }
}
