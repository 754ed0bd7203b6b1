//! A rule of the caller on configurations: a known constraint that only the caller can evaluate.

use std::fmt;
use std::sync::Arc;

use crate::space::Configuration;

/// Says which configurations are allowed. The answer for a configuration must always be the same.
pub trait Rule: Send + Sync {
    /// Whether each of some configurations is allowed. A rule that has failed allows none.
    fn allows(&self, configurations: &[Configuration]) -> Vec<bool>;
    /// Whether a call failed; the ask then ends.
    fn has_failed(&self) -> bool;
}

/// The rule of a search and its copies; by default, everything is allowed.
#[derive(Clone, Default)]
pub struct SharedRule(Option<Arc<dyn Rule>>);

impl SharedRule {
    /// Shares a rule.
    pub fn new(rule: Arc<dyn Rule>) -> Self {
        Self(Some(rule))
    }

    /// Whether there is a rule.
    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a configuration is allowed.
    pub(crate) fn allows(&self, configuration: &Configuration) -> bool {
        self.0.as_ref().is_none_or(|rule| rule.allows(std::slice::from_ref(configuration)) == [true])
    }

    /// Those of some configurations that are allowed, in their order.
    pub(crate) fn allowed(&self, configurations: Vec<Configuration>) -> Vec<Configuration> {
        let Some(rule) = self.0.as_ref().filter(|_| !configurations.is_empty()) else { return configurations };
        let allows = rule.allows(&configurations);
        configurations
            .into_iter()
            .zip(allows)
            .filter_map(|(configuration, allows)| allows.then_some(configuration))
            .collect()
    }

    /// Whether the rule could not be evaluated.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.as_ref().is_some_and(|rule| rule.has_failed())
    }
}

impl fmt::Debug for SharedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedRule")
    }
}
