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

use super::chance::Chance;
use super::surrogate::Surrogate;
use crate::acquisition::improvement::{log_h, softplus};
use crate::model::gp::{Place, Prediction, Sloped};
use crate::numerics::ln;
use crate::sampler::{Context, GpAcquisition, GpSettings};

/// Weight of the deviation in the confidence bound.
const KAPPA: f64 = 1.0;
/// Width of the softplus that turns a bound into something a chance can be multiplied with, in units of the warped loss.
const SOFTNESS: f64 = 0.1;

/// An acquisition function, to be maximised.
pub(super) struct Acquisition<'a> {
    kind: GpAcquisition,
    pub(super) surrogate: &'a Surrogate<'a>,
    best: f64,
    /// Present if any trial failed.
    chance: Option<Chance>,
}

impl<'a> Acquisition<'a> {
    pub(super) fn new(settings: &GpSettings, surrogate: &'a Surrogate<'a>, context: &Context<'_>) -> Self {
        let best = surrogate.model.map_or(0.0, |model| model.fitted().into_iter().fold(f64::INFINITY, f64::min));
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

    /// Values at a few points of the model, with gradients with respect to numeric, active coordinates; `None` without a model.
    pub(super) fn sloped(&self, places: &[Place<'_>]) -> Option<Vec<(f64, Vec<f64>)>> {
        let model = self.surrogate.model?;
        let mut found: Vec<(f64, Vec<f64>)> = model.sloped(places).iter().map(|sloped| self.climbed(sloped)).collect();
        if let Some(chance) = &self.chance {
            for ((value, slopes), (log, more)) in found.iter_mut().zip(chance.sloped(places)) {
                *value += log;
                for (slope, more) in slopes.iter_mut().zip(more) {
                    *slope += more;
                }
            }
        }
        Some(found)
    }

    /// The gain and its gradient.
    fn climbed(&self, sloped: &Sloped) -> (f64, Vec<f64>) {
        let (value, by_mean, by_deviation) = self.gain(&sloped.prediction);
        let deviation = sloped.prediction.variance.sqrt();
        let slopes = sloped.mean_slope.iter().zip(&sloped.variance_slope);
        (value, slopes.map(|(m, v)| by_mean * m + by_deviation * v / (2.0 * deviation)).collect())
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
