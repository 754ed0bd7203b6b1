//! Restrictions on a configuration beyond the constraints.

use std::collections::BTreeMap;

use super::Span;
use crate::space::{Accept, SearchSpace, Value};

/// Restrictions on a configuration beyond the constraints.
#[derive(Clone, Copy)]
pub(in crate::space) struct Restriction<'a> {
    /// Fixed values; `None` where a parameter is free.
    pub(in crate::space) fixed: &'a [Option<Value>],
    /// The values that free parameters must take so that every parameter with a fixed value is active.
    pub(in crate::space) required: &'a BTreeMap<usize, Accept>,
    /// Whether free parameters avoid the values that their priors rule out.
    pub(in crate::space) likely: bool,
}

impl Restriction<'_> {
    /// The span in which parameter `i` must lie; `None` if no value is left.
    pub(super) fn span(&self, i: usize, space: &SearchSpace) -> Option<Span> {
        let whole = || if self.likely { space.likely_span(i) } else { Span::of(&space.parameters()[i].domain) };
        match (self.fixed[i], self.required.get(&i)) {
            (Some(value), _) => Some(Span::point(value)),
            (None, Some(accept)) => whole().within(accept),
            (None, None) => Some(whole()),
        }
    }

    /// Whether the free parameter `i` may take `value`.
    pub(super) fn allows(&self, i: usize, value: Value, space: &SearchSpace) -> bool {
        self.required.get(&i).is_none_or(|accept| accept.contains(value)) && (!self.likely || space.is_likely(i, value))
    }
}
