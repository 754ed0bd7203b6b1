//! Narrows the spans of the parameters of one constraint (bounds consistency; Apt 2003, *Principles of Constraint
//! Programming*, section 6.4).

use super::Span;
use super::exact::ExactSums;
use crate::space::{Constraint, Number, Parameter, Value};

/// Computes the part of each span that `constraint` leaves while the other parameters lie anywhere in their spans.
/// Forbidden combinations have no bounds and narrow nothing.
pub(super) struct Tightener<'a> {
    constraint: &'a Constraint,
    parameters: &'a [Parameter],
    sums: Sums,
    exact: Option<ExactSums>,
}

/// Sums over all terms of a linear constraint.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// The smallest sum.
    least: f64,
    /// The largest sum.
    most: f64,
    /// An upper bound on the rounding error of a sum of this many terms of this size.
    margin: f64,
}

impl<'a> Tightener<'a> {
    /// Reads the spans once, in time linear in the number of terms.
    pub(super) fn new(constraint: &'a Constraint, parameters: &'a [Parameter], spans: &[Span]) -> Self {
        let (sums, exact) = match constraint {
            Constraint::Linear { terms, lower, upper } => {
                (sums(terms, *lower, *upper, parameters, spans), ExactSums::new(terms, parameters, spans))
            }
            _ => (Sums::default(), None),
        };
        Self { constraint, parameters, sums, exact }
    }

    /// The remaining part of `spans[i]`, where `i` is the parameter at position `term` of [`Constraint::parameters`];
    /// `None` if it is empty.
    pub(super) fn remaining(&self, term: usize, spans: &[Span]) -> Option<Span> {
        let number = |i: usize, value: Value| self.parameters[i].domain.number(value);
        match *self.constraint {
            Constraint::Linear { ref terms, lower, upper } => self.remaining_by_sum(terms[term], lower, upper, spans),
            Constraint::Order { left, right, strict } if term == 0 => {
                spans[left].at_most(&self.parameters[left].domain, number(right, spans[right].ends().1), strict)
            }
            Constraint::Order { left, right, strict } => {
                spans[right].at_least(&self.parameters[right].domain, number(left, spans[left].ends().0), strict)
            }
            Constraint::Forbid(ref clauses) => Some(spans[clauses[term].parameter]),
        }
    }

    /// `weight * x` must lie between `lower - (most of the others)` and `upper - (least of the others)`.
    fn remaining_by_sum(&self, (i, weight): (usize, f64), lower: f64, upper: f64, spans: &[Span]) -> Option<Span> {
        if let Some(exact) = self.exact {
            return exact.remaining(weight, &self.parameters[i].domain, spans[i], lower, upper);
        }
        let Sums { least, most, margin } = self.sums;
        if !(least.is_finite() && most.is_finite()) {
            return Some(spans[i]);
        }
        let (own_least, own_most) = ends(weight, &self.parameters[i], spans[i]);
        let at_most =
            Bound { safe: upper - (least - own_least) - margin, possible: upper - (least - own_least) + margin };
        let at_least = Bound { safe: lower - (most - own_most) + margin, possible: lower - (most - own_most) - margin };
        // Division by a negative weight turns an upper bound into a lower one.
        let (high, low) = if weight > 0.0 { (at_most, at_least) } else { (at_least, at_most) };
        let (high, low) = (high.over(weight), low.over(weight));
        let domain = &self.parameters[i].domain;
        match spans[i] {
            Span::Real { low: first, high: last } => {
                let last = floor(first, last, high)?;
                ceil(first, last, low).map(|first| Span::Real { low: first, high: last })
            }
            levels @ Span::Levels { .. } => levels.at_most(domain, Number::Real(high.possible), false)?.at_least(
                domain,
                Number::Real(low.possible),
                false,
            ),
        }
    }
}

/// A bound known up to rounding.
#[derive(Clone, Copy)]
struct Bound {
    /// On the side where the constraint certainly holds.
    safe: f64,
    /// On the side beyond which it certainly does not.
    possible: f64,
}

impl Bound {
    fn over(self, weight: f64) -> Self {
        Self { safe: self.safe / weight, possible: self.possible / weight }
    }
}

/// The upper end of `[low, high]` under a bound: the safe one or, where that leaves nothing, the single point that may
/// still satisfy it. Thus an equation narrows to a point, and a vertex that alone satisfies the bounds is kept.
fn floor(low: f64, high: f64, bound: Bound) -> Option<f64> {
    if bound.safe >= low { Some(high.min(bound.safe)) } else { (bound.possible >= low).then_some(low) }
}

/// The lower end of `[low, high]`, as [`floor`].
fn ceil(low: f64, high: f64, bound: Bound) -> Option<f64> {
    if bound.safe <= high { Some(low.max(bound.safe)) } else { (bound.possible <= high).then_some(high) }
}

fn sums(terms: &[(usize, f64)], lower: f64, upper: f64, parameters: &[Parameter], spans: &[Span]) -> Sums {
    let finite = |x: f64| if x.is_finite() { x.abs() } else { 0.0 };
    let mut size = finite(lower).max(finite(upper));
    let (mut least, mut most) = (0.0, 0.0);
    for &(i, weight) in terms {
        let (a, b) = ends(weight, &parameters[i], spans[i]);
        least += a;
        most += b;
        size += a.abs().max(b.abs());
    }
    Sums { least, most, margin: size * f64::EPSILON * (terms.len() as f64 + 4.0) }
}

/// The smallest and the largest value of one term.
fn ends(weight: f64, parameter: &Parameter, span: Span) -> (f64, f64) {
    let (low, high) = span.ends();
    let a = weight * parameter.domain.number(low).to_f64();
    let b = weight * parameter.domain.number(high).to_f64();
    (a.min(b), a.max(b))
}
