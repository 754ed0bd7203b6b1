//! Explains the configuration of a trial.

use crate::history::{History, Origin, View};
use crate::numerics::Pool;
use crate::optimizer::unfinished::estimates;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Context, Evidence, Model};
use crate::space::Configuration;

/// The source of a trial's configuration, and a model's evidence for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The source of the configuration.
    pub origin: Origin,
    /// The trial before it with which the drivers compare: the best one; with several objectives, the one on the front
    /// that is nearest to it in the space.
    pub incumbent: Option<u64>,
    /// The evidence of the model; empty if no model chose the configuration.
    pub evidence: Evidence,
}

impl Facts {
    /// Explains a trial of any state.
    ///
    /// Nothing is recorded at an ask. The model is fitted again to the trials with lower ids, which is what it saw in a
    /// serial search. In a parallel search, results that arrived after the ask are included as well.
    ///
    /// # Errors
    /// [`OptimizerError::UnknownTrial`]; [`OptimizerError::Memory`]; `SuggestError::Interrupted` through
    /// [`OptimizerError::Suggest`].
    pub fn explain(
        &self,
        trial: u64,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Explanation, OptimizerError> {
        let row = self.row_of(trial)?;
        let origin = self.history.origins()[row];
        self.check_copy_memory()?;
        self.check_memory_of(model_of(origin), 1)?;
        let history = self.history.prefix(row, &self.space);
        let estimates = estimates(&history);
        let bare = self.context(View::new(&history, &estimates), trial, pool, interrupted);
        let cost = self.cost_penalty(&bare);
        let context = Context { cost: cost.as_ref(), ..bare };
        let chosen = self.history.configuration(&self.space, row);
        let incumbent = compared(&context, &chosen);
        let best = incumbent.map(|best| history.configuration(&self.space, best as usize));
        let evidence = self.settings.sampler.evidence(origin, &context, &chosen, best.as_ref())?;
        Ok(Explanation { origin, incumbent, evidence })
    }
}

/// The finished trial with which a configuration is compared: the best one, or the one on the front that is most similar.
fn compared(context: &Context<'_>, chosen: &Configuration) -> Option<u64> {
    let history: &History = &context.history;
    if history.n_objectives() == 1 {
        return history.best();
    }
    let unit = context.space.encode(chosen);
    let distance = |row: &usize| context.squared_distance(&unit, *row);
    let front = history.view().front().into_iter();
    front.min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|row| row as u64)
}

/// The model that gives the evidence for a configuration of this origin. A model of costs is not counted; it has at most
/// 256 rows.
fn model_of(origin: Origin) -> Model {
    match origin {
        Origin::Gp => Model::GaussianProcess,
        Origin::Tpe => Model::Densities,
        _ => Model::None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Measurement, Outcome};
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::{GpAcquisition, GpSettings, Sampler};
    use crate::space::testing::number;
    use crate::space::{SearchSpace, Value};

    /// The costs are `exp(2 x)` and easy to predict, and hardly any of the budget is spent, so the penalty is nearly `2 x`.
    #[test]
    fn the_acquisition_includes_the_cost_penalty() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let sampler = Sampler::Gp(GpSettings { n_startup: 4, acquisition: GpAcquisition::Lcb });
        let mut search = Optimizer::new(space, Settings::new(vec![false], sampler, 0)).unwrap();
        let told = (0..12).map(|trial| f64::from(trial * 7 % 12) / 11.0);
        for (trial, x) in told.chain([0.0, 1.0]).enumerate() {
            search.facts.history.push(&search.facts.space, &Configuration(vec![Some(Value::Real(x))]), Origin::Gp);
            if trial < 12 {
                search.tell(trial as u64, Tell { cost: Some(libm::exp(2.0 * x)), ..Tell::value(x * x) }).unwrap();
            }
        }
        let acquisition = |search: &Optimizer, trial| {
            search.explain(trial, &Pool::serial(), &|| false).unwrap().evidence.acquisition.unwrap().1
        };
        let free = [12, 13].map(|trial| acquisition(&search, trial));
        search.facts.settings.budget = Some(1e9);
        let with_costs = [12, 13].map(|trial| acquisition(&search, trial));
        for ((free, with_costs), log_cost) in free.into_iter().zip(with_costs).zip([0.0, 2.0]) {
            assert!((free - with_costs - log_cost).abs() < 0.1, "{free} {with_costs}");
        }
    }

    /// The objectives are the distances from 0.2 and 0.8, so the front is between these places.
    #[test]
    fn with_several_objectives_the_drivers_compare_with_the_nearest_trial_of_the_front() {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let sampler = Sampler::Gp(GpSettings { n_startup: 4, acquisition: GpAcquisition::Lcb });
        let mut search = Optimizer::new(space, Settings::new(vec![false; 2], sampler, 0)).unwrap();
        let places = [0.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0, 0.05, 0.6];
        for (trial, x) in places.into_iter().enumerate() {
            search.facts.history.push(&search.facts.space, &Configuration(vec![Some(Value::Real(x))]), Origin::Gp);
            let measured = |place: f64| Measurement { value: (x - place).abs(), sem: None, replicates: Vec::new() };
            let outcome = Outcome::Complete(vec![measured(0.2), measured(0.8)]);
            if trial < 7 {
                search.tell(trial as u64, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
        }
        let explain = |trial| search.explain(trial, &Pool::serial(), &|| false).unwrap();
        assert_eq!(search.pareto_front(), [2, 3, 4]);
        for (trial, nearest) in [(0, None), (7, Some(2)), (8, Some(3))] {
            assert_eq!(explain(trial).incumbent, nearest, "{trial}");
        }
        assert!(explain(8).evidence.drivers[0].unwrap().is_finite());
    }

    #[test]
    fn only_the_model_of_the_origin_is_counted() {
        let models = [Origin::Gp, Origin::Tpe, Origin::CmaEs, Origin::Random].map(model_of);
        assert_eq!(models, [Model::GaussianProcess, Model::Densities, Model::None, Model::None]);
    }
}
