//! What a model has to say about a configuration it proposed.

use super::{Context, SuggestError};
use crate::space::Configuration;

/// Predictions, and what made the configuration look good.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Predicted value and its standard deviation without noise, in the unit of the objective, to be minimized: where
    /// the model warps values, the median and half the width of the interval that holds 68 %. The deviation is absent
    /// where the unit is lost: where all good values are equal.
    pub mean: Option<f64>,
    /// See `mean`.
    pub std: Option<f64>,
    /// The acquisition function and its value.
    pub acquisition: Option<(&'static str, f64)>,
    /// One per parameter: by how much the acquisition would fall if this parameter had the incumbent's value. Absent
    /// where it has it, or where either has none.
    pub drivers: Vec<Option<f64>>,
}

/// The configuration with one parameter after the other set to the value of `incumbent`; absent where nothing would
/// change or either has no value. A parameter that this brings into existence takes the incumbent's value too.
fn replaced(context: &Context<'_>, chosen: &Configuration, incumbent: &Configuration) -> Vec<Option<Configuration>> {
    let (unit, other) = (context.encoding.encode(chosen), context.encoding.encode(incumbent));
    let with = |j: usize| {
        let mut mixed: Vec<f64> = unit.iter().zip(&other).map(|(u, o)| if u.is_nan() { *o } else { *u }).collect();
        mixed[j] = other[j];
        mixed.iter_mut().filter(|u| u.is_nan()).for_each(|u| *u = 0.5);
        context.encoding.decode(context.space, &mixed)
    };
    let differs = |j: usize| !unit[j].is_nan() && !other[j].is_nan() && chosen.0[j] != incumbent.0[j];
    (0..unit.len()).map(|j| differs(j).then(|| with(j))).collect()
}

/// The acquisition value of `chosen` and what each parameter adds to it over the incumbent's.
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
