//! Projects a point onto linear and order constraints.
//!
//! Cyclic projection (the relaxation method of Agmon 1954 and Motzkin and Schoenberg 1954) within the box of the
//! domains, in the metric in which every domain has length one. A constraint `sum w x <= b` moves `x` along `-w r^2`
//! (`r` is the length of the domain) until it holds; coordinates that reach their bound stay there. The result is the
//! nearest point of the halfspace in the box. Each step overshoots by a surplus that shrinks from round to round. Once
//! the surplus is shorter than the inner radius of the set, finitely many rounds enter the set; plain projections would
//! only converge to its boundary. Discrete values are rounded at the end, and the caller checks the result.

use super::Restriction;
use crate::space::{Configuration, Constraint, Domain, Number, SearchSpace, Value};

/// Rounds over all constraints. (Half and twice: `benches/results/constants.md`.)
const ROUNDS: usize = 3000;
/// The surplus of the first round, as a fraction of the range of the sum. (Half and twice:
/// `benches/results/constants.md`.)
const FIRST_SURPLUS: f64 = 0.1;
/// The factor by which the surplus shrinks per round, to 10^-13 of the first after all rounds. (Half and twice:
/// `benches/results/constants.md`.)
const SHRINKING: f64 = 0.99;

/// `sum of weight * x <= bound`.
pub(super) struct Halfspace {
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) bound: f64,
    /// How far beyond the bound the first step goes.
    pub(super) surplus: f64,
}

/// The result of a projection.
pub(super) struct Projection {
    /// The point moved towards the constraints.
    pub(super) point: Configuration,
    /// Whether a round ended with every constraint satisfied, up to the rounding of values.
    pub(super) has_converged: bool,
}

