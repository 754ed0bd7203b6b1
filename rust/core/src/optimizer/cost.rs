//! What was spent, and how that weighs on what is suggested.

use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::{Context, CostPenalty, cost_penalty, expected_of_pending};

impl Optimizer {
    /// The sum of the costs told of the trials of this search, whatever became of them.
    pub fn spent(&self) -> f64 {
        self.history.spent(self.history.len())
    }

    /// What was spent, and what the pending trials are expected to cost.
    pub fn committed(&self) -> f64 {
        let pool = Pool::serial();
        let context = self.context(&self.history, self.history.len() as u64, &pool, &|| false);
        self.spent() + expected_of_pending(&context)
    }

    /// How costs weigh in an ask; `context` is that of the history that was told.
    pub(super) fn cost_penalty(&self, context: &Context<'_>) -> Option<CostPenalty> {
        let sampler = &self.settings.sampler;
        let budget = self.settings.budget.filter(|_| sampler.learns())?;
        cost_penalty(context, budget, sampler.n_startup(&self.space))
    }
}

/// Whether a budget is one.
pub(super) fn check_budget(budget: Option<f64>) -> Result<(), OptimizerError> {
    match budget {
        Some(budget) if !(budget > 0.0 && budget.is_finite()) => {
            let shown = format!("{budget:?}").to_lowercase();
            Err(OptimizerError::Argument(format!("budget must be a positive, finite cost, got {shown}")))
        }
        _ => Ok(()),
    }
}
