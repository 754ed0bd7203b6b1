//! The search space: a checked, topologically ordered set of parameters, and the map between its configurations and unit
//! coordinates.

use std::sync::{Arc, OnceLock};

use super::axis::Axis;
use super::likely::Likely;
use super::{
    Accept, Configuration, Constraint, Parameter, SpaceError, Unlikeness, Value, checks, equations, order, requirements,
};

/// A checked set of parameters and constraints; immutable.
#[derive(Clone, Debug)]
pub struct SearchSpace {
    parameters: Vec<Parameter>,
    /// The constraints as declared, which are saved.
    declared: Vec<Constraint>,
    /// What they leave together; see [`equations`].
    constraints: Vec<Constraint>,
    /// Parents before children, otherwise in the order of declaration.
    order: Vec<usize>,
    /// The unit coordinate of each parameter.
    axes: Vec<Axis>,
    /// How unlike the choices of each parameter with features are.
    unlikeness: Vec<Option<Arc<Unlikeness>>>,
    /// The region in which the suggestions of each parameter may lie.
    likely: Vec<Likely>,
    /// For each parameter, those whose conditions name it, once per condition.
    children: Vec<Vec<usize>>,
    /// For each parameter, the constraints that name it.
    constraints_of: Vec<Vec<usize>>,
    /// Computed on first use.
    pub(super) size: OnceLock<f64>,
}

impl PartialEq for SearchSpace {
    /// However the constraints were declared. All other fields are derived from these two.
    fn eq(&self, other: &Self) -> bool {
        self.parameters == other.parameters && self.constraints == other.constraints
    }
}

impl SearchSpace {
    /// Checks the declaration and orders the parameters. An empty list of parameters is allowed; such a space has one
    /// configuration.
    ///
    /// # Errors
    /// The error names the parameter or constraint at fault: an invalid domain or prior, a default outside the domain,
    /// an unknown parent, a cycle, a condition that its parent can never meet, conditions that never hold together, or
    /// a constraint that names an unknown or unsuitable parameter, can never hold or is broken by the defaults.
    pub fn new(parameters: Vec<Parameter>, constraints: Vec<Constraint>) -> Result<Self, SpaceError> {
        checks::parameters(&parameters)?;
        let children = order::children(&parameters);
        let order = order::topological(&parameters, &children)?;
        (0..parameters.len()).try_for_each(|i| requirements::check_reachable(&parameters, i))?;
        checks::constraints(&parameters, &constraints)?;
        let (declared, constraints) = (constraints.clone(), equations::joined(constraints));
        let axes = parameters.iter().map(|p| Axis::new(&p.domain)).collect();
        let unlikeness = parameters.iter().map(|p| p.domain.features().map(|f| Arc::new(f.unlikeness()))).collect();
        let likely = parameters.iter().map(|p| Likely::of(&p.prior)).collect();
        let mut constraints_of = vec![Vec::new(); parameters.len()];
        for (k, constraint) in constraints.iter().enumerate() {
            let mut named = constraint.parameters();
            named.sort_unstable();
            named.dedup();
            for i in named {
                constraints_of[i].push(k);
            }
        }
        let space = Self {
            parameters,
            declared,
            constraints,
            order,
            axes,
            unlikeness,
            likely,
            children,
            constraints_of,
            size: OnceLock::new(),
        };
        space.check_together()?;
        space.check_defaults().map(|()| space)
    }

    /// Parameters in the order of declaration.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Whether any parameter exists only under conditions.
    pub fn is_conditional(&self) -> bool {
        self.parameters.iter().any(Parameter::is_conditional)
    }

    /// Known constraints as they were declared.
    pub fn declared(&self) -> &[Constraint] {
        &self.declared
    }

    /// Known constraints, with two inequalities that leave an equation replaced by it.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// Indices of the parameters, parents before children.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The unit coordinate of each parameter, in the order of declaration.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Unit coordinates of a configuration in `[0, 1]`, by the [`Axis`] of each parameter, by which values are drawn, too;
    /// NaN where inactive.
    pub fn encode(&self, configuration: &Configuration) -> Vec<f64> {
        configuration.0.iter().zip(self.axes()).map(|(v, a)| v.map_or(f64::NAN, |v| a.to_unit(v))).collect()
    }

    /// The configuration at unit coordinates, one per parameter. Activity is derived in topological order, and
    /// coordinates of inactive parameters are ignored. Known constraints are *not* applied.
    pub fn decode(&self, unit: &[f64]) -> Configuration {
        self.complete(vec![None; self.axes().len()], |i| self.axes()[i].from_unit(unit[i]))
    }

