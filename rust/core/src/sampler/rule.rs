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

/// A rule in a search and its copies.
#[derive(Clone)]
pub struct SharedRule(pub Arc<dyn Rule>);

impl fmt::Debug for SharedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedRule")
    }
}
