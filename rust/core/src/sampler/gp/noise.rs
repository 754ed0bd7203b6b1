//! Whether the model finds the losses noisy.

use crate::model::gp::GaussianProcess;

/// Share of the variance of the losses beyond which noise counts (measured: `benches/results/auto.md`).
const COUNTS: f64 = 0.05;
/// Share beyond which the best value told is luck more than merit (measured: `benches/results/auto.md`).
const PREVAILS: f64 = 0.5;

/// Whether a model finds noise that counts in what it was fitted to.
pub(super) fn is_in(model: &GaussianProcess) -> bool {
    model.noise_share() > COUNTS
}

/// Whether most of the variance that a model was fitted to is noise.
pub(super) fn prevails(model: &GaussianProcess) -> bool {
    model.noise_share() > PREVAILS
}
