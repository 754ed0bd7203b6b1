//! Which parameters exist, and whether a configuration belongs to the space.

use super::{Configuration, SearchSpace, SpaceError, Value, describe_conditions};

impl SearchSpace {
    /// Whether `parameter` exists, given the values of those before it in [`Self::order`].
    pub fn is_active(&self, parameter: usize, values: &[Option<Value>]) -> bool {
        self.parameters()[parameter].when.iter().all(|c| values[c.parent].is_some_and(|v| c.accept.contains(v)))
    }

    /// Recomputes activity after values changed: drops values of parameters now inactive and fills parameters now
    /// active from `fill` (called with the parameter's index, parents first).
    pub fn complete(&self, mut values: Vec<Option<Value>>, mut fill: impl FnMut(usize) -> Value) -> Configuration {
        for &i in self.order() {
            values[i] = if self.is_active(i, &values) { values[i].or_else(|| Some(fill(i))) } else { None };
        }
        Configuration(values)
    }

    /// Checks a whole configuration: one value in its domain per active parameter, none for the others, all
    /// constraints.
    ///
    /// # Errors
    /// Names the first parameter or constraint at fault.
    pub fn validate(&self, configuration: &Configuration) -> Result<(), SpaceError> {
        self.validate_values(configuration)?;
        self.expect_constraints(&configuration.0)
    }

    /// Checks the constraints all of whose parameters have a value; others may be missing.
    ///
    /// # Errors
    /// [`SpaceError::Broken`] for the first constraint at fault.
    pub fn expect_constraints(&self, values: &[Option<Value>]) -> Result<(), SpaceError> {
        self.broken(values).map_or(Ok(()), |index| {
            Err(SpaceError::Broken { constraint: self.constraints()[index].describe(self.parameters()), index })
        })
    }

    /// As [`Self::validate`], whether known constraints hold or not.
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

    /// Whether there is one place per parameter.
    pub(super) fn expect_length(&self, values: &[Option<Value>]) -> Result<(), SpaceError> {
        let (count, expected) = (values.len(), self.parameters().len());
        if count == expected {
            return Ok(());
        }
        Err(SpaceError::Space(format!("{count} values given for {expected} parameters")))
    }

    /// Whether the domain of parameter `i` holds `value`.
    pub(super) fn expect_value(&self, i: usize, value: Value) -> Result<(), SpaceError> {
        self.parameters()[i].expect(value).map_err(|message| self.fault(i, message))
    }

    /// The error for a value given to a parameter that does not exist.
    pub(super) fn inactive(&self, i: usize) -> SpaceError {
        let conditions = describe_conditions::conditions(self.parameters(), &self.parameters()[i].when);
        self.fault(i, format!("a value is given, but it exists only if {conditions}; leave it out"))
    }

    fn fault(&self, i: usize, message: String) -> SpaceError {
        SpaceError::Configuration { name: self.parameters()[i].name.clone(), message }
    }
}
