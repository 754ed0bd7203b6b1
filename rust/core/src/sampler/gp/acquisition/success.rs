//! The probability that a trial does not fail.
//!
//! Least-squares classification (Rasmussen and Williams 2006, section 6.5): a Gaussian process is fitted to labels, -1
//! for a success and +1 for a failure. With its mean `m` and variance `s2` at a point,
//!
//! ```text
//! P(ok) = Phi(-(m + 1/2) / sqrt(s2 + 0.05)),    and 2 ln P(ok) is added to the acquisition value of the objectives
//! ```
//!
//! The offset of 1/2 and the factor of 2 make the search cautious: a failed trial costs as much as a successful one and
//! is less informative, so a point should be likely to succeed. (Without them, half of all suggestions would fail
//! wherever the loss decreases towards the border of a failing region.) Deep inside a region that always fails, `m` is
//! 1 with little uncertainty, so that no improvement of the loss outweighs it. Far from all trials `m` returns to the
//! mean of the labels, so that unknown regions are as likely to fail as the trials were. (Measured:
//! `benches/results/failing.md`.)
//!
//! The labels have their own hyperparameters, because the lengthscales of failures are unrelated to those of the loss.
//! Fit and model use standardized labels, as the priors require: the mean is subtracted, and the unit is their standard
//! deviation `2 sqrt(p (1 - p))` for a share `p` of failures.

use crate::acquisition::improvement::log_chance;
use crate::model::gp::{GaussianProcess, GradientQuery, Prediction, PredictionWithGradient};
use crate::numerics::normal::log_ndtr;
use crate::sampler::failures::LATEST;
use crate::sampler::gp::constraints::{CAUTIOUS, SOFTNESS, WEIGHT};
use crate::sampler::gp::hyperparameter_cache::{HyperparameterCache, Observed, Quantity};
use crate::sampler::gp::surrogate::Surrogate;
use crate::sampler::ranking::best_first_by_values;
use crate::sampler::rows::{Rows, merged};
use crate::sampler::{Context, SuggestError};

/// The fitted classifier.
pub(in crate::sampler::gp) struct FailureClassifier<'a> {
    model: &'a GaussianProcess,
    /// Mean and standard deviation of the labels, the origin and the unit of the model.
    mean: f64,
    scale: f64,
}

impl<'a> FailureClassifier<'a> {
    /// Fits the classifier to the observations of the surrogate and the latest failures. Returns `None` if no trial
    /// failed, or if the covariance cannot be factored; all points then count as feasible.
    pub(in crate::sampler::gp) fn fit(
        cache: &'a mut HyperparameterCache,
        surrogate: &Surrogate<'_>,
        context: &Context<'_>,
    ) -> Result<Option<Self>, SuggestError> {
        let Rows { measured, failed, .. } = &surrogate.trials;
        if failed.is_empty() {
            return Ok(None);
        }
        let (ranked, standardized) =
            (|rows: &[usize]| best_first(context, rows), |rows: &[usize]| standardized(context, rows));
        let quantity = Quantity::other(context, &standardized, &ranked);
        let theta = cache.hyperparameters(&quantity, &merged(measured, failed))?;
        let rows = merged(&surrogate.rows, &failed[failed.len().saturating_sub(LATEST)..]);
        let (mean, scale) = mean_and_std(&labels(context, &rows));
        let model = cache.model(&quantity, theta, &rows, &[]);
        Ok(model.map(|model| Self { model, mean, scale }))
    }

    /// `2 ln P(ok)` at every point.
    pub(in crate::sampler::gp) fn logs(&self, points: &[Vec<f64>]) -> Vec<f64> {
        self.model.predict(points).iter().map(|p| WEIGHT * log_ndtr(self.distance(p).0)).collect()
    }

