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
