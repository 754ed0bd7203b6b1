//! What a configuration must agree with beside the constraints.

use std::collections::BTreeMap;

use super::Span;
use crate::space::{Accept, SearchSpace, Value};

/// What a configuration must agree with beside the constraints.
#[derive(Clone, Copy)]
pub(in crate::space) struct Restriction<'a> {
    /// Values that are given.
    pub(in crate::space) fixed: &'a [Option<Value>],
    /// Values the others may have, so that those given have their place.
    pub(in crate::space) required: &'a BTreeMap<usize, Accept>,
    /// Whether the others keep to what their priors leave.
    pub(in crate::space) likely: bool,
}

impl Restriction<'_> {
    /// What is given of parameter `i`; `None` if no value is left.
    pub(super) fn span(&self, i: usize, space: &SearchSpace) -> Option<Span> {
        let whole = || if self.likely { space.likely_span(i) } else { Span::of(&space.parameters()[i].domain) };
        match (self.fixed[i], self.required.get(&i)) {
            (Some(value), _) => Some(Span::point(value)),
            (None, Some(accept)) => whole().within(accept),
            (None, None) => Some(whole()),
        }
    }

    /// Whether parameter `i` may have a value that was not given.
    pub(super) fn allows(&self, i: usize, value: Value, space: &SearchSpace) -> bool {
        self.required.get(&i).is_none_or(|accept| accept.contains(value)) && (!self.likely || space.is_likely(i, value))
    }
}
