//! Narrows the span of an integer by a linear constraint whose terms are all integers with integer weights.
//!
//! Float sums lose the last digits of 64-bit integers, so an equation between them would never hold.

use super::Span;
use crate::space::constraint::integer_weight;
use crate::space::{Domain, Number, Parameter};

/// The smallest and the largest sum of all terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ExactSums {
    least: i128,
    most: i128,
}

impl ExactSums {
    /// `None` if a term is not an integer, or a sum overflows 128 bits.
    pub(super) fn new(terms: &[(usize, f64)], parameters: &[Parameter], spans: &[Span]) -> Option<Self> {
        terms.iter().try_fold(Self { least: 0, most: 0 }, |sums, &(i, weight)| {
            let (a, b) = ends(integer_weight(weight)?, &parameters[i].domain, spans[i])?;
            Some(Self { least: sums.least.checked_add(a)?, most: sums.most.checked_add(b)? })
        })
    }

    /// The part of `span`, the span of a term with this weight, that the bounds leave; `None` if it is empty.
    ///
    /// With `x` the integer and `rest` the sum of the others, `weight * x <= floor(upper) - min rest` and
    /// `weight * x >= ceil(lower) - max rest`; a negative weight reverses both.
    pub(super) fn remaining(self, weight: f64, domain: &Domain, span: Span, lower: f64, upper: f64) -> Option<Span> {
        let Some(weight) = integer_weight(weight) else { return Some(span) };
        let Some((own_least, own_most)) = ends(weight, domain, span) else { return Some(span) };
        // Casts saturate, so an infinite bound stays out of reach.
        let most = (upper.floor() as i128).saturating_sub(self.least - own_least);
        let least = (lower.ceil() as i128).saturating_sub(self.most - own_most);
        let size = weight.abs();
        let (low, high) = if weight > 0 {
            (ceil_quotient(least, size), most.div_euclid(size))
        } else {
            (ceil_quotient(most.saturating_neg(), size), least.saturating_neg().div_euclid(size))
        };
        span.at_most(domain, Number::Integer(high), false)?.at_least(domain, Number::Integer(low), false)
    }
}

fn ends(weight: i128, domain: &Domain, span: Span) -> Option<(i128, i128)> {
    let (low, high) = span.ends();
    let (Number::Integer(low), Number::Integer(high)) = (domain.number(low), domain.number(high)) else { return None };
    let (a, b) = (weight.checked_mul(low)?, weight.checked_mul(high)?);
    Some((a.min(b), a.max(b)))
}

fn ceil_quotient(n: i128, size: i128) -> i128 {
    n.saturating_neg().div_euclid(size).saturating_neg()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::super::testing::parameter;
    use super::*;

    #[test]
    fn bounds_of_64_bit_integers_are_exact() {
        let whole = Domain::integer(0, i128::from(u64::MAX), 1, false).unwrap();
        let parameters = [parameter("a", whole.clone()), parameter("b", whole.clone())];
        let spans = [Span::Levels { first: 7, last: 7 }, Span::of(&whole)];
        for (weight, upper, expected) in [(1.0, 1e18, 1_000_000_000_000_000_000 - 7), (3.0, 107.0, 33)] {
            let sums = ExactSums::new(&[(0, 1.0), (1, weight)], &parameters, &spans).unwrap();
            let left = sums.remaining(weight, &whole, spans[1], f64::NEG_INFINITY, upper);
            assert_eq!(left, Some(Span::Levels { first: 0, last: expected }));
        }
        let sums = ExactSums::new(&[(0, 1.0), (1, -2.0)], &parameters, &spans).unwrap();
        assert_eq!(sums.remaining(-2.0, &whole, spans[1], -9.0, 2.0), Some(Span::Levels { first: 3, last: 8 }));
        assert_eq!(sums.remaining(-2.0, &whole, spans[1], 9.0, 9.0), None);
        // From 10 <= a + 3 b and a <= 4 follows b >= 2.
        let spans = [Span::Levels { first: 3, last: 4 }, Span::Levels { first: 1, last: 5 }];
        let sums = ExactSums::new(&[(0, 1.0), (1, 3.0)], &parameters, &spans).unwrap();
        let left = sums.remaining(3.0, &whole, spans[1], 10.0, f64::INFINITY);
        assert_eq!(left, Some(Span::Levels { first: 2, last: 5 }));
    }
}
