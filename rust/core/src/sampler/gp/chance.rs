//! The chance that a trial does not fail.
//!
//! Least-squares classification (Rasmussen and Williams 2006, section 6.5): a Gaussian process over labels, +1 where a
//! trial ended well and -1 where it failed, with mean `m` and variance `s2` at a point, gives
//!
//! ```text
//! P(ok) = Phi((m - 1/2) / sqrt(s2 + 0.05))
//! ```
//!
//! The half that is taken off is caution: a failed trial costs as much as a good one and teaches less, so a point has
//! to look rather good than open (with none, half of all suggestions would fail wherever the loss falls towards a
//! border). Deep in a region that only ever fails `m` is -1 and certain, so that no promise of the loss outweighs it;
//! where nothing was tried the chance stays open. Far from everything `m` returns to 1/2: most of a space works.

use super::data;
use super::surrogate::Surrogate;
use crate::acquisition::feasibility::log_chance;
use crate::model::gp::{GaussianProcess, Layout, Place, Prediction, Sloped};
use crate::numerics::ln;
use crate::numerics::normal::log_ndtr;
use crate::sampler::Context;
use crate::sampler::failures::LATEST;

/// Mean far from everything.
const PRIOR: f64 = 0.5;
/// Taken off the mean.
const CAUTION: f64 = 0.5;
/// Longest lengthscale: how far a failure reaches does not follow from how slowly the loss varies.
const REACH: f64 = 0.3;
/// Variance of a label that is not explained by the parameters.
const NOISE: f64 = 0.01;
/// Softness of the border.
const SOFTNESS: f64 = 0.05;

/// The fitted classifier.
pub(super) struct Chance {
    model: GaussianProcess,
}

impl Chance {
    /// `None` if no trial failed (or if the labels cannot be factored, which leaves every point its chance).
    pub(super) fn of(surrogate: &Surrogate<'_>, context: &Context<'_>) -> Option<Self> {
        if surrogate.failed.is_empty() {
            return None;
        }
        let failed = &surrogate.failed[surrogate.failed.len().saturating_sub(LATEST)..];
        let rows: Vec<usize> = surrogate.rows.iter().chain(failed).copied().collect();
        let label = |i: usize| if i < surrogate.rows.len() { 1.0 } else { -1.0 };
        let labels: Vec<f64> = (0..rows.len()).map(|i| label(i) - PRIOR).collect();
        let inputs = data::inputs(context, &rows);
        let layout = Layout::new(inputs.conditional());
        let mut theta = surrogate.objectives.first().map_or_else(|| layout.start(), |o| o.model.theta().to_vec());
        let n_parameters = inputs.columns().len();
        for l in &mut theta[..n_parameters] {
            *l = l.min(ln(REACH));
        }
        let signal = theta.len() - 2;
        theta[signal] = 0.0;
        theta[signal + 1] = ln(NOISE);
        GaussianProcess::with(inputs, theta, &labels, &vec![0.0; rows.len()]).ok().map(|model| Self { model })
    }

    /// `ln P(ok)` at every point.
    pub(super) fn logs(&self, points: &[Vec<f64>]) -> Vec<f64> {
        self.model.predict(points).iter().map(|p| log_ndtr(standing(p).0)).collect()
    }

    /// `ln P(ok)` at a few places and its gradients.
    pub(super) fn sloped(&self, places: &[Place<'_>]) -> Vec<(f64, Vec<f64>)> {
        self.model.sloped(places).iter().map(climbed).collect()
    }
}

/// `ln P(ok)` and its gradient.
fn climbed(at: &Sloped) -> (f64, Vec<f64>) {
    let (t, spread) = standing(&at.prediction);
    let (log, hazard) = log_chance(t);
    let slope = |(m, v): (&f64, &f64)| hazard * (m / spread - t * v / (2.0 * spread * spread));
    (log, at.mean_slope.iter().zip(&at.variance_slope).map(slope).collect())
}

/// `t = (m - caution) / sqrt(s2 + softness)` and its denominator.
fn standing(p: &Prediction) -> (f64, f64) {
    let spread = (p.variance + SOFTNESS).sqrt();
    ((p.mean + PRIOR - CAUTION) / spread, spread)
}
