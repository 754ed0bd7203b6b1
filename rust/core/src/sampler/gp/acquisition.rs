//! What makes a point worth a trial.
//!
//! With posterior mean `m` and deviation `s` of the warped loss and the lowest posterior mean `b` among told points:
//!
//! ```text
//! lower confidence bound    b - m + kappa s,  kappa = 1
//! LogEI                     ln s + ln h((b - m) / s)                       (Ament et al. 2023)
//! ```
//!
//! Where trials failed, the first is taken as `ln softplus(. / 0.1)` and both gain `ln P(ok)` of [`Chance`].

use super::chance::{self, Chance};
use super::surrogate::Surrogate;
use crate::acquisition::improvement::{log_h, softplus};
use crate::model::gp::{Differentiable, Prediction};
use crate::numerics::ln;
use crate::sampler::{Context, GpAcquisition, GpSettings};

/// Weight of the deviation in the confidence bound.
const KAPPA: f64 = 1.0;
/// Width of the softplus that turns a bound into something a chance can be multiplied with, in units of the warped loss.
const SOFTNESS: f64 = 0.1;

/// An acquisition function, to be maximised.
pub(super) struct Acquisition<'a> {
    kind: GpAcquisition,
    pub(super) surrogate: &'a Surrogate,
    best: f64,
    /// Present if any trial failed.
    chance: Option<Chance>,
}

impl<'a> Acquisition<'a> {
    pub(super) fn new(settings: &GpSettings, surrogate: &'a Surrogate, context: &Context<'_>) -> Self {
        let best = surrogate.model.as_ref().map_or(0.0, |model| {
            let means = (0..surrogate.rows.len()).map(|i| model.mean(&model.inputs().point(i)));
            means.fold(f64::INFINITY, f64::min)
        });
        let chance = Chance::of(surrogate, context);
        Self { kind: settings.acquisition, surrogate, best, chance }
    }

    /// Values at many points of the model.
    pub(super) fn values(&self, points: &[Vec<f64>]) -> Vec<f64> {
        let chances = self.chance.as_ref().map_or_else(|| vec![0.0; points.len()], |chance| chance.logs(points));
        match &self.surrogate.model {
            Some(model) => model.predict(points).iter().zip(chances).map(|(p, c)| self.gain(p).0 + c).collect(),
            None => chances,
        }
    }

    /// Prepared for [`Climber::at`]: inverts the covariances.
    pub(super) fn climber(&self) -> Option<Climber<'_>> {
        let model = Differentiable::new(self.surrogate.model.as_ref()?);
        Some(Climber { acquisition: self, model, chance: self.chance.as_ref().map(Chance::prepared) })
    }

    /// The gain without failures, and its derivatives with respect to mean and deviation.
    fn gain(&self, p: &Prediction) -> (f64, f64, f64) {
        let deviation = p.variance.sqrt();
        match self.kind {
            GpAcquisition::LogEi => {
                let u = (self.best - p.mean) / deviation;
                let (value, slope) = log_h(u);
                (ln(deviation) + value, -slope / deviation, (1.0 - slope * u) / deviation)
            }
            GpAcquisition::Lcb if self.chance.is_none() => (self.best - p.mean + KAPPA * deviation, -1.0, KAPPA),
            GpAcquisition::Lcb => {
                let (value, slope) = softplus((self.best - p.mean + KAPPA * deviation) / SOFTNESS);
                let slope = slope / (value * SOFTNESS);
                (ln(value.max(f64::MIN_POSITIVE)), -slope, KAPPA * slope)
            }
        }
    }
}

/// Values with gradients.
pub(super) struct Climber<'a> {
    acquisition: &'a Acquisition<'a>,
    model: Differentiable<'a>,
    chance: Option<Differentiable<'a>>,
}

impl Climber<'_> {
    /// Lengthscale of a parameter.
    pub(super) fn lengthscale(&self, parameter: usize) -> f64 {
        self.model.lengthscale(parameter)
    }

    /// Value at a point of the model and its gradient with respect to numeric, active `coordinates`.
    pub(super) fn at(&self, point: &[f64], coordinates: &[usize]) -> (f64, Vec<f64>) {
        let sloped = self.model.at(point, coordinates);
        let (mut value, by_mean, by_deviation) = self.acquisition.gain(&sloped.prediction);
        let deviation = sloped.prediction.variance.sqrt();
        let slopes = sloped.mean_slope.iter().zip(&sloped.variance_slope);
        let mut slopes: Vec<f64> = slopes.map(|(m, v)| by_mean * m + by_deviation * v / (2.0 * deviation)).collect();
        if let Some(chance) = &self.chance {
            let (log, more) = chance::sloped(chance, point, coordinates);
            value += log;
            for (slope, more) in slopes.iter_mut().zip(more) {
                *slope += more;
            }
        }
        (value, slopes)
    }
}
