//! What can be said of a constraint when each parameter is only known to lie between two values.

use super::{Constraint, Parameter, Value};

/// Whether `constraint` is broken by every choice of values between the ends given for each of its parameters, as far
/// as interval arithmetic can tell: never claimed where a choice satisfies it.
pub(super) fn broken_everywhere(
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
            let (mut least, mut most, mut size) = (0.0, 0.0, 0.0f64);
            for &(i, weight) in terms {
                let (a, b) = (weight * numbers(i).0.to_f64(), weight * numbers(i).1.to_f64());
                least += a.min(b);
                most += a.max(b);
                size += a.abs().max(b.abs());
            }
            // Beyond the rounding of the sums, and the tolerance of an equation.
            let slack = 2.0 * super::EQUATION_TOLERANCE * size;
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
