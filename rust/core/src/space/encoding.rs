//! The map between configurations and unit coordinates in `[0, 1]`.
//!
//! Each parameter is mapped by its [`Axis`](super::Axis), by which values are drawn, too. An inactive parameter has the
//! coordinate NaN.

use super::{Configuration, SearchSpace};

impl SearchSpace {
    /// Unit coordinates, NaN where inactive.
    pub fn encode(&self, configuration: &Configuration) -> Vec<f64> {
        configuration.0.iter().zip(self.axes()).map(|(v, a)| v.map_or(f64::NAN, |v| a.to_unit(v))).collect()
    }

    /// The configuration at unit coordinates, one per parameter. Activity is derived in topological order, and
    /// coordinates of inactive parameters are ignored. Known constraints are *not* applied.
    pub fn decode(&self, unit: &[f64]) -> Configuration {
        self.complete(vec![None; self.axes().len()], |i| self.axes()[i].from_unit(unit[i]))
    }

    /// As [`Self::decode`], for a suggestion: a value that a prior rules out is replaced by its mirror image (see
    /// [`Self::likely_value`]).
    pub fn propose(&self, unit: &[f64]) -> Configuration {
        self.complete(vec![None; self.axes().len()], |i| self.likely_value(i, unit[i]))
    }
}
