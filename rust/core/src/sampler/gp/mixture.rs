//! The posterior of an objective with hyperparameters that are not known exactly, for answers about finished trials.
//!
//! It is a mixture: the mean over draws of the hyperparameters ([`GaussianProcess::draws`]) of the normal posteriors that
//! they give. A suggestion uses the single model at the maximum instead, which takes a fraction of the time.

use super::hyperparameter_cache::unless_interrupted;
use super::surrogate::ObjectiveModel;
use crate::model::gp::{FitError, Form, GaussianProcess, Prediction};
use crate::numerics::normal::ndtr;
use crate::numerics::{Purpose, Stream};
use crate::sampler::{Context, SuggestError};

/// Number of draws. The standard error of a prediction is at least a quarter of its standard deviation over the draws;
/// an answer takes 16 times as long as with one model. Changes no suggestion.
const DRAWS: usize = 16;
/// Largest number of observations with draws. More leave little doubt, and a draw takes time that grows with their cube.
/// With more, answers use the model at the maximum alone. Changes no suggestion.
const MAX_OBSERVATIONS: usize = 128;
/// Error of a variance of a difference, as a share of the sum of both variances: the standard error of a difference of
/// dependent means is at least 1e-5 of theirs. Changes no suggestion.
const ROUNDING: f64 = 1e-10;
/// Number of bisections of a quantile, which leave less than a rounding error of the interval. Changes no suggestion.
const BISECTIONS: usize = 60;

/// Models of the same observations, without pending trials. Each counts equally.
#[derive(Clone, Debug)]
pub(crate) struct DrawnModels {
    models: Vec<GaussianProcess>,
}

impl DrawnModels {
    /// Of the model of an objective. Objectives share the random numbers, so their order changes nothing.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn of(objective: &ObjectiveModel<'_>, context: &Context<'_>) -> Result<Self, SuggestError> {
        let mut model = objective.model.clone();
        let n = objective.rows.len();
        model.truncate(n);
        let mut models = Vec::new();
        if n <= MAX_OBSERVATIONS && model.theta().form() != Form::Sparse {
            let mut stream = Stream::new(context.seed, n as u64, Purpose::Hyperparameters, 0);
            models = unless_interrupted(model.draws(DRAWS, &mut stream, context.interrupted))?.unwrap_or_default();
        }
        if models.is_empty() {
            models.push(model);
        }
        Ok(Self { models })
    }

    /// The point of an observation.
    pub(super) fn point(&self, observation: usize) -> Vec<f64> {
        self.models[0].inputs().point(observation)
    }

    /// The mean of a function of the models.
    fn average(&self, of: impl Fn(&GaussianProcess) -> f64) -> f64 {
        self.models.iter().map(of).sum::<f64>() / self.models.len() as f64
    }

    /// Variance of the noise of one value.
    pub(super) fn noise_variance(&self) -> f64 {
        self.average(GaussianProcess::noise_variance)
    }

    /// The mean share of noise in the variance of values whose noise-free variance is `spread`.
    pub(super) fn noise_share_of(&self, spread: f64) -> f64 {
        self.average(|model| model.noise_variance() / (model.noise_variance() + spread))
    }

    /// For each point, the prediction of every model; `None` if a covariance cannot be factored.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn components(
        &self,
        points: &[Vec<f64>],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Components>>, SuggestError> {
        let predicted = self.each(|model| model.predict_many(points, interrupted))?;
        let at = |all: &Vec<Vec<Prediction>>, i: usize| Components(all.iter().map(|of_model| of_model[i]).collect());
        Ok(predicted.map(|all| (0..points.len()).map(|i| at(&all, i)).collect()))
    }

    /// The means of two points, and their covariances.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn joint(
        &self,
        pair: &[Vec<f64>; 2],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Joint>, SuggestError> {
        let Some(all) = self.each(|model| model.joint(pair, interrupted))? else { return Ok(None) };
        let average = |of: &dyn Fn(usize) -> f64| (0..all.len()).map(of).sum::<f64>() / all.len() as f64;
        let means = [0, 1].map(|i| average(&|d| all[d].0[i]));
        let between = |i: usize, k: usize| average(&|d| (all[d].0[i] - means[i]) * (all[d].0[k] - means[k]));
        let within = |i: usize, k: usize| average(&|d| all[d].1.at(i.max(k), i.min(k)));
        Ok(Some(Joint { means, covariance: [0, 1].map(|i| [0, 1].map(|k| within(i, k) + between(i, k))) }))
    }

    /// Joint draws of the noise-free function at some points: equally many from each model, and at least `n`.
    ///
    /// # Errors
    /// [`SuggestError::Interrupted`].
    pub(super) fn sample(
        &self,
        points: &[Vec<f64>],
        n: usize,
        stream: &mut Stream,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Vec<f64>>>, SuggestError> {
        let share = n.div_ceil(self.models.len());
        let drawn = self.each(|model| model.sample(points, share, stream, interrupted))?;
        Ok(drawn.map(|all| all.into_iter().flatten().collect()))
    }

    /// What is asked of every model; `None` if a covariance cannot be factored.
    fn each<T>(
        &self,
        mut of: impl FnMut(&GaussianProcess) -> Result<T, FitError>,
    ) -> Result<Option<Vec<T>>, SuggestError> {
        self.models.iter().map(|model| unless_interrupted(of(model))).collect()
    }
}

