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
            let weighted =
                terms.iter().map(|&(i, weight)| (weight * numbers(i).0.to_f64(), weight * numbers(i).1.to_f64()));
            sum_is_outside(weighted, *lower, *upper)
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

/// Whether every sum of one number from each interval lies outside `[lower, upper]` by more than rounding errors and
/// the tolerance of an equation. The ends of an interval may come in any order.
fn sum_is_outside(intervals: impl Iterator<Item = (f64, f64)>, lower: f64, upper: f64) -> bool {
    let (mut least, mut most, mut size) = (0.0, 0.0, 0.0f64);
    for (a, b) in intervals {
        least += a.min(b);
        most += a.max(b);
        size += a.abs().max(b.abs());
    }
    let slack = 2.0 * EQUATION_TOLERANCE * size;
    least > upper + slack || most < lower - slack
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
