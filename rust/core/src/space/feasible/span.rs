//! Where a parameter may lie: the values of a domain between two of them, and what restricts them.

use std::collections::BTreeMap;

use crate::space::{Accept, Domain, Number, SearchSpace, Value};

/// The values of a domain between two of them, both included. Never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::space) enum Span {
    Real { low: f64, high: f64 },
    Levels { first: u64, last: u64 },
}

impl Span {
    /// The whole domain.
    pub(in crate::space) fn of(domain: &Domain) -> Self {
        let (low, high) = domain.ends();
        Self::between(low, high)
    }

    /// A single value.
    pub(super) fn point(value: Value) -> Self {
        Self::between(value, value)
    }

    /// The values between two of the same kind, given in any order.
    pub(in crate::space) fn of_both(a: Value, b: Value) -> Self {
        match (a, b) {
            (Value::Real(x), Value::Real(y)) => Self::between(Value::Real(x.min(y)), Value::Real(x.max(y))),
            (a, b) => Self::Levels { first: a.to_bits().min(b.to_bits()), last: a.to_bits().max(b.to_bits()) },
        }
    }

    /// The part that starts at `side`, a value of the span, and extends away from `other`, a value of the domain.
    pub(super) fn beyond(self, side: Value, other: Value) -> Self {
        let (low, high) = self.ends();
        let above = match (side, other) {
            (Value::Real(a), Value::Real(b)) => a > b,
            (a, b) => a.to_bits() > b.to_bits(),
        };
        if above { Self::between(side, high) } else { Self::between(low, side) }
    }

    fn between(low: Value, high: Value) -> Self {
        match (low, high) {
            (Value::Real(low), Value::Real(high)) => Self::Real { low, high },
            (low, high) => Self::Levels { first: low.to_bits(), last: high.to_bits() },
        }
    }

    /// Smallest and largest value.
    pub(super) fn ends(self) -> (Value, Value) {
        match self {
            Self::Real { low, high } => (Value::Real(low), Value::Real(high)),
            Self::Levels { first, last } => (Value::Level(first), Value::Level(last)),
        }
    }

    pub(super) fn contains(self, value: Value) -> bool {
        match (self, value) {
            (Self::Real { low, high }, Value::Real(x)) => (low..=high).contains(&x),
            (Self::Levels { first, last }, Value::Level(k)) => (first..=last).contains(&k),
            _ => false,
        }
    }

    /// The value of the span nearest to `value`.
    pub(in crate::space) fn nearest(self, value: Value) -> Value {
        match (self, value) {
            (Self::Real { low, high }, Value::Real(x)) => Value::Real(x.clamp(low, high)),
            (Self::Levels { first, last }, Value::Level(k)) => Value::Level(k.clamp(first, last)),
            (span, _) => span.ends().0,
        }
    }

    /// The part between the first and the last accepted value, if any.
    pub(in crate::space) fn within(self, accept: &Accept) -> Option<Self> {
        match (self, accept) {
            (Self::Real { low, high }, Accept::RealRange { low: a, high: b }) => real(low.max(*a), high.min(*b)),
            (Self::Levels { first, last }, Accept::LevelRange { first: a, last: b }) => {
                levels(first.max(*a), last.min(*b))
            }
            (Self::Levels { first, last }, Accept::Levels(list)) => {
                let inside = &list[list.partition_point(|&k| k < first)..list.partition_point(|&k| k <= last)];
                levels(*inside.first()?, *inside.last()?)
            }
            _ => None,
        }
    }

    /// The part not above `bound` (below it if `strict`), if any. `domain` is the domain of the span.
    pub(super) fn at_most(self, domain: &Domain, bound: Number, strict: bool) -> Option<Self> {
        match self {
            Self::Real { low, high } => {
                let mut x = bound.to_f64();
                if Number::Real(x).compare(bound).is_gt() || strict && Number::Real(x).compare(bound).is_eq() {
                    x = x.next_down();
                }
                real(low, high.min(x))
            }
            Self::Levels { first, last } => {
                let k = domain.floor_level(bound)?;
                let reached = strict && domain.number(Value::Level(k)).compare(bound).is_eq();
                levels(first, last.min(if reached { k.checked_sub(1)? } else { k }))
            }
        }
    }

    /// The part not below `bound` (above it if `strict`), if any.
    pub(super) fn at_least(self, domain: &Domain, bound: Number, strict: bool) -> Option<Self> {
        match self {
            Self::Real { low, high } => {
                let mut x = bound.to_f64();
                if Number::Real(x).compare(bound).is_lt() || strict && Number::Real(x).compare(bound).is_eq() {
                    x = x.next_up();
                }
                real(low.max(x), high)
            }
            Self::Levels { first, last } => {
                let k = domain.ceil_level(bound)?;
                let reached = strict && domain.number(Value::Level(k)).compare(bound).is_eq();
                levels(first.max(if reached { k.checked_add(1)? } else { k }), last)
            }
        }
    }
}

fn real(low: f64, high: f64) -> Option<Span> {
    (low <= high).then_some(Span::Real { low, high })
}

