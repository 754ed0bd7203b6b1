//! Drawing a configuration from the priors.

use std::collections::BTreeMap;

use super::{Accept, Configuration, Domain, Prior, SearchSpace, SpaceError, Value, requirements};
use crate::numerics::Stream;

/// Draws from the priors before the space is narrowed by construction: enough that constraints which keep a tenth of
/// the space leave the distribution exact.
const REJECTIONS: u64 = 64;

impl SearchSpace {
    /// Draws one configuration from the priors, given fixed values for some parameters (a partial point); constraints
    /// hold. Parents are drawn so that every fixed value has its place.
    ///
    /// # Errors
    /// [`SpaceError::Infeasible`] when a bounded search finds nothing; [`SpaceError::Configuration`] for a bad fixed
    /// value: outside its domain, or of a parameter that cannot exist beside the other fixed values.
    pub fn draw(&self, fixed: &[Option<Value>], stream: &mut Stream) -> Result<Configuration, SpaceError> {
        let required = self.check_fixed(fixed)?;
        let mut broken = vec![0u64; self.constraints().len()];
        for _ in 0..REJECTIONS {
            let configuration = self.draw_once(fixed, &required, stream);
            match self.broken(&configuration) {
                None => return Ok(configuration),
                Some(k) => broken[k] += 1,
            }
        }
        Err(self.infeasible(&broken))
    }

    /// Checks fixed values and returns what they ask of the parameters that are not fixed.
    ///
    /// # Errors
    /// As [`Self::draw`], without looking at constraints.
    pub fn check_fixed(&self, fixed: &[Option<Value>]) -> Result<BTreeMap<usize, Accept>, SpaceError> {
        let given: Vec<usize> = (0..fixed.len()).filter(|&i| fixed[i].is_some()).collect();
        for &i in &given {
            if let Some(value) = fixed[i] {
                self.expect_value(i, value)?;
            }
        }
        let required = requirements::of(self.parameters(), &given);
        let met = |i: usize, accept: &Accept| fixed[i].map_or(!accept.is_empty(), |v| accept.contains(v));
        if required.iter().all(|(&i, accept)| met(i, accept)) {
            return Ok(required.into_iter().filter(|(i, _)| fixed[*i].is_none()).collect());
        }
        let alone = |&i: &usize| requirements::of(self.parameters(), &[i]);
        let misplaced =
            given.iter().find(|&i| alone(i).iter().any(|(&j, accept)| fixed[j].is_some() && !met(j, accept)));
        Err(self.inactive(*misplaced.or(given.last()).unwrap_or(&0)))
    }

    /// One draw, constraints not looked at.
    fn draw_once(
        &self,
        fixed: &[Option<Value>],
        required: &BTreeMap<usize, Accept>,
        stream: &mut Stream,
    ) -> Configuration {
        let mut values = vec![None; self.parameters().len()];
        for &i in self.order() {
            if self.is_active(i, &values) {
                values[i] = fixed[i].or_else(|| Some(self.draw_accepted(i, required.get(&i), stream)));
            }
        }
        Configuration(values)
    }

    /// A value of parameter `i` from its prior.
    pub fn draw_value(&self, i: usize, stream: &mut Stream) -> Value {
        let parameter = &self.parameters()[i];
        match (&parameter.prior, &parameter.domain) {
            // Past 2^53 levels a unit coordinate cannot reach them all.
            (
                Prior::Uniform,
                Domain::Stepped { last, .. }
                | Domain::Integer { last, log: false, .. }
                | Domain::Ordered { last }
                | Domain::Unordered { last },
            ) => Value::Level(stream.below_or_equal(*last)),
            (prior, _) => self.axes()[i].from_unit(prior.quantile(stream.uniform())),
        }
    }

    fn infeasible(&self, broken: &[u64]) -> SpaceError {
        let most = (0..broken.len()).max_by_key(|&k| (broken[k], std::cmp::Reverse(k))).unwrap_or(0);
        SpaceError::Infeasible {
            attempts: broken.iter().sum(),
            constraint: self.constraints().get(most).map_or_else(String::new, |c| c.describe(self.parameters())),
        }
    }

    /// A value from the prior, among the accepted ones: drawn again a few times, then uniformly among them.
    fn draw_accepted(&self, i: usize, accept: Option<&Accept>, stream: &mut Stream) -> Value {
        let Some(accept) = accept else { return self.draw_value(i, stream) };
        for _ in 0..REJECTIONS {
            let value = self.draw_value(i, stream);
            if accept.contains(value) {
                return value;
            }
        }
        match accept {
            Accept::Levels(levels) => Value::Level(levels[stream.below_or_equal(levels.len() as u64 - 1) as usize]),
            Accept::LevelRange { first, last } => Value::Level(first + stream.below_or_equal(last - first)),
            Accept::RealRange { low, high } => {
                let axis = &self.axes()[i];
                let (a, b) = (axis.to_unit(Value::Real(*low)), axis.to_unit(Value::Real(*high)));
                match axis.from_unit(a + stream.uniform() * (b - a)) {
                    Value::Real(x) => Value::Real(x.clamp(*low, *high)),
                    level @ Value::Level(_) => level,
                }
            }
        }
    }
}
