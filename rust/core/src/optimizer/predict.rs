//! What the Gaussian process expects of configurations, whoever suggests.

use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::predictions;
use crate::space::Configuration;

impl Optimizer {
    /// Median and both ends of the interval that holds 95 %, without noise and in the unit of the (only) objective
    /// turned to be minimized, of the model fitted to all trials told so far. `None` while no trial is complete with a
    /// finite value (an infinite loss has no size: it says where not to go, and nothing of what to expect elsewhere),
    /// while all of these are equal, where there is nothing to vary, and for several objectives.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for a configuration that is not in the space; [`OptimizerError::Memory`].
    pub fn predict(
        &self,
        configurations: &[Configuration],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<[f64; 3]>>, OptimizerError> {
        for configuration in configurations {
            self.space.validate_values(configuration)?;
        }
        if self.space.parameters().is_empty() || self.history.n_objectives() > 1 {
            return Ok(None);
        }
        self.check_model_memory(configurations.len())?;
        let pool = Pool::serial();
        let context = self.context(&self.history, self.history.len() as u64, &pool, interrupted);
        Ok(predictions(&context, configurations)?)
    }
}
