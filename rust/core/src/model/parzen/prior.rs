//! The prior kernel of one dimension.

use std::f64::consts::TAU;

use super::dimension::Storage;
use super::truncated::Truncated;
use crate::numerics::ln;
use crate::numerics::normal::{log_mass, ndtr};
use crate::space::Prior;

/// The prior kernel of a number without a user's prior: nearly flat, slightly lower towards the ends.
pub(super) const VAGUE: Prior = Prior::Normal { mean: 0.5, std: 1.0 };

/// The prior kernel as a truncated normal, if it is a normal with its mean in the unit interval.
pub(super) fn normal(prior: &Prior) -> Option<Truncated> {
    match prior {
        Prior::Normal { mean, std } if (0.0..=1.0).contains(mean) => {
            let (mean, sigma) = (*mean, *std);
            Some(Truncated { mean, sigma, below: ndtr(-mean / sigma), above: ndtr((mean - 1.0) / sigma) })
        }
        _ => None,
    }
}

/// The part of the log of the prior kernel that is the same at all points.
pub(super) fn log_constant(prior: &Prior, form: Storage, levels: f64) -> f64 {
    match (prior, form) {
        (Prior::Uniform, _) => -ln(levels),
        (Prior::Normal { mean, std }, form) => {
            let inside = log_mass(-mean / std, (1.0 - mean) / std);
            if form == Storage::Continuous { -inside - ln(*std) - 0.5 * ln(TAU) } else { -inside }
        }
        (Prior::Histogram { .. } | Prior::Weights(_), _) => 0.0,
    }
}
