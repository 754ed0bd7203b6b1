//! What was spent, and how that weighs on what is suggested.

use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::{Context, Weighing, expected_of_pending, weighing};

impl Optimizer {
    /// Gives the search another budget, higher or lower, from the next ask on. Costs then weigh as if it had been that
    /// of the search from the start.
    ///
    /// # Errors
    /// A budget that is not positive, or not finite.
    pub fn change_budget(&mut self, budget: f64) -> Result<(), OptimizerError> {
        check_budget(Some(budget))?;
        self.settings.budget = Some(budget);
        Ok(())
    }

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
    pub(super) fn weighing(&self, context: &Context<'_>) -> Option<Weighing> {
        let sampler = &self.settings.sampler;
        let budget = self.settings.budget.filter(|_| sampler.learns())?;
        weighing(context, budget, sampler.n_startup(&self.space))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::optimizer::Settings;
    use crate::sampler::Sampler;
    use crate::space::SearchSpace;

    #[test]
    fn another_budget_is_checked_and_is_in_the_snapshot() {
        let space = SearchSpace::new(Vec::new(), Vec::new()).unwrap();
        let mut search = Optimizer::new(space, Settings::new(vec![false], Sampler::Random, 0)).unwrap();
        search.change_budget(2.5).unwrap();
        for refused in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(search.change_budget(refused).is_err());
        }
        let (restored, _) = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap();
        assert_eq!(restored.settings().budget, Some(2.5));
    }
}
