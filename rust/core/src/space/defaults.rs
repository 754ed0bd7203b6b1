//! The default values, from which a search starts.

use std::collections::BTreeMap;

use super::draw::REJECTIONS;
use super::feasible::Restriction;
use super::{Configuration, SearchSpace, SpaceError, Value};
use crate::numerics::Stream;

impl SearchSpace {
    /// Whether any parameter has a default.
    pub fn has_defaults(&self) -> bool {
        self.parameters().iter().any(|parameter| parameter.default.is_some())
    }

    /// The defaults, if every parameter active under them has one.
    pub fn default_configuration(&self) -> Option<Configuration> {
        let mut values = vec![None; self.parameters().len()];
        for &i in self.order() {
            if self.is_active(i, &values) {
                values[i] = Some(self.parameters()[i].default?);
            }
        }
        Some(Configuration(values))
    }

    /// Draws a configuration in which every active parameter that has a default takes it. The others are drawn from the
    /// priors. The result satisfies the constraints.
    ///
    /// # Errors
    /// [`SpaceError::Infeasible`] if a bounded search finds no such configuration.
    pub fn draw_around_defaults(&self, stream: &mut Stream) -> Result<Configuration, SpaceError> {
        let mut draws = (0..REJECTIONS).map(|_| {
            let fill = |i: usize| self.parameters()[i].default.unwrap_or_else(|| self.draw_value(i, stream));
            self.complete(vec![None; self.parameters().len()], fill)
        });
        let satisfying = draws.find(|configuration| self.satisfies(configuration));
        // A construction can only fix the defaults that apply whatever values the other parameters take.
        satisfying.map_or_else(|| self.draw(&self.fixed_defaults(), stream), Ok)
    }

    /// Rejects defaults with which a constraint cannot hold, as far as the bounds of the other parameters show.
    pub(super) fn check_defaults(&self) -> Result<(), SpaceError> {
        let fixed = self.fixed_defaults();
        if fixed.iter().all(Option::is_none) {
            return Ok(());
        }
        let restriction = Restriction { fixed: &fixed, required: &BTreeMap::new(), likely: false };
        self.broken(&fixed, 0.0).or_else(|| self.impossible(restriction)).map_or(Ok(()), |index| {
            let constraint = self.constraints()[index].describe(self.parameters());
            Err(SpaceError::Defaults { constraint, index })
        })
    }

    /// The defaults of the parameters that are active whatever values the parameters without a default take.
    fn fixed_defaults(&self) -> Vec<Option<Value>> {
        let mut values = vec![None; self.parameters().len()];
        for &i in self.order() {
            if self.is_active(i, &values) {
                values[i] = self.parameters()[i].default;
            }
        }
        values
    }
}
