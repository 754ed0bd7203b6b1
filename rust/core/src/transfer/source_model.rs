//! A model of one source: a Gaussian process on half-rank-warped losses.

use std::sync::Arc;

use super::Source;
use crate::model::gp::{FitError, GaussianProcess, Part};
use crate::model::output_warp::half_rank;
use crate::model::{inputs, point};
use crate::numerics::PairOrder;
use crate::space::{Parameter, SearchSpace};

/// Minimum number of rows of a source with a model. (Half and twice: `benches/results/constants.md`.)
pub const MIN_ROWS: usize = 5;
/// Number of standard deviations above zero from which an order counts as better than chance. (Half and twice:
/// `benches/results/constants.md`.)
const DEVIATIONS: f64 = 2.0;

/// The model of an earlier search for configurations of this space.
#[derive(Clone, Debug)]
pub struct SourceModel {
    model: Arc<GaussianProcess>,
    fixed: Arc<[Option<f64>]>,
}

impl SourceModel {
    /// Fits the model; `None` if its leave-one-out predictions are not better than chance.
    ///
    /// # Errors
    /// [`FitError::Interrupted`].
    pub fn of(source: &Source, space: &SearchSpace, interrupted: &dyn Fn() -> bool) -> Result<Option<Self>, FitError> {
        if source.rows.len() < MIN_ROWS || space.parameters().is_empty() {
            return Ok(None);
        }
        let y = half_rank(&source.rows.iter().map(|row| row.loss).collect::<Vec<_>>());
        if y.iter().all(|y| *y == 0.0) {
            return Ok(None);
        }
        let units: Vec<Vec<f64>> = source.rows.iter().map(|row| row.unit(space)).collect();
        let fixed: Arc<[Option<f64>]> = fixed(&units, space);
        let points: Vec<Vec<f64>> = units.iter().map(|unit| point(space, &filled(unit, &fixed, space))).collect();
        let fit = GaussianProcess::fit(inputs(space, &points), &y, &vec![0.0; y.len()], interrupted);
        let model = match fit {
            Err(FitError::NotPositiveDefinite) => return Ok(None),
            fit => fit?,
        };
        let predicted: Vec<f64> = model.leave_one_out(interrupted)?.iter().map(|left| left.mean).collect();
        if !is_above_chance(&predicted, &y) {
            return Ok(None);
        }
        Ok(Some(Self { model: Arc::new(model), fixed }))
    }

    /// The expected loss at a point of a model, in standard deviations of the source's warped losses.
    pub fn mean(&self, point: &[f64]) -> f64 {
        self.weighted(1.0).mean(point)
    }

    /// The model as a weighted part of a prior mean.
    pub(super) fn weighted(&self, weight: f64) -> Part {
        Part { model: Arc::clone(&self.model), fixed: Arc::clone(&self.fixed), weight }
    }
}

/// Whether predictions order values better than chance would: their tau is above zero by [`DEVIATIONS`].
fn is_above_chance(predicted: &[f64], values: &[f64]) -> bool {
    PairOrder::of(predicted, values).tau() > DEVIATIONS * PairOrder::std_of_tau(values.len())
}

/// A constant coordinate for each parameter that no row has, so that it does not affect the model; NaN for a
/// conditional parameter.
fn fixed(units: &[Vec<f64>], space: &SearchSpace) -> Arc<[Option<f64>]> {
    let fixed = |(j, parameter): (usize, &Parameter)| {
        let is_absent = units.iter().all(|unit| unit[j].is_nan());
        is_absent.then(|| if parameter.is_conditional() { f64::NAN } else { 0.0 })
    };
    space.parameters().iter().enumerate().map(fixed).collect()
}

/// Unit coordinates without gaps in unconditional parameters: a missing value is replaced by the constant of [`fixed`],
/// or by the middle if only some rows lack it.
fn filled(unit: &[f64], fixed: &[Option<f64>], space: &SearchSpace) -> Vec<f64> {
    let fill = |((u, fixed), parameter): ((&f64, &Option<f64>), &Parameter)| match fixed {
        Some(at) => *at,
        None if u.is_nan() && !parameter.is_conditional() => 0.5,
        None => *u,
    };
    unit.iter().zip(fixed).zip(space.parameters()).map(fill).collect()
}

#[cfg(test)]
mod tests {
    use super::is_above_chance;

    #[test]
    fn few_values_are_never_above_chance() {
        let numbers: Vec<f64> = (0..5).map(f64::from).collect();
        assert!(!is_above_chance(&numbers[..3], &numbers[..3]));
        assert!(is_above_chance(&numbers, &numbers));
    }
}