fn levels(first: u64, last: u64) -> Option<Span> {
    (first <= last).then_some(Span::Levels { first, last })
}

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
    use crate::space::{Parameter, Prior};

    /// A substitute for `levels`, which is under test.
    fn whole(first: u64, last: u64) -> Span {
        Span::Levels { first, last }
    }

    #[test]
    fn bounds_between_integers_and_floats_are_exact() {
        let ints = Domain::integer(0, 10, 1, false).unwrap();
        let span = Span::of(&ints);
        assert_eq!(span.at_most(&ints, Number::Real(3.5), true), Some(whole(0, 3)));
        assert_eq!(span.at_most(&ints, Number::Real(3.0), true), Some(whole(0, 2)));
        assert_eq!(span.at_least(&ints, Number::Integer(3), true), Some(whole(4, 10)));
        assert_eq!(span.at_least(&ints, Number::Integer(3), false), Some(whole(3, 10)));
        assert_eq!(span.at_least(&ints, Number::Real(2.5), true), Some(whole(3, 10)));
        assert_eq!(span.at_most(&ints, Number::Integer(3), false), Some(whole(0, 3)));
        assert_eq!(span.at_most(&ints, Number::Integer(0), true), None);
        let big = (1i128 << 53) + 1;
        let reals = Domain::real(0.0, 1e18, false).unwrap();
        let Some(Span::Real { high, .. }) = Span::of(&reals).at_most(&reals, Number::Integer(big), false) else {
            unreachable!()
        };
        assert_eq!(high, (1u64 << 53) as f64, "the next float would pass the bound");
        let Some(Span::Real { low, .. }) = Span::of(&reals).at_least(&reals, Number::Integer(big), false) else {
            unreachable!()
        };
        assert_eq!(low, ((1u64 << 53) + 2) as f64, "the float before would not reach the bound");
    }

    #[test]
    fn strict_bounds_of_floats_leave_out_the_bound_alone() {
        let reals = Domain::real(0.0, 10.0, false).unwrap();
        let span = Span::of(&reals);
        assert_eq!(span.at_most(&reals, Number::Real(3.0), false), real(0.0, 3.0));
        assert_eq!(span.at_most(&reals, Number::Real(3.0), true), real(0.0, 3.0f64.next_down()));
        assert_eq!(span.at_least(&reals, Number::Real(3.0), false), real(3.0, 10.0));
        assert_eq!(span.at_least(&reals, Number::Real(3.0), true), real(3.0f64.next_up(), 10.0));
        assert_eq!(span.at_least(&reals, Number::Real(10.0), true), None);
        assert_eq!(span.at_most(&reals, Number::Integer(20), true), Some(span));
    }

    #[test]
    fn a_span_between_two_values_contains_both() {
        let (two, five, seven) = (Value::Level(2), Value::Level(5), Value::Level(7));
        assert_eq!([Span::of_both(seven, two), Span::of_both(two, seven)], [Span::Levels { first: 2, last: 7 }; 2]);
        let (less, more) = (Value::Real(-1.0), Value::Real(0.5));
        assert_eq!([Span::of_both(more, less), Span::of_both(less, more)], [Span::Real { low: -1.0, high: 0.5 }; 2]);
        assert_eq!(Span::point(five), Span::of_both(five, five));
        for (span, inside, outside) in [
            (Span::of_both(two, seven), [two, five, seven], [Value::Level(1), Value::Level(8)]),
            (Span::of_both(less, more), [less, Value::Real(0.0), more], [Value::Real(-1.5), Value::Real(0.75)]),
        ] {
            assert!(inside.iter().all(|value| span.contains(*value) && span.nearest(*value) == *value));
            assert!(outside.iter().all(|value| !span.contains(*value)));
            assert_eq!(outside.map(|value| span.nearest(value)), [inside[0], inside[2]]);
        }
        assert!(!Span::of_both(two, seven).contains(Value::Real(5.0)));
        assert_eq!(Span::of_both(two, seven).nearest(Value::Real(5.0)), two);
    }

    #[test]
    fn beyond_extends_away_from_the_other_value() {
        let (first, second) = (Value::Level(3), Value::Level(5));
        let span = Span::Levels { first: 2, last: 8 };
        assert_eq!(span.beyond(second, first), Span::Levels { first: 5, last: 8 });
        assert_eq!(span.beyond(first, second), Span::Levels { first: 2, last: 3 });
        let (less, more) = (Value::Real(0.25), Value::Real(0.5));
        let span = Span::Real { low: 0.0, high: 1.0 };
        assert_eq!(span.beyond(more, less), Span::Real { low: 0.5, high: 1.0 });
        assert_eq!(span.beyond(less, more), Span::Real { low: 0.0, high: 0.25 });
    }

    #[test]
    fn a_span_within_a_range_is_their_intersection() {
        let reals = Span::Real { low: 0.0, high: 10.0 };
        assert_eq!(reals.within(&Accept::RealRange { low: 2.0, high: 20.0 }), real(2.0, 10.0));
        assert_eq!(reals.within(&Accept::RealRange { low: 10.0, high: 20.0 }), real(10.0, 10.0));
        assert_eq!(reals.within(&Accept::RealRange { low: 11.0, high: 20.0 }), None);
        assert_eq!(reals.within(&Accept::LevelRange { first: 0, last: 1 }), None);
        let few = Span::Levels { first: 2, last: 8 };
        assert_eq!(few.within(&Accept::LevelRange { first: 0, last: 5 }), Some(whole(2, 5)));
        assert_eq!(few.within(&Accept::LevelRange { first: 8, last: 9 }), Some(whole(8, 8)));
        assert_eq!(few.within(&Accept::LevelRange { first: 9, last: 9 }), None);
    }

    #[test]
    fn a_span_within_a_list_reaches_from_its_first_to_its_last_member() {
        let span = Span::Levels { first: 2, last: 8 };
        assert_eq!(span.within(&Accept::Levels(vec![0, 3, 5, 9])), Some(whole(3, 5)));
        assert_eq!(span.within(&Accept::Levels(vec![2, 5, 8])), Some(whole(2, 8)));
        assert_eq!(span.within(&Accept::Levels(vec![0, 9])), None);
    }

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
