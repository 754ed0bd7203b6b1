//! Explanation of a configuration that a model proposed.

use super::{Context, SuggestError};
use crate::space::Configuration;

/// The prediction for a configuration, and the reasons for its selection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Predicted value in the unit of the objective, to be minimized; the median if the model warps values.
    pub mean: Option<f64>,
    /// Standard deviation of the predicted value without noise; half the width of the interval that holds 68 % if the
    /// model warps values. Absent if the unit is undefined because all values of the better half are equal.
    pub std: Option<f64>,
    /// Name and value of the acquisition function.
    pub acquisition: Option<(&'static str, f64)>,
    /// For each parameter, the amount by which the acquisition value would fall if the parameter had the value of the
    /// incumbent. Absent if both values are equal or one of them is missing.
    pub drivers: Vec<Option<f64>>,
}

/// For each parameter, `chosen` with this parameter set to the value of `incumbent`; absent if the values are equal or
/// one is missing. A parameter that becomes active also takes the value of the incumbent.
fn replaced(context: &Context<'_>, chosen: &Configuration, incumbent: &Configuration) -> Vec<Option<Configuration>> {
    let (unit, other) = (context.space.encode(chosen), context.space.encode(incumbent));
    let with = |j: usize| {
        let mut mixed: Vec<f64> = unit.iter().zip(&other).map(|(u, o)| if u.is_nan() { *o } else { *u }).collect();
        mixed[j] = other[j];
        mixed.iter_mut().filter(|u| u.is_nan()).for_each(|u| *u = 0.5);
        context.space.decode(&mixed)
    };
    let differs = |j: usize| !unit[j].is_nan() && !other[j].is_nan() && chosen.0[j] != incumbent.0[j];
    (0..unit.len()).map(|j| differs(j).then(|| with(j))).collect()
}

/// The acquisition value of `chosen`, and the contribution of each parameter relative to the value of the incumbent.
pub(super) fn drivers(
    context: &Context<'_>,
    chosen: &Configuration,
    incumbent: Option<&Configuration>,
    score: impl FnOnce(&[Configuration]) -> Result<Vec<f64>, SuggestError>,
) -> Result<(f64, Vec<Option<f64>>), SuggestError> {
    let others = incumbent.map_or_else(|| vec![None; chosen.0.len()], |incumbent| replaced(context, chosen, incumbent));
    let configurations: Vec<Configuration> =
        std::iter::once(chosen.clone()).chain(others.iter().flatten().cloned()).collect();
    let scores = score(&configurations)?;
    let mut next = scores[1..].iter();
    let drivers = others.iter().map(|other| other.as_ref().and_then(|_| next.next()).map(|s| scores[0] - s)).collect();
    Ok((scores[0], drivers))
}
