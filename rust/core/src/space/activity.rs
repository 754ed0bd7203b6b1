//! Which parameters are active, and whether a configuration belongs to the space.

use super::{Condition, Configuration, MEASURED_TOLERANCE, Parameter, SearchSpace, SpaceError, Value};

impl SearchSpace {
    /// Whether `parameter` is active, given the values of those before it in [`Self::order`].
    pub fn is_active(&self, parameter: usize, values: &[Option<Value>]) -> bool {
        self.parameters()[parameter].when.iter().all(|c| values[c.parent].is_some_and(|v| c.accept.contains(v)))
    }

    /// Recomputes activity after values have changed. Drops the values of parameters that are now inactive and fills
    /// those that are now active from `fill`, which is called with the parameter's index, parents first.
    pub fn complete(&self, mut values: Vec<Option<Value>>, mut fill: impl FnMut(usize) -> Value) -> Configuration {
        for &i in self.order() {
            values[i] = if self.is_active(i, &values) { values[i].or_else(|| Some(fill(i))) } else { None };
        }
        Configuration(values)
    }

    /// Checks a whole configuration: every active parameter has a value in its domain, inactive ones have none, and all
    /// constraints hold.
    ///
    /// # Errors
    /// Names the first parameter or constraint at fault.
    pub fn validate(&self, configuration: &Configuration) -> Result<(), SpaceError> {
        self.validate_values(configuration)?;
        self.expect_constraints(&configuration.0)
    }

    /// As [`Self::validate`], for a configuration that was measured: see [`MEASURED_TOLERANCE`].
    ///
    /// # Errors
    /// Names the first parameter or constraint at fault.
    pub fn validate_measured(&self, configuration: &Configuration) -> Result<(), SpaceError> {
        self.validate_values(configuration)?;
        self.expect_within(&configuration.0, MEASURED_TOLERANCE)
    }

    /// Checks the constraints whose parameters all have a value; values of other parameters may be missing.
    ///
    /// # Errors
    /// [`SpaceError::Broken`] for the first constraint at fault.
    pub fn expect_constraints(&self, values: &[Option<Value>]) -> Result<(), SpaceError> {
        self.expect_within(values, 0.0)
    }

    fn expect_within(&self, values: &[Option<Value>], off: f64) -> Result<(), SpaceError> {
        self.broken(values, off).map_or(Ok(()), |index| {
            Err(SpaceError::Broken { constraint: self.constraints()[index].describe(self.parameters()), index })
        })
    }

    /// As [`Self::validate`], but without the known constraints.
    ///
    /// # Errors
    /// Names the first parameter at fault.
    pub fn validate_values(&self, Configuration(values): &Configuration) -> Result<(), SpaceError> {
        self.expect_length(values)?;
        for &i in self.order() {
            match values[i] {
                Some(value) => self.expect_value(i, value)?,
                None if self.is_active(i, values) => return Err(self.fault(i, "no value given, one is needed".into())),
                None => continue,
            }
            if !self.is_active(i, values) {
                return Err(self.inactive(i));
            }
        }
        Ok(())
    }

    /// Checks that there is one entry per parameter.
    pub(super) fn expect_length(&self, values: &[Option<Value>]) -> Result<(), SpaceError> {
        let (count, expected) = (values.len(), self.parameters().len());
        if count == expected {
            return Ok(());
        }
        Err(SpaceError::Space(format!("{count} values given for {expected} parameters")))
    }

    /// Checks that the domain of parameter `i` contains `value`.
    pub(super) fn expect_value(&self, i: usize, value: Value) -> Result<(), SpaceError> {
        self.parameters()[i].expect(value).map_err(|message| self.fault(i, message))
    }

    /// The error for a value given to an inactive parameter.
    pub(super) fn inactive(&self, i: usize) -> SpaceError {
        let conditions = described(self.parameters(), &self.parameters()[i].when);
        self.fault(i, format!("a value is given, but it exists only if {conditions}; leave it out"))
    }

    fn fault(&self, i: usize, message: String) -> SpaceError {
        SpaceError::Configuration { name: self.parameters()[i].name.clone(), message }
    }
}

/// "'optimizer' is choice 1 and 'depth' is from 2 to 8".
fn described(parameters: &[Parameter], when: &[Condition]) -> String {
    let describe = |c: &Condition| {
        let parent = &parameters[c.parent];
        format!("'{}' is {}", parent.name, c.accept.describe(&parent.domain))
    };
    when.iter().map(describe).collect::<Vec<_>>().join(" and ")
}
