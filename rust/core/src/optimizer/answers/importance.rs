//! The importance of parameters, and the ablation path between two configurations.

use crate::importance::{self, Step};
use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, check_memory};
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::SuggestError;
use crate::space::Configuration;

/// Bytes per trial and parameter in addition to the history: coordinates, and an order of the trials on each thread.
/// Changes no suggestion.
const CELL: usize = 16 + 8 * 4;
/// Bytes per trial: values, weights and an order on each thread, and a tree with two nodes per trial. Changes no
/// suggestion.
const ROW: usize = 64 * 128;

impl Facts {
    /// The importance of each parameter by PED-ANOVA; see [`importance::ped_anova`].
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for an objective that does not exist.
    pub fn ped_anova(&self, objective: usize, quantile: Option<f64>) -> Result<Vec<f64>, OptimizerError> {
        self.check_objective(objective)?;
        Ok(importance::ped_anova(&self.space, &self.history, objective, quantile))
    }

    /// The importance of each parameter by fANOVA; see [`importance::fanova`].
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for an objective that does not exist; [`OptimizerError::Memory`];
    /// [`SuggestError::Interrupted`] through [`OptimizerError::Suggest`].
    pub fn fanova(
        &self,
        objective: usize,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Vec<f64>, OptimizerError> {
        self.check_objective(objective)?;
        self.check_forest_memory()?;
        importance::fanova(&self.space, &self.history, objective, self.settings.seed, pool, interrupted)
            .map_err(interruption)
    }

    /// The ablation path from one configuration to another; see [`importance::ablation`].
    ///
    /// # Errors
    /// As [`Self::fanova`]; a configuration that is not in the space (known constraints are not checked).
    pub fn ablation(
        &self,
        objective: usize,
        start: &Configuration,
        end: &Configuration,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Step>>, OptimizerError> {
        self.check_objective(objective)?;
        self.space.validate_values(start)?;
        self.space.validate_values(end)?;
        self.check_forest_memory()?;
        let (space, history, seed) = (&self.space, &self.history, self.settings.seed);
        importance::ablation(space, history, objective, seed, start, end, pool, interrupted).map_err(interruption)
    }

    fn check_forest_memory(&self) -> Result<(), OptimizerError> {
        Ok(check_memory(self.history.len(), ROW + CELL * self.space.parameters().len())?)
    }
}

fn interruption(_: Interrupted) -> OptimizerError {
    OptimizerError::Suggest(SuggestError::Interrupted)
}
