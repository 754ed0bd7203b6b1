//! Predictions of the Gaussian process, for any sampler.

use crate::numerics::Pool;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::predictions;
use crate::space::Configuration;

impl Facts {
    /// For each configuration, the median and both ends of the 95 % interval of the model fitted to all results so far,
    /// without noise, in units of the (only) objective, to be minimized. `None` if no trial is complete with a finite
    /// value, if all finite values are equal, if the space has no parameters, and for several objectives. Infinite
    /// losses are not used, because they have no magnitude.
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
        self.check_gp_memory(configurations.len())?;
        let pool = Pool::serial();
        let context = self.context(self.history.view(), self.history.len() as u64, &pool, interrupted);
        Ok(predictions(&context, configurations)?)
    }
}
