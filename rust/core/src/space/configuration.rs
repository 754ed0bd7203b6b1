//! One point of the space, with exact values.

use serde::{Deserialize, Serialize};

/// The exact value of one parameter.
///
/// Discrete values are stored as levels, so that a 64-bit integer keeps all its digits. Only a float without a step is
/// stored as a real number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// The value of a float without a step, in the user's own scale.
    Real(f64),
    /// The zero-based level of a stepped float, an integer (`low + level * step`), an ordinal or a categorical.
    Level(u64),
}

impl Value {
    /// The 64 bits that represent this value in the columns of the history.
    pub fn to_bits(self) -> u64 {
        match self {
            Self::Real(x) => x.to_bits(),
            Self::Level(k) => k,
        }
    }
}

/// One value per parameter in the order of declaration; `None` where the parameter is inactive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Configuration(pub Vec<Option<Value>>);