/// A coordinate that may move.
#[derive(Clone, Copy)]
pub(super) struct Coordinate {
    pub(super) x: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl SearchSpace {
    /// Moves `goal` towards the constraints that apply to it; its activity does not change.
    pub(super) fn project(&self, goal: &Configuration, restriction: Restriction<'_>) -> Projection {
        let (mut point, halfspaces) = self.halfspaces_at(goal, restriction);
        let (mut share, mut has_converged) = (1.0, false);
        for _ in 0..ROUNDS {
            let mut moved = false;
            for halfspace in &halfspaces {
                moved |= halfspace.enter(share, &mut point);
            }
            if !moved {
                has_converged = true;
                break;
            }
            share *= SHRINKING;
        }
        Projection { point: self.with_coordinates(goal, &point), has_converged }
    }

    /// The coordinates of `goal` that may move, and the constraints on them.
    pub(super) fn halfspaces_at(
        &self,
        goal: &Configuration,
        restriction: Restriction<'_>,
    ) -> (Vec<Option<Coordinate>>, Vec<Halfspace>) {
        let point: Vec<Option<Coordinate>> = (0..goal.0.len()).map(|i| self.coordinate(i, goal, restriction)).collect();
        let halfspaces = self.constraints().iter().flat_map(|c| halfspaces(c, &point)).collect();
        (point, halfspaces)
    }

    /// `goal` with these coordinates, rounded to values.
    pub(super) fn with_coordinates(&self, goal: &Configuration, point: &[Option<Coordinate>]) -> Configuration {
        let value = |i: usize| point[i].map_or(goal.0[i], |c| Some(self.rounded(i, c.x)));
        Configuration((0..goal.0.len()).map(value).collect())
    }

    fn coordinate(&self, i: usize, goal: &Configuration, restriction: Restriction<'_>) -> Option<Coordinate> {
        let domain = &self.parameters()[i].domain;
        let number = |value| domain.number(value).to_f64();
        let (low, high) = restriction.span(i, self)?.ends();
        domain.is_ordered().then_some(Coordinate { x: number(goal.0[i]?), low: number(low), high: number(high) })
    }

    /// The value of the domain nearest to a number in the user's scale.
    fn rounded(&self, i: usize, x: f64) -> Value {
        let domain = &self.parameters()[i].domain;
        if let Domain::Real { low, high, .. } = *domain {
            return Value::Real(x.clamp(low, high));
        }
        let below = domain.floor_level(Number::Real(x)).unwrap_or(0);
        let above = domain.ceil_level(Number::Real(x)).unwrap_or(below);
        let nearer = domain.real_value(above) - x < x - domain.real_value(below);
        Value::Level(if nearer { above } else { below })
    }
}

/// The halfspaces of a constraint; none if a parameter has no coordinate, or for a forbidden combination.
fn halfspaces(constraint: &Constraint, point: &[Option<Coordinate>]) -> Vec<Halfspace> {
    if constraint.parameters().iter().any(|&i| point[i].is_none()) {
        return Vec::new();
    }
    let halfspace = |terms: Vec<(usize, f64)>, bound: f64, room: f64| {
        let length = |&(i, w): &(usize, f64)| w.abs() * point[i].map_or(0.0, |c| c.high - c.low);
        // Between two bounds, a step must not overshoot the other one.
        let surplus = (FIRST_SURPLUS * terms.iter().map(length).sum::<f64>()).min(room / 2.0);
        bound.is_finite().then_some(Halfspace { terms, bound, surplus })
    };
    match *constraint {
        Constraint::Linear { ref terms, lower, upper } => {
            let negated = terms.iter().map(|&(i, w)| (i, -w)).collect();
            let both = [halfspace(terms.clone(), upper, upper - lower), halfspace(negated, -lower, upper - lower)];
            both.into_iter().flatten().collect()
        }
        Constraint::Order { left, right, .. } => {
            halfspace(vec![(left, 1.0), (right, -1.0)], 0.0, f64::INFINITY).into_iter().collect()
        }
        Constraint::Forbid(_) => Vec::new(),
    }
}

impl Halfspace {
    /// Moves the point into the halfspace and beyond it by `share` of the surplus, as far as the box allows. Returns
    /// `false` if it was inside already.
    fn enter(&self, share: f64, point: &mut [Option<Coordinate>]) -> bool {
        let sum = |point: &[Option<Coordinate>]| -> f64 {
            self.terms.iter().map(|&(i, w)| w * point[i].map_or(0.0, |c| c.x)).sum()
        };
        let mut excess = sum(point) - self.bound;
        if excess.is_nan() || excess <= 0.0 {
            return false;
        }
        let target = self.bound - share * self.surplus;
        for _ in 0..=self.terms.len() {
            excess = sum(point) - target;
            let slope: f64 = self.terms.iter().map(|&(i, w)| point[i].map_or(0.0, |c| w * w * c.room(-w))).sum();
            // The squared length of a range wider than 1e154 overflows. The point then stays, and the caller checks it.
            if excess <= 0.0 || slope <= 0.0 || !(slope.is_finite() && (excess / slope).is_finite()) {
                break;
            }
            for &(i, w) in &self.terms {
                if let Some(c) = &mut point[i] {
                    c.x = (c.x - excess / slope * w * c.room(-w)).clamp(c.low, c.high);
                }
            }
        }
        true
    }
}

impl Coordinate {
    /// Squared length of the domain, zero if the coordinate cannot move in the direction of `sign`.
    fn room(self, sign: f64) -> f64 {
        let blocked = if sign > 0.0 { self.x >= self.high } else { self.x <= self.low };
        if blocked { 0.0 } else { (self.high - self.low) * (self.high - self.low) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::super::testing::{NO_LOWER, NO_UPPER, fixed, linear, numbers, point, real, space};
    use super::*;

    fn order() -> Constraint {
        Constraint::Order { left: 0, right: 1, strict: false }
    }

    /// Projects a point of two floats onto constraints.
    fn projected(domains: &[Domain; 2], constraints: Vec<Constraint>, goal: [f64; 2]) -> Vec<f64> {
        numbers(&space(domains.to_vec(), constraints).project(&point(&goal), fixed(&[None; 2])).point)
    }

    fn assert_near(point: &[f64], expected: [f64; 2]) {
        let close = point.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12);
        assert!(close, "expected {expected:?}, found {point:?}");
    }

    /// Ranges of length 1 and 2 move in the ratio 1 to 4. The surplus is a tenth of the range of the sum.
    #[test]
    fn a_step_is_orthogonal_in_the_metric_of_the_domains() {
        let domains = [real(1.0, 2.0), real(-1.0, 1.0)];
        // The sum falls from 2.8 to 1 - 0.1 * 3 = 0.7, in the ratio 1 to 4: by 0.42 and 1.68.
        assert_near(&projected(&domains, vec![linear(&[1.0, 1.0], NO_LOWER, 1.0)], [2.0, 0.8]), [1.58, -0.88]);
        // 2 a - b rises from 2 to 4 + 0.1 * 4 = 4.4; the steps 0.6 and -1.2 are in the ratio 2 * 1 to -1 * 4.
        assert_near(&projected(&domains, vec![linear(&[2.0, -1.0], 4.0, NO_UPPER)], [1.25, 0.5]), [1.85, -0.7]);
        // a - b falls from 0.4 to -0.1 * 2.
        assert_near(&projected(&[real(0.0, 1.0), real(0.0, 1.0)], vec![order()], [0.8, 0.4]), [0.5, 0.7]);
    }

    #[test]
    fn coordinates_at_their_bound_stay_there() {
        let unit = [real(0.0, 1.0), real(0.0, 1.0)];
        // To the sum 0.5 - 0.2 and to 1.5 + 0.2; one coordinate reaches its bound and the other takes the rest.
        assert_near(&projected(&unit, vec![linear(&[1.0, 1.0], NO_LOWER, 0.5)], [0.1, 0.9]), [0.0, 0.3]);
        assert_near(&projected(&unit, vec![linear(&[1.0, 1.0], 1.5, NO_UPPER)], [0.9, 0.1]), [1.0, 0.7]);
        let given = [Some(Value::Real(0.8)), None];
        let goal = Configuration(vec![given[0], Some(Value::Real(0.4))]);
        let point = space(unit.to_vec(), vec![order()]).project(&goal, fixed(&given)).point;
        assert_near(&numbers(&point), [0.8, 0.9]);
    }

    #[test]
    fn a_point_that_satisfies_the_constraints_is_not_moved() {
        let constraints = vec![linear(&[1.0, 1.0], NO_LOWER, 1.0), linear(&[2.0, -1.0], 2.0, NO_UPPER)];
        assert_eq!(projected(&[real(1.0, 2.0), real(-1.0, 1.0)], constraints, [1.1, -0.2]), [1.1, -0.2]);
    }

    #[test]
    fn a_step_between_two_bounds_ends_in_the_middle() {
        for (goal, expected) in [([0.9, 0.6], [0.6475, 0.3475]), ([0.1, 0.2], [0.4475, 0.5475])] {
            let slab = vec![linear(&[1.0, 1.0], 0.99, 1.0)];
            assert_near(&projected(&[real(0.0, 1.0), real(0.0, 1.0)], slab, goal), expected);
        }
    }

    /// The first steps overshoot the set, since each step considers one constraint only.
    #[test]
    fn shrinking_steps_enter_a_thin_intersection() {
        for goal in [[0.9, 0.9], [0.0, 0.05]] {
            let constraints = vec![linear(&[1.0, 1.0], NO_LOWER, 1.0), linear(&[1.0, 1.0], 0.99, NO_UPPER)];
            let sum: f64 = projected(&[real(0.0, 1.0), real(0.0, 1.0)], constraints, goal).iter().sum();
            assert!((0.99..=1.0).contains(&sum), "{sum}");
        }
    }

    #[test]
    fn numbers_between_levels_are_rounded_to_the_nearest() {
        let tens = space(vec![Domain::integer(10, 30, 10, false).unwrap()], vec![]);
        for (x, level) in [(-5.0, 0), (14.0, 0), (16.0, 1), (20.0, 1), (24.0, 1), (26.0, 2), (35.0, 2)] {
            assert_eq!(tens.rounded(0, x), Value::Level(level), "{x}");
        }
    }

    /// The squared length of a range may be beyond the range of floats.
    #[test]
    fn a_projected_point_is_finite_in_the_widest_domains() {
        for limit in [1e100, 1e160, 1e200, 1e308] {
            let domains = [real(-limit, limit), real(-limit, limit)];
            let goal = [0.5 * limit, -0.5 * limit];
            let point = projected(&domains, vec![order()], goal);
            assert!(point.iter().all(|x| x.abs() <= limit), "{limit}: {point:?}");
        }
    }
}
