//! The set of values of one parameter.

use serde::{Deserialize, Serialize};

/// The set of values of one parameter.
///
/// `last` is the largest level, so that all 2^64 levels of a 64-bit integer fit (`last = 2^64 - 1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Domain {
    /// The closed interval `[low, high]`; uniform in `ln x` if `log`.
    Real {
        /// Smallest value, in the user's scale.
        low: f64,
        /// Largest value, in the user's scale.
        high: f64,
        /// Whether the natural scale is logarithmic (`low > 0`).
        log: bool,
    },
    /// `low + k * step` for `k = 0..=last`, rounded as decimal arithmetic would.
    Stepped {
        /// Smallest value.
        low: f64,
        /// Distance of two neighbours.
        step: f64,
        /// The largest level.
        last: u64,
    },
    /// `low + k * step` for `k = 0..=last`; `log` needs `low > 0` and `step = 1`.
    Integer {
        /// Smallest value.
        low: i128,
        /// Distance of two neighbours.
        step: u64,
        /// The largest level.
        last: u64,
        /// Whether the natural scale is logarithmic.
        log: bool,
    },
    /// `last + 1` ordered choices.
    Ordered {
        /// The largest level.
        last: u64,
    },
    /// `last + 1` choices without an order.
    Unordered {
        /// The largest level.
        last: u64,
    },
}

impl Domain {
    /// The largest level, or `None` for a real interval.
    pub fn last_level(&self) -> Option<u64> {
        match *self {
            Self::Real { .. } => None,
            Self::Stepped { last, .. }
            | Self::Integer { last, .. }
            | Self::Ordered { last }
            | Self::Unordered { last } => Some(last),
        }
    }
}
