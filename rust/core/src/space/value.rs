//! Exact values and numbers: those of a parameter, of a configuration, and in the user's scale.

use std::cmp::Ordering;

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

/// A number in the user's scale: 64-bit integers keep all their digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// The value of a float.
    Real(f64),
    /// The value of an integer, or the level of a choice.
    Integer(i128),
}

impl Number {
    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Real(x) => x,
            Self::Integer(n) => n as f64,
        }
    }

    /// The exact order of two numbers. NaN, which no domain contains, counts as equal to every number.
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Integer(a), Self::Real(b)) => compare_mixed(a, b),
            (Self::Real(a), Self::Integer(b)) => compare_mixed(b, a).reverse(),
        }
    }

    /// The largest integer not above the number, saturated far outside the 64-bit range.
    pub(super) fn floor(self) -> i128 {
        match self {
            Self::Real(x) => x.floor() as i128,
            Self::Integer(n) => n,
        }
        .clamp(-BEYOND, BEYOND)
    }
}

/// Beyond every 64-bit integer, signed or not, and far from the end of `i128`. Changes no suggestion.
const BEYOND: i128 = 1 << 65;

/// Compares an integer and a float by the float's integer part first, which `i128` holds exactly or saturated.
fn compare_mixed(a: i128, b: f64) -> Ordering {
    let whole = b.floor();
    a.cmp(&(whole as i128)).then(if b > whole { Ordering::Less } else { Ordering::Equal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_mixed_numbers_is_exact_past_2_to_53() {
        let big = (1i128 << 53) + 1;
        assert_eq!(Number::Integer(big).compare(Number::Real((1u64 << 53) as f64)), Ordering::Greater);
        assert_eq!(Number::Real(2.5).compare(Number::Integer(2)), Ordering::Greater);
        assert_eq!(Number::Real(-2.5).compare(Number::Integer(-2)), Ordering::Less);
        assert_eq!(Number::Real(3.0).compare(Number::Integer(3)), Ordering::Equal);
        assert_eq!(Number::Integer(3).compare(Number::Real(1e300)), Ordering::Less);
        assert_eq!(Number::Integer(3).compare(Number::Real(3.5)), Ordering::Less);
    }

    #[test]
    fn the_nearest_float_of_a_number() {
        let big = (1i128 << 53) + 1;
        assert_eq!([Number::Real(2.5), Number::Integer(-3)].map(Number::to_f64), [2.5, -3.0]);
        assert_eq!(Number::Integer(big).to_f64(), (1u64 << 53) as f64);
    }

    #[test]
    fn floor_saturates_far_outside_the_64_bit_range() {
        let below = [2.5, -2.5, 3.0, 1e300, f64::NEG_INFINITY].map(|x| Number::Real(x).floor());
        assert_eq!(below, [2, -3, 3, 1 << 65, -(1 << 65)]);
        assert_eq!([7, i128::MAX, i128::MIN].map(|n| Number::Integer(n).floor()), [7, 1 << 65, -(1 << 65)]);
    }
}