    /// As [`Self::decode`], for a suggestion: a value that a prior rules out is replaced by its mirror image (see
    /// [`Self::likely_value`]).
    pub fn propose(&self, unit: &[f64]) -> Configuration {
        self.complete(vec![None; self.axes().len()], |i| self.likely_value(i, unit[i]))
    }

    /// Sum over the parameters of the squared differences ([`Axis::difference`]) between unit coordinates and `other`,
    /// which has a coordinate for each parameter.
    pub fn squared_distance(&self, unit: &[f64], other: impl Fn(usize) -> f64) -> f64 {
        let differences = self.axes.iter().enumerate().map(|(i, axis)| axis.difference(unit[i], other(i)));
        differences.map(|difference| difference * difference).sum()
    }

    /// Whether each coordinate differs by less than `distance` from that of `other`; see [`Axis::difference`].
    pub fn is_near(&self, unit: &[f64], other: impl Fn(usize) -> f64, distance: f64) -> bool {
        self.axes.iter().enumerate().all(|(i, axis)| axis.difference(unit[i], other(i)) < distance)
    }

    /// How unlike the choices of a parameter are; absent without features.
    pub fn unlikeness(&self, parameter: usize) -> Option<&Arc<Unlikeness>> {
        self.unlikeness[parameter].as_ref()
    }

    /// For each parameter, the region that its prior leaves.
    pub(super) fn likely(&self) -> &[Likely] {
        &self.likely
    }

    /// For each parameter, those whose conditions name it, once per condition.
    pub(super) fn children(&self) -> &[Vec<usize>] {
        &self.children
    }

    /// For each parameter, the indices of the constraints that name it.
    pub(super) fn constraints_of(&self) -> &[Vec<usize>] {
        &self.constraints_of
    }

    /// The values that a parameter requires of each of its ancestors, parents before children. It is active if and only
    /// if all of these have an accepted value.
    pub fn required(&self, parameter: usize) -> Vec<(usize, Accept)> {
        let mut required = requirements::of(self.parameters(), &[parameter]);
        self.order().iter().filter_map(|ancestor| required.remove_entry(ancestor)).collect()
    }

    /// Whether every known constraint that applies holds.
    pub fn satisfies(&self, configuration: &Configuration) -> bool {
        self.broken(&configuration.0, 0.0).is_none()
    }

    /// The first known constraint that is broken; for `off` see [`Constraint::holds_within`].
    pub(super) fn broken(&self, values: &[Option<Value>], off: f64) -> Option<usize> {
        self.constraints.iter().position(|c| !c.holds_within(&self.parameters, values, off))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::space::testing::{choices, integer, parameter, real};
    use crate::space::{Condition, squared_distances};

    /// 0.5 of a float and 3 of 10 levels, squared, plus 1 for a differing choice and 1 for a differing activity.
    #[test]
    fn the_squared_distance_is_euclidean_in_unit_coordinates() {
        let mut child = parameter("child", real(0.0, 1.0));
        child.when = vec![Condition { parent: 2, accept: Accept::Levels(vec![1, 3]) }];
        let parameters =
            vec![parameter("x", real(0.0, 10.0)), parameter("n", integer(9)), parameter("c", choices(4)), child];
        let space = SearchSpace::new(parameters, vec![]).unwrap();
        let configuration = |x, n, c, child: Option<f64>| {
            Configuration(vec![
                Some(Value::Real(x)),
                Some(Value::Level(n)),
                Some(Value::Level(c)),
                child.map(Value::Real),
            ])
        };
        let a = configuration(2.0, 1, 1, Some(0.5));
        let distance = |a: &Configuration, b: &Configuration| {
            let b = space.encode(b);
            space.squared_distance(&space.encode(a), |i| b[i])
        };
        assert_eq!(distance(&a, &a), 0.0);
        for (b, expected) in [
            (configuration(7.0, 4, 0, None), 0.25 + 0.09 + 1.0 + 1.0),
            (configuration(7.0, 1, 1, Some(0.5)), 0.25),
            (configuration(2.0, 1, 3, Some(0.5)), 1.0),
        ] {
            assert!((distance(&a, &b) - expected).abs() < 1e-12, "{b:?}");
            assert_eq!(distance(&a, &b), distance(&b, &a));
            let (first, second) = (space.encode(&a), space.encode(&b));
            let columns: Vec<Vec<f64>> = (0..4).map(|i| vec![first[i], second[i]]).collect();
            assert_eq!(squared_distances(space.axes(), &first, &columns, 2), [0.0, distance(&a, &b)]);
            assert_eq!(squared_distances(space.axes(), &second, &columns, 2), [distance(&a, &b), 0.0]);
        }
    }
}
