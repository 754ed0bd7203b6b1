//! Text for domains and values, used in messages.
//!
//! The core does not know the labels of choices, so it names a choice by its position.

use super::{Domain, Number, Value};

/// "a float from 0.0 to 1.0".
pub(super) fn domain(domain: &Domain) -> String {
    let (low, high) = domain.ends();
    let (low, high) = (value(domain, low), value(domain, high));
    match domain {
        Domain::Real { .. } => format!("a float from {low} to {high}"),
        Domain::Stepped { step, .. } => format!("a float from {low} to {high} in steps of {step:?}"),
        Domain::Integer { step: 1, .. } => format!("an integer from {low} to {high}"),
        Domain::Integer { step, .. } => format!("an integer from {low} to {high} in steps of {step}"),
        Domain::Ordered { .. } | Domain::Unordered { .. } | Domain::Described { .. } => {
            format!("one of the choices at positions 0 to {}", domain.last_level().unwrap_or(0))
        }
    }
}

/// "2.5 is not a float from 0.0 to 1.0".
pub(super) fn not_in_domain(domain: &Domain, value: Value) -> String {
    let text = match value {
        Value::Real(x) => format!("{x:?}"),
        Value::Level(k) => format!("level {k}"),
    };
    format!("{text} is not {}", self::domain(domain))
}

/// "0.5", "12", "choice 3".
pub(super) fn value(domain: &Domain, value: Value) -> String {
    match domain.number(value) {
        Number::Integer(k) if !domain.is_numeric() => format!("choice {k}"),
        Number::Integer(n) => n.to_string(),
        Number::Real(x) => format!("{x:?}"),
    }
}
