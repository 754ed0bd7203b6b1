//! The set of values of one parameter.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::stepped::{self, SteppedGrid};
use super::{Number, Value};

/// The set of values of one parameter. Use the constructors, which check their arguments.
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
        /// The bound that no value exceeds.
        high: f64,
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
    /// Choices without an order that have features.
    Described {
        /// One row per choice.
        features: Features,
    },
}

/// The smallest integer that a parameter may take. Follows from the type of signed integers.
pub const MIN_INTEGER: i128 = i64::MIN as i128;
/// The largest integer that a parameter may take. Follows from the type of unsigned integers.
pub const MAX_INTEGER: i128 = u64::MAX as i128;
/// The maximum number of choices of an ordinal or a categorical. More are refused. Changes no suggestion with fewer.
const MAX_CHOICES: u64 = 1 << 32;

impl Domain {
    /// The closed interval `[low, high]`, uniform in `ln x` if `log`.
    ///
    /// # Errors
    /// A bound that is not finite, `low > high`, or `log` with `low <= 0`.
    pub fn real(low: f64, high: f64, log: bool) -> Result<Self, String> {
        let (low, high) = float_bounds(low, high)?;
        if log && low <= 0.0 {
            return Err(format!("a log scale needs low > 0, found low = {low:?}; raise low or drop log"));
        }
        Ok(Self::Real { low, high, log })
    }

    /// The values `low + k * step` that do not exceed `high`.
    ///
    /// # Errors
    /// As [`Self::real`]; a step that is not positive and finite, is finer than the spacing of floats, or makes more
    /// than 2^50 levels.
    pub fn stepped(low: f64, high: f64, step: f64) -> Result<Self, String> {
        let (low, high) = float_bounds(low, high)?;
        if !(step.is_finite() && step > 0.0) {
            return Err(format!("step must be a positive finite number, found {step:?}"));
        }
        if low < high && step < stepped::spacing(low.abs().max(high.abs())) {
            return Err(format!("step = {step:?} is finer than floats are between {low:?} and {high:?}; drop step"));
        }
        let last = SteppedGrid::new(low, high, step).last_level();
        let last = last.ok_or_else(|| format!("step = {step:?} makes more than 2^50 levels; drop step"))?;
        Ok(Self::Stepped { low, high, step, last })
    }

    /// The integers `low + k * step` that do not exceed `high`, uniform in the logarithm if `log`.
    ///
    /// # Errors
    /// Bounds outside `[-2^63, 2^64 - 1]`, more than 2^64 levels, `low > high`, a step of zero, or `log` with `low <=
    /// 0` or with a step other than 1.
    pub fn integer(low: i128, high: i128, step: u64, log: bool) -> Result<Self, String> {
        for (name, bound) in [("low", low), ("high", high)] {
            if !(MIN_INTEGER..=MAX_INTEGER).contains(&bound) {
                return Err(format!("{name} = {bound} is outside the 64-bit range -2^63 to 2^64 - 1"));
            }
        }
        if low > high {
            return Err(format!("low = {low} is greater than high = {high}; swap them"));
        }
        if step == 0 {
            return Err("step must be at least 1, found 0".to_owned());
        }
        if log && (low <= 0 || step != 1) {
            return Err(format!("a log scale needs low > 0 and step = 1, found low = {low}, step = {step}"));
        }
        let last = u64::try_from((high - low) / i128::from(step));
        let last = last.map_err(|_| format!("{low} to {high} is more than 2^64 levels; narrow it or raise step"))?;
        Ok(Self::Integer { low, step, last, log })
    }

    /// `n` ordered choices.
    ///
    /// # Errors
    /// No choices, or more than 2^32.
    pub fn ordered(n: u64) -> Result<Self, String> {
        last_choice(n).map(|last| Self::Ordered { last })
    }

    /// `n` choices without an order.
    ///
    /// # Errors
    /// No choices, or more than 2^32.
    pub fn unordered(n: u64) -> Result<Self, String> {
        last_choice(n).map(|last| Self::Unordered { last })
    }

