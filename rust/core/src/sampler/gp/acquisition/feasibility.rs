//! The chance that a trial does not fail.
//!
//! Least-squares classification (Rasmussen and Williams 2006, section 6.5): a Gaussian process over labels, -1 where a
//! trial ended well and +1 where it failed, with mean `m` and variance `s2` at a point, gives
//!
//! ```text
//! P(ok) = Phi(-(m + 1/2) / sqrt(s2 + 0.05)),    and 2 ln P(ok) is added to the merit of the objectives
//! ```
//!
//! The half that is added and the factor are caution: a failed trial costs as much as a good one and teaches less, so a
//! point has to look rather good than open (without either, half of all suggestions would fail wherever the loss falls
//! towards a border). Deep in a region that only ever fails `m` is 1 and certain, so that no promise of the loss
//! outweighs it; far from everything `m` returns to -1/2 and the chance is open.
//!
//! The labels have hyperparameters of their own: how far an end speaks for its neighbourhood, and along which
//! parameters, does not follow from how slowly the loss varies there. They are fitted to the labels about their mean
//! and in units of their deviation `2 sqrt(p (1 - p))`, where a share `p` failed, as the priors expect values; the
//! model is kept in that unit.

use crate::acquisition::feasibility::log_chance;
use crate::model::gp::{GaussianProcess, GradientQuery, Prediction, PredictionWithGradient};
use crate::numerics::normal::log_ndtr;
use crate::sampler::failures::LATEST;
use crate::sampler::gp::hyperparameter_cache::{HyperparameterCache, Observed, Quantity};
use crate::sampler::gp::surrogate::Surrogate;
use crate::sampler::gp::training_data::{self, TrialRows};
use crate::sampler::{Context, SuggestError};

/// Mean far from everything, and where the chance is a half.
const OPEN: f64 = -0.5;
/// Softness of the border: a deviation of a fifth, where labels lie two apart.
const SOFTNESS: f64 = 0.05;
/// How often `ln P(ok)` counts. Once, every third suggestion failed in a search whose best lies by a border, and twice,
/// every fifth, with losses as good (`test_where_the_memory_of_a_gpu_ends_is_learned`).
const WEIGHT: f64 = 2.0;

/// The fitted classifier.
pub(in crate::sampler::gp) struct FailureClassifier<'a> {
    model: &'a GaussianProcess,
    /// Label units per unit of the model.
    scale: f64,
}

impl<'a> FailureClassifier<'a> {
    /// `None` if no trial failed, or if the labels cannot be factored, which leaves every point its chance. The model
    /// stands on the observations of the others and on the latest failures.
    pub(in crate::sampler::gp) fn fitted(
        cache: &'a mut HyperparameterCache,
        surrogate: &Surrogate<'_>,
        context: &Context<'_>,
    ) -> Result<Option<Self>, SuggestError> {
        let TrialRows { complete, failed, .. } = &surrogate.trials;
        if failed.is_empty() {
            return Ok(None);
        }
        let labelled = merged(complete, failed);
        let scale = std(&labels(context, &labelled));
        let (priority, fitted) = (|rows: &[usize]| ranking(context, rows), |rows: &[usize]| centred(context, rows));
        let quantity = Quantity {
            context,
            is_loss: false,
            may_be_wrong: false,
            observe: &fitted,
            trend: &|_| None,
            priority: &priority,
        };
        let theta = cache.hyperparameters(&quantity, &labelled)?;
        let rows = merged(&surrogate.rows, &failed[failed.len().saturating_sub(LATEST)..]);
        let shifted = |rows: &[usize]| Observed::of(labels(context, rows).iter().map(|l| (l - OPEN) / scale).collect());
        let model = cache.model(&Quantity { observe: &shifted, ..quantity }, theta, &rows, &[]);
        Ok(model.map(|model| Self { model, scale }))
    }

    /// `2 ln P(ok)` at every point.
    pub(in crate::sampler::gp) fn logs(&self, points: &[Vec<f64>]) -> Vec<f64> {
        self.model.predict(points).iter().map(|p| WEIGHT * log_ndtr(self.distance(p).0)).collect()
    }

    /// `2 ln P(ok)` at a few places and its gradients.
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
        (-self.scale * p.mean / spread, spread)
    }
}

/// Labels of some trials about their mean, in units of their deviation.
fn centred(context: &Context<'_>, rows: &[usize]) -> Observed {
    let labels = labels(context, rows);
    let (mean, std) = (labels.iter().sum::<f64>() / labels.len() as f64, std(&labels));
    Observed::of(labels.iter().map(|label| (label - mean) / std).collect())
}

/// The deviation of labels; 1 if all are equal.
fn std(labels: &[f64]) -> f64 {
    let n_failed = labels.iter().filter(|label| **label > 0.0).count();
    let failed = n_failed as f64 / labels.len() as f64;
    if failed < 1.0 && failed > 0.0 { 2.0 * (failed * (1.0 - failed)).sqrt() } else { 1.0 }
}

fn labels(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| if training_data::is_observation(context, *row) { -1.0 } else { 1.0 }).collect()
}

/// The place of each trial in the order from the best to the worst, failures last.
fn ranking(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    let complete: Vec<usize> = (0..rows.len()).filter(|i| training_data::is_observation(context, rows[*i])).collect();
    let places = training_data::ranking(context, &complete.iter().map(|i| rows[*i]).collect::<Vec<_>>());
    let mut ranking = vec![rows.len() as f64; rows.len()];
    complete.iter().zip(places).for_each(|(i, place)| ranking[*i] = place);
    ranking
}

/// Two sets of rows as one, in the order of their ids.
fn merged(some: &[usize], others: &[usize]) -> Vec<usize> {
    let mut rows = [some, others].concat();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::encoding::Encoding;
    use crate::history::{History, Origin};
    use crate::numerics::{Purpose, Stream};
    use crate::sampler::gp::surrogate;
    use crate::sampler::testing::{finish, number, with_context};
    use crate::space::{Configuration, SearchSpace, Value};

    /// Calls `look` with the chance after `n` trials of two numbers, those of `fails` failed.
    fn after(n: usize, fails: impl Fn(f64, f64) -> bool, test: impl Fn(&FailureClassifier<'_>)) {
        let space = SearchSpace::new(vec![number("x"), number("y")], Vec::new()).unwrap();
        let (encoding, mut history) = (Encoding::new(&space), History::new(2, 1));
        let mut stream = Stream::new(1, 0, Purpose::Suggest, 0);
        for row in 0..n {
            let (x, y) = (stream.uniform(), stream.uniform());
            history.push(&encoding, &Configuration(vec![Some(Value::Real(x)), Some(Value::Real(y))]), Origin::Random);
            finish(&mut history, row, (!fails(x, y)).then_some(x - y));
        }
        with_context(&space, &history, n as u64, |context| {
            let (mut models, mut failures) = (surrogate::ModelCaches::default(), HyperparameterCache::default());
            let surrogate = surrogate::build(&mut models, context).unwrap().unwrap();
            test(&FailureClassifier::fitted(&mut failures, &surrogate, context).unwrap().unwrap());
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

    /// Failures that say nothing of one parameter speak along all of it, also where the first came after trial 64.
    #[test]
    fn a_failure_reaches_as_far_as_failures_agree() {
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
