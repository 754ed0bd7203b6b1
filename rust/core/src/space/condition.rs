//! When a parameter exists.

use serde::{Deserialize, Serialize};

use super::Value;

/// The values of a parent under which a child exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Accept {
    /// One of these levels, strictly increasing.
    Levels(Vec<u64>),
    /// A level in this closed range.
    LevelRange {
        /// First level accepted.
        first: u64,
        /// Last level accepted.
        last: u64,
    },
    /// A real value in this closed range, in the user's scale.
    RealRange {
        /// Smallest value accepted.
        low: f64,
        /// Largest value accepted.
        high: f64,
    },
}

impl Accept {
    /// Whether the parent's value is among the accepted ones.
    pub fn contains(&self, value: Value) -> bool {
        match (self, value) {
            (Self::Levels(levels), Value::Level(k)) => levels.binary_search(&k).is_ok(),
            (Self::LevelRange { first, last }, Value::Level(k)) => (*first..=*last).contains(&k),
            (Self::RealRange { low, high }, Value::Real(x)) => (*low..=*high).contains(&x),
            _ => false,
        }
    }
}

/// A parameter exists only while `parent` is active and has an accepted value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Index of the parent in the order of declaration.
    pub parent: usize,
    /// The parent's values under which the child exists.
    pub accept: Accept,
}
