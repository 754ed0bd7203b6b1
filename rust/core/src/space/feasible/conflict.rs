//! Finds constraints that can never hold together.

use super::Span;
use super::search::ROUNDS;
use super::tighten::Tightener;
use crate::space::bounds::Sums;
use crate::space::{Constraint, EQUATION_TOLERANCE, Parameter, SearchSpace, SpaceError};

impl SearchSpace {
    /// Checks that the constraints can hold together. The error names those that cannot. It names a single constraint
    /// if that one can never hold, although the bounds of its sum did not show this.
    pub(in crate::space) fn check_together(&self) -> Result<(), SpaceError> {
        let Some(together) = conflict(self.parameters(), self.constraints()) else { return Ok(()) };
        let named: Vec<String> = together.iter().map(|&k| self.constraints()[k].describe(self.parameters())).collect();
        Err(SpaceError::Space(match &named[..] {
            [one] => format!("constraint {one}: it can never hold; loosen it"),
            _ => format!("the constraints {} can never hold together; loosen one", named.join(" and ")),
        }))
    }
}

/// The indices of constraints that can never hold together, as few as explain the conflict. It may be a single one,
/// such as a constraint that excludes all integers.
/// Only constraints on parameters that always exist count. What interval arithmetic cannot show is not found, so `None`
/// does not mean that a configuration exists.
fn conflict(parameters: &[Parameter], constraints: &[Constraint]) -> Option<Vec<usize>> {
    let always = |constraint: &Constraint| constraint.parameters().into_iter().all(|i| parameters[i].when.is_empty());
    let loose: Vec<Constraint> = constraints.iter().map(|constraint| loosened(constraint, parameters)).collect();
    let mut together: Vec<usize> = (0..constraints.len()).filter(|&k| always(&constraints[k])).collect();
    if !leaves_nothing(parameters, &loose, &together) {
        return None;
    }
    // One is left out if the others exclude each other without it.
    for k in together.clone() {
        let others: Vec<usize> = together.iter().copied().filter(|&other| other != k).collect();
        if leaves_nothing(parameters, &loose, &others) {
            together = others;
        }
    }
    Some(together)
}

/// The constraint with the tolerance that an equation has: what only rounding errors break is no conflict.
fn loosened(constraint: &Constraint, parameters: &[Parameter]) -> Constraint {
    match constraint {
        Constraint::Linear { terms, lower, upper } => {
            let Sums { size, .. } = Sums::of(terms, parameters, |i| parameters[i].domain.ends(), 0.0);
            let slack = 2.0 * EQUATION_TOLERANCE * size;
            Constraint::Linear { terms: terms.clone(), lower: lower - slack, upper: upper + slack }
        }
        other => other.clone(),
    }
}

/// Whether narrowing by some constraints leaves a parameter no value.
fn leaves_nothing(parameters: &[Parameter], constraints: &[Constraint], chosen: &[usize]) -> bool {
    let mut spans: Vec<Span> = parameters.iter().map(|parameter| Span::of(&parameter.domain)).collect();
    for _ in 0..ROUNDS {
        let before = spans.clone();
        for &k in chosen {
            let tightener = Tightener::new(&constraints[k], parameters, &spans);
            for (term, i) in constraints[k].parameters().into_iter().enumerate() {
                let Some(remaining) = tightener.remaining(term, &spans) else { return true };
                spans[i] = remaining;
            }
        }
        if spans == before {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::{NO_LOWER, NO_UPPER, number, parameter, real};
    use crate::space::{Accept, Condition};

    fn shares() -> Vec<Parameter> {
        ["a", "b", "c", "d"].into_iter().map(number).collect()
    }

    fn at_least(i: usize, low: f64) -> Constraint {
        Constraint::Linear { terms: vec![(i, 1.0)], lower: low, upper: NO_UPPER }
    }

    fn sum() -> Constraint {
        Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], lower: 1.0, upper: 1.0 }
    }

    #[test]
    fn only_the_constraints_that_exclude_each_other_are_named() {
        let constraints = [at_least(3, 0.5), at_least(0, 0.7), at_least(2, 0.1), at_least(1, 0.5), sum()];
        assert_eq!(conflict(&shares(), &constraints), Some(vec![1, 3, 4]));
    }

    #[test]
    fn limits_that_leave_a_single_point_are_no_conflict() {
        let thirds = [at_least(0, 0.7), at_least(1, 0.2), at_least(2, 0.1), sum()];
        assert_eq!(conflict(&shares(), &thirds), None, "0.7 + 0.2 + 0.1 is less than 1 in floats");
        let within_tolerance = [at_least(0, 0.7), at_least(1, 0.3 + 1e-10), sum()];
        assert_eq!(conflict(&shares(), &within_tolerance), None);
    }

    #[test]
    fn orders_and_sums_exclude_each_other_too() {
        let order = |left, right, strict| Constraint::Order { left, right, strict };
        let below = Constraint::Linear { terms: vec![(1, 1.0)], lower: NO_LOWER, upper: 0.25 };
        let constraints = [order(0, 1, false), below.clone(), at_least(0, 0.5)];
        assert_eq!(conflict(&shares(), &constraints), Some(vec![0, 1, 2]));
        assert_eq!(conflict(&shares(), &[order(0, 1, false), below, at_least(0, 0.25)]), None);
    }

    #[test]
    fn nothing_is_known_of_parameters_that_may_not_exist() {
        let mut parameters = shares();
        let when = Condition { parent: 3, accept: Accept::RealRange { low: 0.0, high: 0.5 } };
        parameters[0].when = vec![when];
        assert_eq!(conflict(&parameters, &[at_least(0, 0.7), at_least(1, 0.5), sum()]), None);
        let wide = [parameter("a", real(-1e308, 1e308)), parameter("b", real(-1e308, 1e308))];
        let overflow = Constraint::Linear { terms: vec![(0, 1.0), (1, 1.0)], lower: 1.0, upper: 1.0 };
        assert_eq!(conflict(&wide, &[overflow, at_least(0, 0.0)]), None);
    }
}
