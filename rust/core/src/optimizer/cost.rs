//! The cost of a search and its weight in suggestions.

use super::settings::check_budget;
use super::{Facts, Optimizer, OptimizerError};
use crate::model::CostPenalty;
use crate::numerics::Pool;
use crate::sampler::{Context, cost_penalty, expected_of_pending};

impl Optimizer {
    /// Replaces the budget, from the next ask on. Costs then weigh as if the search had always had it.
    ///
    /// # Errors
    /// A budget that is not positive, or not finite.
    pub fn change_budget(&mut self, budget: f64) -> Result<(), OptimizerError> {
        check_budget(Some(budget))?;
        self.facts.settings.budget = Some(budget);
        Ok(())
    }
}

impl Facts {
    /// The sum of the known costs of the trials of this search, in any state.
    pub fn spent(&self) -> f64 {
        self.history.spent(self.history.len())
    }

    /// The cost so far plus the expected cost of the pending trials.
    pub fn committed(&self) -> f64 {
        let pool = Pool::serial();
        let context = self.context(self.history.view(), self.history.len() as u64, &pool, &|| false);
        self.spent() + expected_of_pending(&context)
    }

    /// The weight of costs in an ask.
    pub(super) fn cost_penalty(&self, context: &Context<'_>) -> Option<CostPenalty> {
        let sampler = &self.settings.sampler;
        let budget = self.settings.budget.filter(|_| sampler.learns())?;
        cost_penalty(context, budget, sampler.n_startup(&self.space))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::Origin;
    use crate::optimizer::Tell;
    use crate::optimizer::testing::random_search;
    use crate::space::Configuration;

    #[test]
    fn another_budget_is_checked_and_is_in_the_snapshot() {
        let mut search = random_search(Vec::new());
        search.change_budget(2.5).unwrap();
        for refused in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(search.change_budget(refused).is_err());
        }
        let (restored, _) = Optimizer::restore(&search.snapshot(b"").unwrap()).unwrap();
        assert_eq!(restored.settings().budget, Some(2.5));
    }

    /// Without parameters no cost can be predicted, so a pending trial is expected to have the mean cost.
    #[test]
    fn the_committed_cost_includes_the_expected_cost_of_pending_trials() {
        let mut search = random_search(Vec::new());
        for trial in 0..5 {
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            if trial < 2 {
                search.tell(trial, Tell { cost: Some(2.0 + 4.0 * trial as f64), ..Tell::value(1.0) }).unwrap();
            }
        }
        assert_eq!((search.spent(), search.committed()), (8.0, 20.0));
    }
}
