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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::super::testing::parameter;
    use super::*;
    use crate::space::{Domain, Parameter, Prior};

    #[test]
    fn required_values_that_the_prior_leaves_are_allowed() {
        let prior = Prior::Weights(vec![0.0, 0.5, 0.5, 0.0]);
        let choice = Parameter { prior, ..parameter("choice", Domain::Unordered { last: 3 }) };
        let space = SearchSpace::new(vec![choice], vec![]).unwrap();
        let allowed = |required: &BTreeMap<usize, Accept>, likely| -> Vec<u64> {
            let restriction = Restriction { fixed: &[None], required, likely };
            (0..4).filter(|&k| restriction.allows(0, Value::Level(k), &space)).collect()
        };
        let required = BTreeMap::from([(0, Accept::Levels(vec![1, 3]))]);
        assert_eq!(allowed(&required, true), [1]);
        assert_eq!(allowed(&required, false), [1, 3]);
        assert_eq!(allowed(&BTreeMap::new(), true), [1, 2]);
        assert_eq!(allowed(&BTreeMap::new(), false), [0, 1, 2, 3]);
    }
}