    /// Choices without an order, one per row of features.
    ///
    /// # Errors
    /// As [`Features::new`].
    pub fn described(features: Vec<Vec<f64>>) -> Result<Self, String> {
        Features::new(features).map(|features| Self::Described { features })
    }

    /// Checks that a constructor could have made this domain; one that was read from bytes may be inconsistent.
    pub(super) fn check(&self) -> Result<(), String> {
        let sound = match self.clone() {
            Self::Real { low, high, log } => Self::real(low, high, log)?,
            Self::Stepped { low, high, step, .. } => Self::stepped(low, high, step)?,
            Self::Integer { low, step, last, log } => {
                let width = i128::from(last).checked_mul(i128::from(step));
                let high = width.and_then(|w| low.checked_add(w)).unwrap_or(i128::MAX);
                Self::integer(low, high, step, log)?
            }
            Self::Ordered { last } => Self::ordered(last.saturating_add(1))?,
            Self::Unordered { last } => Self::unordered(last.saturating_add(1))?,
            Self::Described { features } => Self::described(features.rows().to_vec())?,
        };
        if sound == *self { Ok(()) } else { Err(format!("its levels are inconsistent: {self:?}")) }
    }

    /// The largest level, or `None` for a real interval.
    pub fn last_level(&self) -> Option<u64> {
        match *self {
            Self::Real { .. } => None,
            Self::Stepped { last, .. }
            | Self::Integer { last, .. }
            | Self::Ordered { last }
            | Self::Unordered { last } => Some(last),
            Self::Described { ref features } => Some(features.rows().len() as u64 - 1),
        }
    }

    /// The features of choices that have some.
    pub fn features(&self) -> Option<&Features> {
        match self {
            Self::Described { features } => Some(features),
            _ => None,
        }
    }

    /// Whether the domain contains `value`.
    pub fn contains(&self, value: Value) -> bool {
        match (self, value) {
            (Self::Real { low, high, .. }, Value::Real(x)) => (*low..=*high).contains(&x),
            (_, Value::Level(k)) => self.last_level().is_some_and(|last| k <= last),
            _ => false,
        }
    }

    /// Whether values are numbers in the user's scale.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Self::Real { .. } | Self::Stepped { .. } | Self::Integer { .. })
    }

    /// Whether the natural scale is logarithmic.
    pub fn is_log(&self) -> bool {
        matches!(self, Self::Real { log: true, .. } | Self::Integer { log: true, .. })
    }

    /// Whether values have an order.
    pub fn is_ordered(&self) -> bool {
        !matches!(self, Self::Unordered { .. } | Self::Described { .. })
    }

    /// Whether the domain has a single value.
    pub fn is_point(&self) -> bool {
        match *self {
            Self::Real { low, high, .. } => low == high,
            _ => self.last_level() == Some(0),
        }
    }

    /// Smallest and largest value.
    pub fn ends(&self) -> (Value, Value) {
        match *self {
            Self::Real { low, high, .. } => (Value::Real(low), Value::Real(high)),
            _ => (Value::Level(0), Value::Level(self.last_level().unwrap_or(0))),
        }
    }

    /// The number that a value represents; for a choice, its level.
    pub fn number(&self, value: Value) -> Number {
        match (self, value) {
            (_, Value::Real(x)) => Number::Real(x),
            (Self::Integer { low, step, .. }, Value::Level(k)) => {
                Number::Integer(low + i128::from(k) * i128::from(*step))
            }
            (&Self::Stepped { low, high, step, .. }, Value::Level(k)) => {
                Number::Real(SteppedGrid::new(low, high, step).value(k))
            }
            (_, Value::Level(k)) => Number::Integer(i128::from(k)),
        }
    }

    /// The text of a value in messages: "0.5", "12", "choice 3". The core does not know the labels of choices, so it names
    /// a choice by its position.
    pub(super) fn text_of(&self, value: Value) -> String {
        match self.number(value) {
            Number::Integer(k) if !self.is_numeric() => format!("choice {k}"),
            Number::Integer(n) => n.to_string(),
            Number::Real(x) => format!("{x:?}"),
        }
    }

    /// The message that the domain does not contain a value: "2.5 is not a float from 0.0 to 1.0".
    pub(super) fn refusal(&self, value: Value) -> String {
        let text = match value {
            Value::Real(x) => format!("{x:?}"),
            Value::Level(k) => format!("level {k}"),
        };
        format!("{text} is not {self}")
    }
}

