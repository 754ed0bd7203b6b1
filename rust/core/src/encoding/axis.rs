//! The unit coordinate of one parameter.

use crate::space::{Configuration, Domain, SearchSpace, Value};

/// What a model needs to know of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AxisKind {
    /// Every number in `[0, 1]`.
    Continuous,
    /// `levels` ordered cells (2^64 levels are possible, hence `f64`).
    Ordered {
        /// Number of levels.
        levels: f64,
    },
    /// `levels` cells without an order.
    Unordered {
        /// Number of levels.
        levels: usize,
    },
}

/// The coordinate of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    domain: Domain,
}

impl Axis {
    /// The coordinate of a domain.
    pub fn new(domain: &Domain) -> Self {
        Self { domain: domain.clone() }
    }
    /// What a model needs to know of it.
    pub fn kind(&self) -> AxisKind {
        todo!()
    }
    /// The unit coordinate of a value of the domain.
    pub fn to_unit(&self, value: Value) -> f64 {
        todo!()
    }
    /// The value at a unit coordinate; `u` is clamped to `[0, 1]`, NaN reads as the middle. Always in the domain.
    pub fn from_unit(&self, u: f64) -> Value {
        todo!()
    }
    /// The cell `(left, right)` of a level in unit coordinates; the whole point `(u, u)` for a real.
    pub fn cell(&self, value: Value) -> (f64, f64) {
        todo!()
    }
}

/// The coordinates of all parameters of a space.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    axes: Vec<Axis>,
}

impl Encoding {
    /// One axis per parameter, in the order of declaration.
    pub fn new(space: &SearchSpace) -> Self {
        Self { axes: space.parameters().iter().map(|p| Axis::new(&p.domain)).collect() }
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
        todo!()
    }
}
