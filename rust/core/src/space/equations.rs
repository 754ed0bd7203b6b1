//! Recognizes equations that are written as two inequalities.

use std::collections::BTreeMap;

use super::Constraint;
use super::constraint::{EQUATION_TOLERANCE, is_equation};

/// Replaces linear constraints on multiples of the same sum by the equation that they leave together, if they do, so
/// that it has the tolerance of an equation. Constraints keep their terms, number and order.
pub(super) fn joined(mut constraints: Vec<Constraint>) -> Vec<Constraint> {
    let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (k, constraint) in constraints.iter().enumerate() {
        if matches!(constraint, Constraint::Linear { .. }) {
            let mut named = constraint.parameters();
            named.sort_unstable();
            alike.entry(named).or_default().push(k);
        }
    }
    for group in alike.into_values() {
        for (position, &k) in group.iter().enumerate() {
            for &l in &group[..position] {
                let (first, second) = (&constraints[l], &constraints[k]);
                if let (Some(first), Some(second)) = (equation(first, second), equation(second, first)) {
                    (constraints[l], constraints[k]) = (first, second);
                }
            }
        }
    }
    constraints
}

/// The equation that two linear constraints leave, in the terms of `a`.
fn equation(a: &Constraint, b: &Constraint) -> Option<Constraint> {
    let (Constraint::Linear { terms, lower, upper }, Constraint::Linear { terms: of_b, lower: low, upper: high }) =
        (a, b)
    else {
        return None;
    };
    let factor = factor(terms, of_b)?;
    let (low, high) = if factor > 0.0 { (low / factor, high / factor) } else { (high / factor, low / factor) };
    let (lower, upper) = (lower.max(low), upper.min(high));
    // Rounding may have exchanged bounds that should be equal.
    let (lower, upper) = (lower.min(upper), lower.max(upper));
    is_equation(lower, upper).then(|| Constraint::Linear { terms: terms.clone(), lower, upper })
}

/// The number by which the terms of `a` are multiplied in `b`, up to rounding.
fn factor(a: &[(usize, f64)], b: &[(usize, f64)]) -> Option<f64> {
    let sorted = |terms: &[(usize, f64)]| {
        let mut terms = terms.to_vec();
        terms.sort_by_key(|term| term.0);
        terms
    };
    let (a, b) = (sorted(a), sorted(b));
    let factor = b.first()?.1 / a.first()?.1;
    let is_multiple = |((i, x), (j, y)): (&(usize, f64), &(usize, f64))| {
        i == j && (x * factor - y).abs() <= EQUATION_TOLERANCE * y.abs()
    };
    (factor.is_normal() && a.iter().zip(&b).all(is_multiple)).then_some(factor)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NO_LOWER, NO_UPPER, linear, point, real, space};
    use super::*;

    #[test]
    fn inequalities_that_leave_one_value_become_an_equation_in_their_own_terms() {
        let below = linear(&[1.0, 2.0], NO_LOWER, 6.0);
        let reversed = |upper| Constraint::Linear { terms: vec![(1, 2.0), (0, 1.0)], lower: 6.0, upper };
        for (above, equation) in [
            (linear(&[1.0, 2.0], 6.0, NO_UPPER), linear(&[1.0, 2.0], 6.0, 6.0)),
            (linear(&[-0.5, -1.0], NO_LOWER, -3.0), linear(&[-0.5, -1.0], -3.0, -3.0)),
            (reversed(9.0), reversed(6.0)),
        ] {
            assert_eq!(joined(vec![below.clone(), above]), [linear(&[1.0, 2.0], 6.0, 6.0), equation]);
        }
    }

    #[test]
    fn bounds_that_rounding_exchanged_leave_an_equation() {
        let sum = 0.1 + 0.2;
        let both = joined(vec![linear(&[1.0, 1.0], NO_LOWER, 0.3), linear(&[1.0, 1.0], sum, NO_UPPER)]);
        assert_eq!(both, [linear(&[1.0, 1.0], 0.3, sum), linear(&[1.0, 1.0], 0.3, sum)]);
        let space = space(vec![real(0.0, 1.0); 2], both);
        assert!(space.satisfies(&point(&[0.1, 0.2])) && !space.satisfies(&point(&[0.1, 0.3])));
    }

    #[test]
    fn terms_are_multiples_up_to_rounding() {
        let (below, above) = (linear(&[0.1, 0.3], NO_LOWER, 0.2), linear(&[0.3, 0.9], 0.6, NO_UPPER));
        assert_ne!(0.3 * (0.3 / 0.1), 0.9);
        for constraint in joined(vec![below, above]) {
            let Constraint::Linear { lower, upper, .. } = constraint else { unreachable!() };
            assert!(is_equation(lower, upper), "{lower} {upper}");
        }
    }

    #[test]
    fn other_constraints_stay() {
        let below = linear(&[1.0, 2.0], NO_LOWER, 6.0);
        for other in [
            linear(&[1.0, 2.0], 5.0, NO_UPPER),
            linear(&[1.0, 2.0], 7.0, NO_UPPER),
            linear(&[1.0, 3.0], 6.0, NO_UPPER),
            linear(&[1.0], 6.0, NO_UPPER),
            Constraint::Order { left: 0, right: 1, strict: false },
        ] {
            let both = vec![below.clone(), other];
            assert_eq!(joined(both.clone()), both);
        }
    }
}