impl fmt::Display for Domain {
    /// "a float from 0.0 to 1.0".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.ends();
        let (low, high) = (self.text_of(low), self.text_of(high));
        match self {
            Self::Real { .. } => write!(f, "a float from {low} to {high}"),
            Self::Stepped { step, .. } => write!(f, "a float from {low} to {high} in steps of {step:?}"),
            Self::Integer { step: 1, .. } => write!(f, "an integer from {low} to {high}"),
            Self::Integer { step, .. } => write!(f, "an integer from {low} to {high} in steps of {step}"),
            Self::Ordered { .. } | Self::Unordered { .. } | Self::Described { .. } => {
                write!(f, "one of the choices at positions 0 to {}", self.last_level().unwrap_or(0))
            }
        }
    }
}

/// Checks the bounds of a float; a negative zero becomes zero, so that equal values have equal bits.
fn float_bounds(low: f64, high: f64) -> Result<(f64, f64), String> {
    for (name, bound) in [("low", low), ("high", high)] {
        if !bound.is_finite() {
            return Err(format!("{name} = {bound:?} is not a finite number"));
        }
    }
    if low > high {
        return Err(format!("low = {low:?} is greater than high = {high:?}; swap them"));
    }
    Ok((low + 0.0, high + 0.0))
}

fn last_choice(n: u64) -> Result<u64, String> {
    match n {
        0 => Err("there are no choices; give at least one".to_owned()),
        1..=MAX_CHOICES => Ok(n - 1),
        _ => Err(format!("{n} choices are more than 2^32; use an integer")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_negative_zero_becomes_zero() {
        for (low, high) in [(-0.0, 1.0), (-1.0, -0.0)] {
            let (first, last) = Domain::real(low, high, false).unwrap().ends();
            let is_negative_zero = |end: &Value| end.to_bits() == (-0.0_f64).to_bits();
            assert!(![first, last].iter().any(is_negative_zero), "{low:?} {high:?}");
        }
    }

    /// Between `2^53` and `2^53 + 16` floats are 2 apart.
    #[test]
    fn a_step_is_no_finer_than_floats_are() {
        let low = (1_u64 << 53) as f64;
        let message = Domain::stepped(low, low + 16.0, 1.0).unwrap_err();
        assert!(message.contains("finer than floats are"), "{message}");
        assert_eq!(Domain::stepped(low, low + 16.0, 2.0).unwrap().last_level(), Some(8));
        assert_eq!(Domain::stepped(low, low, 1.0).unwrap().last_level(), Some(0), "a single value needs no step");
        for step in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            let message = Domain::stepped(0.0, 1.0, step).unwrap_err();
            assert!(message.starts_with("step must be a positive finite number"), "{message}");
        }
    }

    #[test]
    fn a_level_stands_for_its_number() {
        let integer = Domain::integer(10, 40, 10, false).unwrap();
        assert_eq!(integer.number(Value::Level(2)), Number::Integer(30));
        let [ordered, unordered] = [Domain::ordered(4).unwrap(), Domain::unordered(4).unwrap()];
        assert_eq!(ordered.number(Value::Level(2)), Number::Integer(2));
        assert_eq!([integer, ordered, unordered].map(|domain| domain.is_ordered()), [true, true, false]);
        assert_eq!(Domain::unordered(0).unwrap_err(), "there are no choices; give at least one");
    }
}
