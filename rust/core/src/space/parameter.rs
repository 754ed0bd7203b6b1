//! One parameter: its domain, default, prior and conditions.

use serde::{Deserialize, Serialize};

use super::{Condition, Domain, Prior, Value};

/// One parameter of a search space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Flat name (nested names are joined with `/`); used only in messages.
    pub name: String,
    /// The set of values.
    pub domain: Domain,
    /// The value to start from.
    pub default: Option<Value>,
    /// Belief about where the optimum lies.
    pub prior: Prior,
    /// Conditions that must all hold for the parameter to be active; empty means always active.
    pub when: Vec<Condition>,
}

impl Parameter {
    /// Whether it is active only under conditions.
    pub fn is_conditional(&self) -> bool {
        !self.when.is_empty()
    }

    /// Checks that the domain contains `value`; the error says what was expected.
    pub(super) fn expect(&self, value: Value) -> Result<(), String> {
        if self.domain.contains(value) {
            return Ok(());
        }
        Err(self.domain.refusal(value))
    }
}
