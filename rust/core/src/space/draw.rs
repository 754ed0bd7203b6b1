//! Drawing a configuration from the priors.

use std::collections::BTreeMap;

use super::feasible::{CONSTRUCTIONS, Restriction, Span};
use super::{Accept, Configuration, Prior, SearchSpace, SpaceError, Value, requirements};
use crate::numerics::Stream;

/// Draws from the priors before a configuration is constructed. They suffice for an exact distribution if the
/// constraints keep a tenth of the space. (Half and twice: `benches/results/constants.md`.)
pub(super) const REJECTIONS: u64 = 64;

impl SearchSpace {
    /// Draws one configuration from the priors, given fixed values for some parameters (a partial point). The result
    /// satisfies the constraints. Parents are drawn so that every parameter with a fixed value is active.
    ///
    /// # Errors
    /// [`SpaceError::Infeasible`] if a bounded search finds no such configuration. [`SpaceError::Configuration`] if a
    /// fixed value lies outside its domain, or if its parameter cannot be active together with the other fixed values.
    pub fn draw(&self, fixed: &[Option<Value>], stream: &mut Stream) -> Result<Configuration, SpaceError> {
        let required = self.check_fixed(fixed)?;
        let restriction = Restriction { fixed, required: &required, likely: true };
        let mut broken = vec![0u64; self.constraints().len()];
        for _ in 0..REJECTIONS {
            let configuration = self.draw_once(restriction, stream);
            let mut satisfied = true;
            for (count, constraint) in broken.iter_mut().zip(self.constraints()) {
                let holds = constraint.holds(self.parameters(), &configuration.0);
                *count += u64::from(!holds);
                satisfied &= holds;
            }
            if satisfied {
                return Ok(configuration);
            }
        }
        let constructed = self.construct(restriction, |stream| self.draw_once(restriction, stream), stream);
        constructed.ok_or_else(|| self.infeasible(restriction, &broken))
    }

    /// Checks fixed values and returns the values that they require of the other parameters.
    ///
    /// # Errors
    /// As [`Self::draw`], but constraints are not checked.
    pub fn check_fixed(&self, fixed: &[Option<Value>]) -> Result<BTreeMap<usize, Accept>, SpaceError> {
        self.expect_length(fixed)?;
        let fixed_indices: Vec<usize> = (0..fixed.len()).filter(|&i| fixed[i].is_some()).collect();
        for &i in &fixed_indices {
            if let Some(value) = fixed[i] {
                self.expect_value(i, value)?;
            }
        }
        let required = requirements::of(self.parameters(), &fixed_indices);
        let met = |i: usize, accept: &Accept| fixed[i].map_or(!accept.is_empty(), |v| accept.contains(v));
        if required.iter().all(|(&i, accept)| met(i, accept)) {
            return Ok(required.into_iter().filter(|(i, _)| fixed[*i].is_none()).collect());
        }
        let alone = |&i: &usize| requirements::of(self.parameters(), &[i]);
        let misplaced =
            fixed_indices.iter().find(|&i| alone(i).iter().any(|(&j, accept)| fixed[j].is_some() && !met(j, accept)));
        Err(self.inactive(*misplaced.or(fixed_indices.last()).unwrap_or(&0)))
    }

    /// One draw that ignores the constraints.
    fn draw_once(&self, restriction: Restriction<'_>, stream: &mut Stream) -> Configuration {
        let mut values = vec![None; self.parameters().len()];
        for &i in self.order() {
            if self.is_active(i, &values) {
                values[i] =
                    restriction.fixed[i].or_else(|| Some(self.draw_accepted(i, restriction.required.get(&i), stream)));
            }
        }
        Configuration(values)
    }

    /// A value of parameter `i` from its prior.
    pub fn draw_value(&self, i: usize, stream: &mut Stream) -> Value {
        let parameter = &self.parameters()[i];
        let drawn = self.draw_within(i, Span::of(&parameter.domain), &parameter.prior, stream);
        if self.is_likely(i, drawn) { drawn } else { self.likely_value(i, self.axes()[i].to_unit(drawn)) }
    }

    fn infeasible(&self, restriction: Restriction<'_>, broken: &[u64]) -> SpaceError {
        let most_broken = || (0..broken.len()).max_by_key(|&k| (broken[k], std::cmp::Reverse(k)));
        let index = self.impossible(restriction).or_else(most_broken);
        let constraint = index.map_or_else(String::new, |k| self.constraints()[k].describe(self.parameters()));
        SpaceError::Infeasible { attempts: REJECTIONS + CONSTRUCTIONS, constraint, index }
    }

    /// Draws an accepted value from the prior.
    fn draw_accepted(&self, i: usize, accept: Option<&Accept>, stream: &mut Stream) -> Value {
        let parameter = &self.parameters()[i];
        match accept {
            None => self.draw_value(i, stream),
            Some(Accept::Levels(levels)) => self.draw_listed(i, levels, stream),
            Some(range) => {
                let whole = Span::of(&parameter.domain);
                self.draw_within(i, whole.within(range).unwrap_or(whole), &parameter.prior, stream)
            }
        }
    }

