//! How a configuration becomes numbers in `[0, 1]`, and back.
//!
//! The coordinate of a single parameter is its [`Axis`], which the space itself uses to draw values; here they are put
//! together for whole configurations. What is inactive has the coordinate NaN.

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

    /// The configuration at unit coordinates: activity is derived in topological order, coordinates of inactive
    /// parameters are ignored. Known constraints are *not* applied.
    pub fn decode(&self, space: &SearchSpace, unit: &[f64]) -> Configuration {
        space.complete(vec![None; self.axes.len()], |i| self.axes[i].from_unit(unit[i]))
    }

    /// As [`Self::decode`], for a suggestion: what a prior rules out is replaced by its mirror image (see
    /// [`SearchSpace::likely_value`]).
    pub fn propose(&self, space: &SearchSpace, unit: &[f64]) -> Configuration {
        space.complete(vec![None; self.axes.len()], |i| space.likely_value(i, unit[i]))
    }
}
