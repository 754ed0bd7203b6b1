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
