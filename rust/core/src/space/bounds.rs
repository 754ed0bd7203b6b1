//! Evaluates a constraint by interval arithmetic: each parameter is only known to lie between two values.

use super::{Constraint, EQUATION_TOLERANCE, Parameter, Value};

/// Whether every choice of values between the ends of each parameter breaks `constraint`. Interval arithmetic is
/// conservative: the result is never `true` where some choice satisfies the constraint.
pub(super) fn always_broken(
    constraint: &Constraint,
    parameters: &[Parameter],
    ends: impl Fn(usize) -> (Value, Value),
) -> bool {
    let numbers = |i: usize| {
        let (low, high) = ends(i);
        (parameters[i].domain.number(low), parameters[i].domain.number(high))
    };
    match constraint {
        Constraint::Linear { terms, lower, upper } => {
            let Sums { least, most, size } = Sums::of(terms, parameters, ends, 0.0);
            // More than rounding errors and the tolerance of an equation.
            let slack = 2.0 * EQUATION_TOLERANCE * size;
            least > upper + slack || most < lower - slack
        }
        Constraint::Order { left, right, strict } => {
            let order = numbers(*left).0.compare(numbers(*right).1);
            order.is_gt() || *strict && order.is_eq()
        }
        Constraint::Forbid(clauses) => clauses.iter().all(|clause| {
            let (low, high) = ends(clause.parameter);
            low == high && clause.accept.contains(low)
        }),
    }
}

/// The range of the sum of a linear constraint.
pub(super) struct Sums {
    pub(super) least: f64,
    pub(super) most: f64,
    /// The sum of the largest absolute value of each term.
    pub(super) size: f64,
}

impl Sums {
    /// The range for parameters that lie between two values each; `size` is added to the size of the terms.
    pub(super) fn of(
        terms: &[(usize, f64)],
        parameters: &[Parameter],
        ends: impl Fn(usize) -> (Value, Value),
        size: f64,
    ) -> Self {
        let mut sums = Self { least: 0.0, most: 0.0, size };
        for &(i, weight) in terms {
            let (a, b) = term_ends(weight, &parameters[i], ends(i));
            sums.least += a;
            sums.most += b;
            sums.size += a.abs().max(b.abs());
        }
        sums
    }
}

/// The smallest and the largest value of a term whose parameter lies between two values.
pub(super) fn term_ends(weight: f64, parameter: &Parameter, (low, high): (Value, Value)) -> (f64, f64) {
    let [a, b] = [low, high].map(|end| weight * parameter.domain.number(end).to_f64());
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::Domain;
    use super::super::testing::parameter;
    use super::*;

    /// Whether the constraint is broken for all `a` and `b` from 0 to 10 between these levels.
    fn broken(constraint: &Constraint, a: (u64, u64), b: (u64, u64)) -> bool {
        let domain = Domain::integer(0, 10, 1, false).unwrap();
        let parameters = [parameter("a", domain.clone()), parameter("b", domain)];
        let ends = |i: usize| if i == 0 { a } else { b };
        always_broken(constraint, &parameters, |i| (Value::Level(ends(i).0), Value::Level(ends(i).1)))
    }

    #[test]
    fn an_order_is_broken_if_the_least_left_exceeds_the_greatest_right() {
        let order = |strict| Constraint::Order { left: 0, right: 1, strict };
        assert!(broken(&order(false), (4, 9), (0, 3)) && !broken(&order(false), (4, 9), (0, 4)));
        assert!(broken(&order(true), (4, 9), (0, 4)) && !broken(&order(true), (4, 9), (0, 5)));
    }

    #[test]
    fn a_sum_is_broken_beyond_its_bounds_and_not_within_rounding_errors() {
        let sum = |lower, upper| Constraint::Linear { terms: vec![(0, 1.0), (1, -1.0)], lower, upper };
        // a - b lies between 2 and 6.
        let is_broken = |lower, upper| broken(&sum(lower, upper), (4, 6), (0, 2));
        assert!(!is_broken(6.0, 9.0) && !is_broken(-3.0, 2.0) && !is_broken(3.0, 4.0));
        assert!(is_broken(6.1, 9.0) && is_broken(-3.0, 1.9));
        // The sum of the largest magnitudes is 8.
        let slack = 2.0 * EQUATION_TOLERANCE * 8.0;
        assert!(!is_broken(6.0 + 0.5 * slack, 9.0) && !is_broken(-3.0, 2.0 - 0.5 * slack));
        assert!(is_broken(6.0 + 2.0 * slack, 9.0) && is_broken(-3.0, 2.0 - 2.0 * slack));
    }
}