    /// `2 ln P(ok)` at a few points and its gradients.
    pub(in crate::sampler::gp) fn logs_with_gradient(&self, queries: &[GradientQuery<'_>]) -> Vec<(f64, Vec<f64>)> {
        self.model.predict_with_gradient(queries).iter().map(|at| self.log_with_gradient(at)).collect()
    }

    /// `2 ln P(ok)` and its gradient.
    fn log_with_gradient(&self, at: &PredictionWithGradient) -> (f64, Vec<f64>) {
        let (t, spread) = self.distance(&at.prediction);
        let (log, hazard) = log_chance(t);
        let slope = |(m, v): (&f64, &f64)| {
            let (m, v) = (self.scale * m, self.scale * self.scale * v);
            WEIGHT * hazard * (-m / spread - t * v / (2.0 * spread * spread))
        };
        (WEIGHT * log, at.mean_gradient.iter().zip(&at.variance_gradient).map(slope).collect())
    }

    /// `t = -(m + 1/2) / sqrt(s2 + softness)` and its denominator.
    fn distance(&self, p: &Prediction) -> (f64, f64) {
        let spread = (self.scale * self.scale * p.variance + SOFTNESS).sqrt();
        ((CAUTIOUS - self.mean - self.scale * p.mean) / spread, spread)
    }
}

/// Standardized labels of the given trials.
fn standardized(context: &Context<'_>, rows: &[usize]) -> Observed {
    let labels = labels(context, rows);
    let (mean, std) = mean_and_std(&labels);
    Observed::of(labels.iter().map(|label| (label - mean) / std).collect())
}

/// The mean and the standard deviation of labels, which is taken as 1 if all are equal.
fn mean_and_std(labels: &[f64]) -> (f64, f64) {
    let mean = labels.iter().sum::<f64>() / labels.len() as f64;
    (mean, if mean.abs() < 1.0 { (1.0 - mean * mean).sqrt() } else { 1.0 })
}

fn labels(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| if context.history.is_measured(*row) { -1.0 } else { 1.0 }).collect()
}

/// Indices of trials from the best to the worst; failures come last.
fn best_first(context: &Context<'_>, rows: &[usize]) -> Vec<usize> {
    let (measured, failed): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|i| context.history.is_measured(rows[*i]));
    let order = best_first_by_values(context.history, &measured.iter().map(|i| rows[*i]).collect::<Vec<_>>());
    order.into_iter().map(|i| measured[i]).chain(failed).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::gp::surrogate;
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Calls `test` with the classifier after `n` trials of two numbers, of which those with `fails` failed.
    fn after(n: usize, fails: impl Fn(f64, f64) -> bool, test: impl Fn(&FailureClassifier<'_>)) {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let mut history = History::new(2, 1);
        let mut stream = Stream::new(1, 0, Purpose::Suggest, 0);
        for row in 0..n {
            let (x, y) = (stream.uniform(), stream.uniform());
            history.push(&space, &Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]), Origin::Random);
            finish(&mut history, row, (!fails(x, y)).then_some(x - y));
        }
        with_context(&space, &history, n as u64, |context| {
            let (mut models, mut failures) = (surrogate::ModelCaches::default(), HyperparameterCache::default());
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            test(&FailureClassifier::fit(&mut failures, &surrogate, context).unwrap().unwrap());
        });
    }

    #[test]
    fn slopes_equal_differences() {
        let query = |point: &[f64]| (point.to_vec(), vec![0usize, 1]);
        after(
            40,
            |x, _| x > 0.5,
            |chance| {
                for (x, y) in [(0.2, 0.3), (0.48, 0.7), (0.55, 0.1), (0.9, 0.9)] {
                    let (point, coordinates) = query(&[x, y]);
                    let computed =
                        &chance.logs_with_gradient(&[GradientQuery { point: &point, coordinates: &coordinates }])[0];
                    assert!((computed.0 - chance.logs(std::slice::from_ref(&point))[0]).abs() < 1e-12);
                    for j in 0..2 {
                        let moved = |step: f64| {
                            let mut moved = point.clone();
                            moved[j] += step;
                            moved
                        };
                        let around = chance.logs(&[moved(1e-6), moved(-1e-6)]);
                        let difference = (around[0] - around[1]) / 2e-6;
                        assert!((computed.1[j] - difference).abs() < 1e-5 * (1.0 + difference.abs()), "{x} {y} {j}");
                    }
                }
            },
        );
    }

    /// Failures that do not depend on a parameter generalize along this parameter, also if the first one occurred after
    /// trial 64.
    #[test]
    fn failures_generalize_along_irrelevant_parameters() {
        for n in [40, 90] {
            let first = std::cell::Cell::new(0);
            let fails = |x: f64, _: f64| {
                first.set(first.get() + 1);
                x > 0.7 && (n == 40 || first.get() > 64)
            };
            after(n, fails, |chance| {
                let column = |x: f64| (0..=10).map(|i| vec![x, f64::from(i) / 10.0]).collect::<Vec<_>>();
                let (inside, outside) = (chance.logs(&column(0.95)), chance.logs(&column(0.2)));
                let worst = |logs: &[f64]| logs.iter().copied().fold(0.0, f64::min);
                let best = inside.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert!(best < worst(&outside), "{n}: {inside:?} {outside:?}");
            });
        }
    }
}
