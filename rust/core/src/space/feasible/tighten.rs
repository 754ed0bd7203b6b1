//! What one constraint leaves of the spans of its parameters (bounds consistency; Apt 2003, *Principles of Constraint
//! Programming*, section 6.4).

use super::Span;
use super::exact::ExactSums;
use crate::space::{Constraint, Number, Parameter, Value};

/// The part of the span of parameter `i` that `constraint` leaves, the others lying anywhere in theirs; `None` if
/// nothing is left. Forbidden combinations leave everything: they have no bounds.
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
    /// More than the rounding errors of a sum of this many terms of this size.
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

    /// What is left of `spans[i]`, where `i` is the parameter of the given term (its position in
    /// [`Constraint::parameters`]); `None` if nothing is.
    pub(super) fn left(&self, term: usize, spans: &[Span]) -> Option<Span> {
        let number = |i: usize, value: Value| self.parameters[i].domain.number(value);
        match *self.constraint {
            Constraint::Linear { ref terms, lower, upper } => self.left_by_sum(terms[term], lower, upper, spans),
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
    fn left_by_sum(&self, (i, weight): (usize, f64), lower: f64, upper: f64, spans: &[Span]) -> Option<Span> {
        if let Some(exact) = self.exact {
            return exact.left(weight, &self.parameters[i].domain, spans[i], lower, upper);
        }
        let Sums { least, most, margin } = self.sums;
        if !(least.is_finite() && most.is_finite()) {
            return Some(spans[i]);
        }
        let (own_least, own_most) = ends(weight, &self.parameters[i], spans[i]);
        let at_most = upper - (least - own_least);
        let at_least = lower - (most - own_most);
        let domain = &self.parameters[i].domain;
        let span = spans[i];
        match (span, weight > 0.0) {
            (Span::Real { low, high }, true) => {
                let high = floor(low, high, (at_most - margin) / weight, (at_most + margin) / weight)?;
                ceil(low, high, (at_least + margin) / weight, (at_least - margin) / weight)
                    .map(|low| Span::Real { low, high })
            }
            (Span::Real { low, high }, false) => {
                let high = floor(low, high, (at_least + margin) / weight, (at_least - margin) / weight)?;
                ceil(low, high, (at_most - margin) / weight, (at_most + margin) / weight)
                    .map(|low| Span::Real { low, high })
            }
            (Span::Levels { .. }, true) => span
                .at_most(domain, Number::Real((at_most + margin) / weight), false)?
                .at_least(domain, Number::Real((at_least - margin) / weight), false),
            (Span::Levels { .. }, false) => span
                .at_most(domain, Number::Real((at_least - margin) / weight), false)?
                .at_least(domain, Number::Real((at_most + margin) / weight), false),
        }
    }
}

/// The upper end of `[low, high]` under a bound known to lie between `safe` and `possible`: the safe one, or, where it
/// leaves nothing, the single point that may still do. This is how an equation ends in a point, and how a vertex that
/// alone satisfies the bounds is found.
fn floor(low: f64, high: f64, safe: f64, possible: f64) -> Option<f64> {
    if safe >= low { Some(high.min(safe)) } else { (possible >= low).then_some(low) }
}

/// The lower end of `[low, high]`, as [`floor`].
fn ceil(low: f64, high: f64, safe: f64, possible: f64) -> Option<f64> {
    if safe <= high { Some(low.max(safe)) } else { (possible <= high).then_some(high) }
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