/// The joint posterior of two points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joint {
    pub(crate) means: [f64; 2],
    pub(crate) covariance: [[f64; 2]; 2],
}

/// The variance of the difference of two numbers by their covariances. Those of dependent numbers may be so close that
/// the rounding exceeds it; it is therefore at least [`ROUNDING`] times the sum of both variances.
pub(crate) fn variance_of_difference([[a, b], [_, d]]: [[f64; 2]; 2]) -> f64 {
    (a + d - 2.0 * b).max(if b == 0.0 { 0.0 } else { ROUNDING * (a + d) })
}

/// The predictions of all models at one point.
#[derive(Clone, Debug)]
pub(super) struct Components(Vec<Prediction>);

impl Components {
    /// Mean and variance of the mixture: the variance is the mean of the variances plus the variance of the means.
    pub(super) fn moments(&self) -> Prediction {
        let average = |of: &dyn Fn(&Prediction) -> f64| self.0.iter().map(of).sum::<f64>() / self.0.len() as f64;
        let mean = average(&|at| at.mean);
        Prediction { mean, variance: average(&|at| at.variance + (at.mean - mean) * (at.mean - mean)) }
    }

    /// The median, and the quantiles that lie one standard deviation below and above that of a normal distribution.
    pub(super) fn median_and_deviations(&self) -> [f64; 3] {
        [0.5, ndtr(-1.0), ndtr(1.0)].map(|p| self.quantile(p))
    }

    /// The value below which the share `p` of the mixture lies, by bisection.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        let ends = |sign: f64| self.0.iter().map(move |at| at.mean + sign * 9.0 * at.variance.sqrt());
        let (mut low, mut high) =
            (ends(-1.0).fold(f64::INFINITY, f64::min), ends(1.0).fold(f64::NEG_INFINITY, f64::max));
        let below = |x: f64| self.0.iter().map(|at| ndtr((x - at.mean) / at.variance.sqrt())).sum::<f64>();
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (low + high);
            *(if below(middle) < p * self.0.len() as f64 { &mut low } else { &mut high }) = middle;
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::normal::ndtri;

    fn components(all: &[(f64, f64)]) -> Components {
        Components(all.iter().map(|(mean, std)| Prediction { mean: *mean, variance: std * std }).collect())
    }

    #[test]
    fn quantiles_of_one_component_are_those_of_a_normal_distribution() {
        let one = components(&[(3.0, 0.5)]);
        for p in [0.001, 0.025, 0.5, 0.975] {
            assert!((one.quantile(p) - (3.0 + 0.5 * ndtri(p))).abs() < 1e-9, "{p}");
        }
    }

    #[test]
    fn a_mixture_is_as_wide_as_its_parts_and_their_distance() {
        let two = components(&[(-1.0, 0.1), (1.0, 0.3)]);
        let moments = two.moments();
        assert!(moments.mean.abs() < 1e-12 && (moments.variance - 1.05).abs() < 1e-12);
        assert!((two.quantile(0.25) + 1.0).abs() < 1e-6 && (two.quantile(0.75) - 1.0).abs() < 1e-6);
    }
}
