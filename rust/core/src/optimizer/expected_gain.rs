//! The expected gain of the next trials, for any sampler.

use super::unfinished::with_estimates;
use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::expected_gain;

/// Maximum number of parameters; with more, the fit takes too long.
const MAX_PARAMETERS: usize = 500;

impl Optimizer {
    /// The expected improvement of the next `n` trials on the best trial, in units of the (only) objective, after the
    /// trials with ids below `before` in their current state. `None` if there are too few trials, all values are equal
    /// or the model does not fit, and for several objectives.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`]; `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn expected_gain(
        &self,
        n: usize,
        before: usize,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<f64>, OptimizerError> {
        let several = self.history.n_objectives() > 1;
        if several || !(1..=MAX_PARAMETERS).contains(&self.space.parameters().len()) {
            return Ok(None);
        }
        self.check_copy_memory()?;
        self.check_gp_memory(n.min(self.history.len()))?;
        let before = before.min(self.history.len());
        let history = self.history.prefix(before, &self.space, &self.encoding);
        let estimated = with_estimates(&history, &Self::estimates(&history));
        let pool = Pool::serial();
        let context = self.context(estimated.as_ref().unwrap_or(&history), before as u64, &pool, interrupted);
        Ok(expected_gain(&context, n)?)
    }
}
