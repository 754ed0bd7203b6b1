//! Results from elsewhere.

use super::{Optimizer, OptimizerError, Tell};
use crate::history::{Origin, Outcome};
use crate::space::Configuration;

impl Optimizer {
    /// Adds a finished trial from elsewhere and returns its id.
    ///
    /// # Errors
    /// As [`Self::tell`]; a configuration that is not in the space (known constraints are not checked); a paused trial,
    /// because this search does not have its checkpoint.
    pub fn observe(&mut self, configuration: &Configuration, tell: Tell) -> Result<u64, OptimizerError> {
        self.space.validate_values(configuration)?;
        let tell = self.checked(tell)?;
        if matches!(tell.outcome, Outcome::Pruned { paused: true, .. }) {
            let message = "a trial that was observed cannot be paused: it has no checkpoint to go on from; \
                           say state=\"pruned\"";
            return Err(OptimizerError::Argument(message.into()));
        }
        self.facts.history.reserve_rows(1)?;
        self.history.check_constraint_memory(&tell.constraints)?;
        let id = self.facts.history.push(&self.facts.encoding, configuration, Origin::Observed);
        self.finish(id as usize, tell);
        Ok(id)
    }
}
