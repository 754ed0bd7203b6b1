//! The values of a parameter that may be suggested: those that its prior does not rule out; see [`super::likely`].

use super::feasible::Span;
use super::likely::Likely;
use super::{SearchSpace, Value};

impl SearchSpace {
    /// The value of a parameter at a unit coordinate, or at its mirror image where the prior rules it out.
    pub fn likely_value(&self, i: usize, u: f64) -> Value {
        let (axis, likely) = (&self.axes()[i], &self.likely()[i]);
        let value = axis.from_unit(u);
        if self.is_likely(i, value) {
            return value;
        }
        axis.from_unit(likely.mirrored(axis.to_unit(value)))
    }

    /// Whether a value may be suggested: the parameter's prior does not rule it out.
    pub fn is_likely(&self, i: usize, value: Value) -> bool {
        self.likely()[i].is_everything() || self.likely()[i].meets(self.axes()[i].cell(value))
    }

    /// The unit coordinates between which the suggestions of a parameter lie; whole cells if it has levels.
    pub fn likely_ends(&self, i: usize) -> (f64, f64) {
        let (left, right) = self.likely()[i].ends();
        let cell = |u: f64| self.axes()[i].cell(self.axes()[i].from_unit(u));
        match self.axes()[i] {
            _ if self.likely()[i].is_everything() => (left, right),
            ref axis if axis.is_unordered() => (0.0, 1.0),
            _ => (left.min(cell(left).0), right.max(cell(right).1)),
        }
    }

    /// The span from the first to the last value of a parameter that its prior leaves.
    pub(super) fn likely_span(&self, i: usize) -> Span {
        let domain = &self.parameters()[i].domain;
        if self.likely()[i].is_everything() || self.axes()[i].is_unordered() {
            return Span::of(domain);
        }
        let (left, right) = self.likely()[i].ends();
        Span::of_both(self.axes()[i].from_unit(left), self.axes()[i].from_unit(right))
    }

    /// Whether any prior rules values out.
    pub fn is_narrowed(&self) -> bool {
        !self.likely().iter().all(Likely::is_everything)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::testing::{integer, parameter, real};
    use super::super::{Domain, Parameter, Prior};
    use super::*;

    fn with_prior(domain: Domain, prior: Prior) -> SearchSpace {
        SearchSpace::new(vec![Parameter { prior, ..parameter("p", domain) }], vec![]).unwrap()
    }

    #[test]
    fn the_ends_of_the_suggestions_are_those_of_whole_cells() {
        let spike = with_prior(integer(9), Prior::Normal { mean: 0.5, std: 0.001 });
        assert_eq!(spike.likely_ends(0), (0.4, 0.6));
        assert_eq!(spike.likely_span(0), Span::Levels { first: 4, last: 5 });
        // 99.99 % of a normal distribution lie within 3.8906 standard deviations.
        let (left, right) = with_prior(real(0.0, 1.0), Prior::Normal { mean: 0.5, std: 0.1 }).likely_ends(0);
        assert!((left - 0.11094).abs() < 1e-5 && (right - 0.88906).abs() < 1e-5, "{left} {right}");
        let choice = with_prior(Domain::Unordered { last: 3 }, Prior::Weights(vec![0.0, 0.5, 0.5, 0.0]));
        assert_eq!(choice.likely_ends(0), (0.0, 1.0), "choices have no order");
    }

    #[test]
    fn a_uniform_prior_rules_nothing_out() {
        let uniform = with_prior(real(0.0, 1.0), Prior::Uniform);
        assert!(!uniform.is_narrowed());
        assert!(uniform.likely()[0].is_everything());
        assert_eq!(uniform.likely_ends(0), (0.0, 1.0));
        assert!(with_prior(real(0.0, 1.0), Prior::Normal { mean: 0.5, std: 0.1 }).is_narrowed());
    }
}
