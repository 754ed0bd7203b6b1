//! The map between configurations and unit coordinates in `[0, 1]`.
//!
//! Each parameter is mapped by its [`Axis`], which the space also uses to draw values. An inactive parameter has the
//! coordinate NaN.

use crate::space::{Configuration, SearchSpace};

pub use crate::space::{Axis, AxisKind};

/// The coordinates of all parameters of a space.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    axes: Vec<Axis>,
}

impl Encoding {
    /// One axis per parameter, in the order of declaration.
    pub fn new(space: &SearchSpace) -> Self {
        Self { axes: space.axes().to_vec() }
    }

    /// The axes.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Unit coordinates, NaN where inactive.
    pub fn encode(&self, configuration: &Configuration) -> Vec<f64> {
        configuration.0.iter().zip(&self.axes).map(|(v, a)| v.map_or(f64::NAN, |v| a.to_unit(v))).collect()
    }

    /// The configuration at unit coordinates, one per parameter. Activity is derived in topological order, and
    /// coordinates of inactive parameters are ignored. Known constraints are *not* applied.
    pub fn decode(&self, space: &SearchSpace, unit: &[f64]) -> Configuration {
        space.complete(vec![None; self.axes.len()], |i| self.axes[i].from_unit(unit[i]))
    }

    /// As [`Self::decode`], for a suggestion: a value that a prior rules out is replaced by its mirror image (see
    /// [`SearchSpace::likely_value`]).
    pub fn propose(&self, space: &SearchSpace, unit: &[f64]) -> Configuration {
        space.complete(vec![None; self.axes.len()], |i| space.likely_value(i, unit[i]))
    }
}
