//! The search space: a checked, topologically ordered set of parameters.

use super::{Configuration, Constraint, Parameter, SpaceError, Value};
use crate::numerics::Stream;

/// A checked set of parameters and constraints; immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpace {
    parameters: Vec<Parameter>,
    constraints: Vec<Constraint>,
    /// Parents before children, otherwise in the order of declaration.
    order: Vec<usize>,
}

impl SearchSpace {
    /// Checks everything and orders the parameters.
    ///
    /// # Errors
    /// Names the parameter at fault: impossible domain, default outside it, bad prior, unknown parent, cycle, a
    /// condition its parent can never meet, a constraint over an unknown or unfit parameter.
    pub fn new(parameters: Vec<Parameter>, constraints: Vec<Constraint>) -> Result<Self, SpaceError> {
        todo!()
    }
    /// Parameters in the order of declaration.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
    /// Known constraints.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }
    /// Indices of the parameters, parents before children.
    pub fn order(&self) -> &[usize] {
        &self.order
    }
    /// Whether `parameter` exists, given the values of those before it in [`Self::order`].
    pub fn is_active(&self, parameter: usize, values: &[Option<Value>]) -> bool {
        todo!()
    }
    /// Number of distinct configurations, known constraints counted where that costs at most 10^6 steps
    /// (an upper bound otherwise); infinity if any continuous parameter can be active.
    pub fn size(&self) -> f64 {
        todo!()
    }
    /// Checks a whole configuration: one value in its domain per active parameter, none for the others, all constraints.
    ///
    /// # Errors
    /// Names the first parameter or constraint at fault.
    pub fn validate(&self, configuration: &Configuration) -> Result<(), SpaceError> {
        todo!()
    }
    /// Whether every known constraint that applies holds.
    pub fn satisfies(&self, configuration: &Configuration) -> bool {
        todo!()
    }
    /// The defaults, if every parameter active under them has one and the constraints hold.
    pub fn default_configuration(&self) -> Option<Configuration> {
        todo!()
    }
    /// Draws one configuration from the priors, given fixed values for some parameters (a partial point);
    /// constraints hold. Fixed values of parameters that turn out inactive are an error.
    ///
    /// # Errors
    /// [`SpaceError::Infeasible`] when a bounded search finds nothing; [`SpaceError::Configuration`] for a bad fixed value.
    pub fn draw(&self, fixed: &[Option<Value>], stream: &mut Stream) -> Result<Configuration, SpaceError> {
        todo!()
    }
    /// Moves a configuration that breaks linear or order constraints to one that satisfies all constraints, staying
    /// as close as a bounded search allows; returns `None` if none was found.
    pub fn repair(&self, configuration: Configuration, stream: &mut Stream) -> Option<Configuration> {
        todo!()
    }
    /// Recomputes activity after values changed: drops values of parameters now inactive and fills parameters now
    /// active from `fill` (called with the parameter's index).
    pub fn complete(&self, values: Vec<Option<Value>>, fill: impl FnMut(usize) -> Value) -> Configuration {
        todo!()
    }
}
