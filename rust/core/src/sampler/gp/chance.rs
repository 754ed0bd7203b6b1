//! The chance that a trial does not fail.
//!
//! Least-squares classification (Rasmussen and Williams 2006, section 6.5): a Gaussian process over labels, -1 where a
//! trial ended well and +1 where it failed, with mean `m` and variance `s2` at a point, gives
//!
//! ```text
//! P(ok) = Phi(-(m + 1/2) / sqrt(s2 + 0.05)),    and 2 ln P(ok) is added to the merit of the objectives
//! ```
//!
//! The half that is added and the factor are caution: a failed trial costs as much as a good one and teaches less,
//! so a point has to look rather good than open (without either, half of all suggestions would fail wherever the loss
//! falls towards a border). Deep in a region that only ever fails `m` is 1 and certain, so that no promise of the loss
//! outweighs it; where nothing was tried the chance stays open. Far from everything `m` returns to -1/2: most of a space
//! works.
//!
//! The labels have hyperparameters of their own, fitted to the labels about their mean: how far an end speaks for its
//! neighbourhood, and along which parameters, does not follow from how slowly the loss varies there.

use super::data;
use super::memory::Observed;
use crate::acquisition::feasibility::log_chance;
use crate::model::gp::{GaussianProcess, Place, Prediction, Sloped};
use crate::numerics::normal::log_ndtr;
use crate::sampler::Context;

/// Mean far from everything.
const PRIOR: f64 = -0.5;
/// Added to the mean.
const CAUTION: f64 = 0.5;
/// Softness of the border.
const SOFTNESS: f64 = 0.05;
/// How often `ln P(ok)` counts.
const WEIGHT: f64 = 2.0;

/// The fitted classifier.
pub(super) struct Chance<'a> {
    model: &'a GaussianProcess,
}

/// Labels of some trials about their mean, for hyperparameters.
pub(super) fn centred(context: &Context<'_>, rows: &[usize]) -> Observed {
    let labels = labels(context, rows);
    let mean = labels.iter().sum::<f64>() / labels.len() as f64;
    Observed { values: labels.iter().map(|label| label - mean).collect(), noise: vec![0.0; rows.len()] }
}

/// Labels of some trials about what is expected far from everything, for predictions.
pub(super) fn expected(context: &Context<'_>, rows: &[usize]) -> Observed {
    let values = labels(context, rows).iter().map(|label| label - PRIOR).collect();
    Observed { values, noise: vec![0.0; rows.len()] }
}

fn labels(context: &Context<'_>, rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|row| if data::is_observation(context, *row) { -1.0 } else { 1.0 }).collect()
}

impl<'a> Chance<'a> {
    pub(super) fn new(model: &'a GaussianProcess) -> Self {
        Self { model }
    }

    /// `2 ln P(ok)` at every point.
    pub(super) fn logs(&self, points: &[Vec<f64>]) -> Vec<f64> {
        self.model.predict(points).iter().map(|p| WEIGHT * log_ndtr(standing(p).0)).collect()
    }

    /// `2 ln P(ok)` at a few places and its gradients.
    pub(super) fn sloped(&self, places: &[Place<'_>]) -> Vec<(f64, Vec<f64>)> {
        self.model.sloped(places).iter().map(climbed).collect()
    }
}

/// `2 ln P(ok)` and its gradient.
fn climbed(at: &Sloped) -> (f64, Vec<f64>) {
    let (t, spread) = standing(&at.prediction);
    let (log, hazard) = log_chance(t);
    let slope = |(m, v): (&f64, &f64)| WEIGHT * hazard * (-m / spread - t * v / (2.0 * spread * spread));
    (WEIGHT * log, at.mean_slope.iter().zip(&at.variance_slope).map(slope).collect())
}

/// `t = -(m + caution) / sqrt(s2 + softness)` and its denominator.
fn standing(p: &Prediction) -> (f64, f64) {
    let spread = (p.variance + SOFTNESS).sqrt();
    (-(p.mean + PRIOR + CAUTION) / spread, spread)
}