    /// Draws one of the levels with probability proportional to the mass of its cell (density at the level times
    /// width), or uniformly if none has mass.
    fn draw_listed(&self, i: usize, levels: &[u64], stream: &mut Stream) -> Value {
        let (axis, prior) = (&self.axes()[i], &self.parameters()[i].prior);
        let mass = |&k: &u64| {
            let (left, right) = axis.cell(Value::Level(k));
            prior.density(axis.to_unit(Value::Level(k))) * (right - left)
        };
        let masses: Vec<f64> = levels.iter().map(mass).collect();
        if masses.iter().any(|&m| m > 0.0) {
            return Value::Level(levels[stream.weighted(&masses)]);
        }
        Value::Level(levels[stream.below_or_equal(levels.len() as u64 - 1) as usize])
    }

    /// A value of parameter `i` from a prior restricted to a span.
    pub(super) fn draw_within(&self, i: usize, span: Span, prior: &Prior, stream: &mut Stream) -> Value {
        let axis = &self.axes()[i];
        let (a, b) = match span {
            // Beyond 2^53 levels a unit coordinate cannot reach all of them, so levels of equal mass are drawn as
            // integers.
            Span::Levels { first, last } if *prior == Prior::Uniform && !self.parameters()[i].domain.is_log() => {
                return Value::Level(first + stream.below_or_equal(last - first));
            }
            Span::Levels { first, last } => (axis.cell(Value::Level(first)).0, axis.cell(Value::Level(last)).1),
            Span::Real { low, high } => (axis.to_unit(Value::Real(low)), axis.to_unit(Value::Real(high))),
        };
        span.nearest(axis.from_unit(prior.quantile_within(stream.uniform(), a, b)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::testing::{integer, parameter, real, space, stream};
    use super::super::{Clause, Condition, Constraint, Domain, Parameter};
    use super::*;

    /// Neither constraint narrows a span; the draws break the first in one case of four, the second in the others.
    #[test]
    fn the_constraint_broken_most_often_is_named() {
        let forbid =
            |levels: &[u64]| Constraint::Forbid(vec![Clause { parameter: 1, accept: Accept::Levels(levels.to_vec()) }]);
        // A parameter without conditions would be refused.
        let always = Condition { parent: 0, accept: Accept::Levels(vec![0, 1]) };
        let child = Parameter { when: vec![always], ..parameter("child", Domain::Unordered { last: 3 }) };
        let parent = parameter("parent", Domain::Unordered { last: 1 });
        let impossible = SearchSpace::new(vec![parent, child], vec![forbid(&[0]), forbid(&[1, 2, 3])]).unwrap();
        let error = impossible.draw(&[None, None], &mut stream(0)).unwrap_err();
        let SpaceError::Infeasible { attempts, index, .. } = error else { unreachable!("{error}") };
        assert_eq!((attempts, index), (64 + 32 + 8, Some(1)));
    }

    #[test]
    fn the_fixed_value_that_does_not_fit_its_parent_is_named() {
        let child = |name: &str, level| Parameter {
            when: vec![Condition { parent: 0, accept: Accept::Levels(vec![level]) }],
            ..parameter(name, real(0.0, 1.0))
        };
        let parent = parameter("parent", Domain::Unordered { last: 2 });
        let space = SearchSpace::new(vec![parent, child("one", 1), child("two", 2)], vec![]).unwrap();
        let half = Some(Value::Real(0.5));
        let error = space.check_fixed(&[Some(Value::Level(1)), half, half]).unwrap_err();
        assert!(matches!(&error, SpaceError::Configuration { name, .. } if name == "two"), "{error}");
    }

    /// The cells of 1 and 8 are `ln(1.5 / 0.5)` and `ln(8.5 / 7.5)` long, so 1 has 89.8 % of their mass.
    #[test]
    fn listed_levels_are_drawn_by_the_mass_of_their_cells() {
        let log = space(vec![Domain::integer(1, 8, 1, true).unwrap()], vec![]);
        let ones = (0..400).filter(|&seed| log.draw_listed(0, &[0, 7], &mut stream(seed)) == Value::Level(0)).count();
        assert!((335..383).contains(&ones), "{ones}");
        let prior = Prior::Weights(vec![0.0, 0.0, 0.25, 0.75]);
        let choice = Parameter { prior, ..parameter("choice", Domain::Unordered { last: 3 }) };
        let choice = SearchSpace::new(vec![choice], vec![]).unwrap();
        let count = |levels: &[u64], level| {
            let drawn = (0..400).map(|seed| choice.draw_listed(0, levels, &mut stream(seed)));
            drawn.filter(|value| *value == Value::Level(level)).count()
        };
        assert_eq!(count(&[0, 2], 2), 400);
        assert!((265..335).contains(&count(&[2, 3], 3)));
        assert!((160..240).contains(&count(&[0, 1], 0)), "neither has mass");
    }

    /// A unit coordinate has 53 bits; the levels are not all multiples of `2^11`.
    #[test]
    fn every_64_bit_level_may_be_drawn() {
        let wide = space(vec![integer(u64::MAX)], vec![]);
        let low_bits = |seed| wide.draw_value(0, &mut stream(seed)).to_bits() % (1 << 11);
        assert!((0..20).filter(|&seed| low_bits(seed) != 0).count() > 15);
    }
}
