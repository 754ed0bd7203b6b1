//! The cost of a search and its weight in suggestions.

use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::{Context, CostPenalty, cost_penalty, expected_of_pending};

impl Optimizer {
    /// The sum of the known costs of the trials of this search, in any state.
    pub fn spent(&self) -> f64 {
        self.history.spent(self.history.len())
    }

    /// The cost so far plus the expected cost of the pending trials.
    pub fn committed(&self) -> f64 {
        let pool = Pool::serial();
        let context = self.context(&self.history, self.history.len() as u64, &pool, &|| false);
        self.spent() + expected_of_pending(&context)
    }

    /// The weight of costs in an ask; `context` is that of the recorded history.
    pub(super) fn cost_penalty(&self, context: &Context<'_>) -> Option<CostPenalty> {
        let sampler = &self.settings.sampler;
        let budget = self.settings.budget.filter(|_| sampler.learns())?;
        cost_penalty(context, budget, sampler.n_startup(&self.space))
    }
}

/// Checks that a budget is positive and finite.
pub(super) fn check_budget(budget: Option<f64>) -> Result<(), OptimizerError> {
    match budget {
        Some(budget) if !(budget > 0.0 && budget.is_finite()) => {
            let shown = format!("{budget:?}").to_lowercase();
            Err(OptimizerError::Argument(format!("budget must be a positive, finite cost, got {shown}")))
        }
        _ => Ok(()),
    }
}
