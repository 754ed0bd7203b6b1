//! Narrows the spans of the parameters of one constraint (bounds consistency; Apt 2003, *Principles of Constraint
//! Programming*, section 6.4).

use super::Span;
use super::exact::ExactSums;
use crate::space::bounds::{Sums, term_ends};
use crate::space::constraint::is_equation;
use crate::space::{Constraint, Number, Parameter, Value};

/// Computes the part of each span that `constraint` leaves while the other parameters lie anywhere in their spans.
/// Forbidden combinations have no bounds and narrow nothing.
pub(super) struct Tightener<'a> {
    constraint: &'a Constraint,
    parameters: &'a [Parameter],
    sums: TermSums,
    exact: Option<ExactSums>,
}

/// Sums over all terms of a linear constraint.
#[derive(Clone, Copy, Default)]
struct TermSums {
    /// The smallest sum.
    least: f64,
    /// The largest sum.
    most: f64,
    /// An upper bound on the rounding error of a sum of this many terms of this size.
    margin: f64,
    /// Whether a parameter with levels may still take several of them.
    has_open_levels: bool,
}

impl<'a> Tightener<'a> {
    /// Reads the spans once, in time linear in the number of terms.
    pub(super) fn new(constraint: &'a Constraint, parameters: &'a [Parameter], spans: &[Span]) -> Self {
        let (sums, exact) = match constraint {
            Constraint::Linear { terms, lower, upper } => {
                (sums(terms, *lower, *upper, parameters, spans), ExactSums::new(terms, parameters, spans))
            }
            _ => (TermSums::default(), None),
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
        let TermSums { least, most, margin, has_open_levels } = self.sums;
        if !(least.is_finite() && most.is_finite()) {
            return Some(spans[i]);
        }
        let (own_least, own_most) = term_ends(weight, &self.parameters[i], spans[i].ends());
        let is_equation = is_equation(lower, upper);
        // How far inside its bounds a float is kept. A level that is still open may need the very end of the float's span,
        // and the tolerance of an equation covers rounding errors.
        let inside = match (has_open_levels, is_equation) {
            (true, _) => -margin,
            (false, true) => 0.0,
            (false, false) => margin,
        };
        let (at_most, at_least) = (upper - (least - own_least), lower - (most - own_most));
        let at_most = Bound { safe: at_most - inside, possible: at_most + margin };
        let at_least = Bound { safe: at_least + inside, possible: at_least - margin };
        // Division by a negative weight turns an upper bound into a lower one.
        let (high, low) = if weight > 0.0 { (at_most, at_least) } else { (at_least, at_most) };
        let (high, low) = (high.over(weight), low.over(weight));
        let domain = &self.parameters[i].domain;
        match spans[i] {
            Span::Real { low: first, high: last } => {
                // A span shorter than the rounding errors satisfies an equation as a whole.
                if is_equation && low.possible <= first && last <= high.possible {
                    return Some(spans[i]);
                }
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
    /// On the side where the constraint certainly holds, if all levels are known.
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

fn sums(terms: &[(usize, f64)], lower: f64, upper: f64, parameters: &[Parameter], spans: &[Span]) -> TermSums {
    let finite = |x: f64| if x.is_finite() { x.abs() } else { 0.0 };
    let Sums { least, most, size } = Sums::of(terms, parameters, |i| spans[i].ends(), finite(lower).max(finite(upper)));
    let margin = size * f64::EPSILON * (terms.len() as f64 + 4.0);
    let is_open = |span: Span| matches!(span, Span::Levels { first, last } if first < last);
    TermSums { least, most, margin, has_open_levels: terms.iter().any(|&(i, _)| is_open(spans[i])) }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{NO_LOWER, NO_UPPER, integer, linear, parameter, real};
    use super::*;
    use crate::space::Domain;

    /// What a linear constraint leaves of each domain.
    fn remaining(domains: &[Domain], constraint: &Constraint) -> Vec<Option<Span>> {
        let parameters: Vec<Parameter> = domains.iter().map(|d| parameter("p", d.clone())).collect();
        let spans: Vec<Span> = domains.iter().map(Span::of).collect();
        let tightener = Tightener::new(constraint, &parameters, &spans);
        (0..domains.len()).map(|term| tightener.remaining(term, &spans)).collect()
    }

    fn range(low: f64, high: f64) -> Span {
        Span::Real { low, high }
    }

    /// The span lies within `[low, high]` and reaches both ends up to rounding errors.
    fn assert_fills(span: Option<Span>, low: f64, high: f64) {
        let Some(Span::Real { low: first, high: last }) = span else { unreachable!("{span:?}") };
        assert!((0.0..1e-12).contains(&(first - low)) && (0.0..1e-12).contains(&(high - last)), "{first} {last}");
    }

    /// From `8 <= a + 2 b <= 9` and `a` in `[1, 3]` follows `b` in `[5 / 2, 4]`.
    #[test]
    fn a_term_lies_between_the_bounds_less_the_ends_of_the_others() {
        let left = remaining(&[real(1.0, 3.0), real(0.5, 5.0)], &linear(&[1.0, 2.0], 8.0, 9.0));
        assert_eq!(left[0], Some(range(1.0, 3.0)));
        assert_fills(left[1], 2.5, 4.0);
        let left = remaining(&[real(1.0, 3.0), real(-5.0, -0.5)], &linear(&[1.0, -2.0], 8.0, 9.0));
        assert_eq!(left[0], Some(range(1.0, 3.0)));
        assert_fills(left[1], -4.0, -2.5);
        let left = remaining(&[real(1.0, 10.0), real(0.5, 5.0)], &linear(&[1.0, 2.0], NO_LOWER, 4.0));
        assert_fills(left[0], 1.0, 3.0);
        assert_fills(left[1], 0.5, 1.5);
    }

    #[test]
    fn levels_under_fractional_weights_are_narrowed_too() {
        let domains = [integer(10), real(0.0, 1.0)];
        for (lower, upper, first, last) in [(NO_LOWER, 2.0, 0, 4), (2.0, NO_UPPER, 2, 10), (2.0, 2.0, 2, 4)] {
            let left = remaining(&domains, &linear(&[0.5, 1.0], lower, upper));
            assert_eq!(left[0], Some(Span::Levels { first, last }), "{lower} {upper}");
        }
    }

    /// With `a` in `[0, 1]`, `n = 0` in `a - 2 n = 0` needs `a = 0`. In the last equation `n = 4` does; the sum of the most
    /// is rounded to a multiple of 2^-13.
    #[test]
    fn a_float_keeps_its_ends_while_levels_are_open() {
        let equation = linear(&[1.0, -2.0], 0.0, 0.0);
        let left = remaining(&[real(0.0, 1.0), integer(10)], &equation);
        assert_eq!(left, [Some(range(0.0, 1.0)), Some(Span::Levels { first: 0, last: 0 })]);
        assert_eq!(remaining(&[real(0.0, 1.0), integer(0)], &equation)[0], Some(range(0.0, 0.0)));
        let at_least = linear(&[1.0, -2.0], 0.0, NO_UPPER);
        assert_eq!(remaining(&[real(0.0, 1.0), integer(10)], &at_least)[0], Some(range(0.0, 1.0)));
        let wide = remaining(&[real(0.0, 1e12), integer(4)], &linear(&[1.0, 0.10005], 0.4002, 0.4002));
        assert!(matches!(wide[0], Some(Span::Real { low: 0.0, .. })), "{wide:?}");
    }

    #[test]
    fn an_equation_narrows_to_its_solution() {
        let left = remaining(&[real(0.25, 0.25), real(0.0, 1.0)], &linear(&[1.0, 2.0], 1.25, 1.25));
        let Some(Span::Real { low, high }) = left[1] else { unreachable!("{left:?}") };
        assert!(low == high && (low - 0.5).abs() < 1e-12, "{low} {high}");
    }

    /// The spacing of floats near 10^15 is 0.125.
    #[test]
    fn an_equation_keeps_a_span_that_is_shorter_than_rounding_errors() {
        let large = Domain::Integer { low: 1_000_000_000_000_000, step: 1, last: 0, log: false };
        let left = |constraint| remaining(&[large.clone(), real(1e-9, 1e-6)], &constraint)[1];
        assert_eq!(left(linear(&[1.0, 1.0], 1e15, 1e15)), Some(range(1e-9, 1e-6)));
        assert_eq!(left(linear(&[1.0, 1.0], 1e15 + 100.0, 1e15 + 100.0)), None);
    }

    /// The corners of `[0.5, 1] x [0.25, 1]` have the sums `a + 2 b` of 1 and 3.
    #[test]
    fn a_corner_that_alone_satisfies_a_bound_is_kept() {
        let domains = [real(0.5, 1.0), real(0.25, 1.0)];
        let left = |lower, upper| remaining(&domains, &linear(&[1.0, 2.0], lower, upper));
        assert_eq!(left(NO_LOWER, 1.0), [Some(range(0.5, 0.5)), Some(range(0.25, 0.25))]);
        assert_eq!(left(3.0, NO_UPPER), [Some(range(1.0, 1.0)); 2]);
        assert_eq!([left(NO_LOWER, 0.95), left(3.05, NO_UPPER)], [[None, None], [None, None]]);
    }

    #[test]
    fn a_sum_that_overflows_narrows_nothing() {
        for (low, high, constraint) in
            [(-1e308, 0.0, linear(&[1.0, 1.0], -1.0, NO_UPPER)), (0.0, 1e308, linear(&[1.0, 1.0], NO_LOWER, 1.0))]
        {
            assert_eq!(remaining(&[real(low, high), real(low, high)], &constraint), [Some(range(low, high)); 2]);
        }
    }

    /// The error of a sum of `n` terms is at most `n` units in the last place of the sum of their sizes.
    #[test]
    fn the_margin_covers_the_rounding_errors_of_a_sum() {
        let domains = vec![real(-1e-3, 1e-3); 6];
        let parameters: Vec<Parameter> = domains.iter().map(|d| parameter("p", d.clone())).collect();
        let spans: Vec<Span> = domains.iter().map(Span::of).collect();
        let terms: Vec<(usize, f64)> = (0..6).map(|i| (i, 1.0)).collect();
        let bound = 6.0 * f64::EPSILON * 6e-3;
        let margin = sums(&terms, 0.0, NO_UPPER, &parameters, &spans).margin;
        assert!((bound..10.0 * bound).contains(&margin), "{margin}");
    }
}
