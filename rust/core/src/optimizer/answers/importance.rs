//! The importance of parameters, and the ablation path between two configurations.

use crate::history::View;
use crate::importance::walk;
use crate::importance::{self, Step};
use crate::numerics::linalg::Interrupted;
use crate::numerics::{Pool, check_memory};
use crate::optimizer::unfinished::estimates;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Context, Model, Posterior, SuggestError, posterior};
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

    /// The ablation path from one configuration to another, by the Gaussian process or, with few results, by a forest; see
    /// [`importance::ablation`].
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
        let estimates = estimates(&self.history);
        let view = View::new(&self.history, &estimates);
        if self.has_enough_for_a_model(view) {
            self.check_memory_of(Model::GaussianProcess, self.space.parameters().len())?;
            let context = self.context(view, self.history.len() as u64, pool, interrupted);
            if let Some(posterior) = posterior(&context, objective)?
                && let Some(steps) = path(&context, &posterior, start, end)?
            {
                return Ok(Some(steps));
            }
        }
        self.check_forest_memory()?;
        let (space, history, seed) = (&self.space, &self.history, self.settings.seed);
        importance::ablation(space, history, objective, seed, start, end, pool, interrupted).map_err(interruption)
    }

    fn check_forest_memory(&self) -> Result<(), OptimizerError> {
        Ok(check_memory(self.history.len(), ROW + CELL * self.space.parameters().len())?)
    }
}

/// The path by the Gaussian process, with the error of each step; `None` if a covariance cannot be factored.
fn path(
    context: &Context<'_>,
    posterior: &Posterior,
    start: &Configuration,
    end: &Configuration,
) -> Result<Option<Vec<Step>>, SuggestError> {
    // The inner error is that of a covariance.
    let predict = |all: &[Configuration]| posterior.means(context, all).map_err(Some)?.ok_or(None);
    let mut steps = match walk(context.space, start, end, predict) {
        Ok(steps) => steps,
        Err(None) => return Ok(None),
        Err(Some(error)) => return Err(error),
    };
    for k in 1..steps.len() {
        let pair = [&steps[k].configuration, &steps[k - 1].configuration];
        steps[k].error = posterior.gain(context, pair)?.map(|gain| gain.sem);
    }
    Ok(Some(steps))
}

fn interruption(_: Interrupted) -> OptimizerError {
    OptimizerError::Suggest(SuggestError::Interrupted)
}
