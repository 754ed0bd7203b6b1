//! Predictions of the Gaussian process, and the gain that it expects, for any sampler.

use crate::history::View;
use crate::numerics::Pool;
use crate::optimizer::unfinished::estimates;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{MAX_GP_PARAMETERS, Model, expected_gain, predictions};
use crate::space::Configuration;

/// Number of eligible trials from which on an answer uses a model. (Measured: `benches/results/mechanisms.md`.)
const ENOUGH: usize = 16;

impl Facts {
    /// Whether answers about finished trials use a model: there are enough of them, stopped ones with an estimate
    /// included, and parameters that it can describe.
    pub(super) fn has_enough_for_a_model(&self, history: View<'_>) -> bool {
        history.eligible().nth(ENOUGH - 1).is_some() && (1..=MAX_GP_PARAMETERS).contains(&self.space.parameters().len())
    }

    pub(super) fn check_objective(&self, objective: usize) -> Result<(), OptimizerError> {
        let last = self.history.n_objectives() - 1;
        if objective <= last {
            return Ok(());
        }
        Err(OptimizerError::Argument(format!("objective must be from 0 to {last}, got {objective}")))
    }

    /// For each configuration, the median and both ends of the 95 % interval of an objective's model, fitted to all
    /// results so far and the estimates of stopped trials, without noise, in units of the objective, to be minimized.
    /// `None` if no trial is complete with a finite value, if all finite values are equal, and if the space has no
    /// parameters. Infinite losses are not used, because they have no magnitude.
    ///
    /// # Errors
    /// [`OptimizerError::Argument`] for a configuration that is not in the space, or an objective that does not exist;
    /// [`OptimizerError::Memory`].
    pub fn predict(
        &self,
        configurations: &[Configuration],
        objective: usize,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<[f64; 3]>>, OptimizerError> {
        for configuration in configurations {
            self.space.validate_values(configuration)?;
        }
        self.check_objective(objective)?;
        if self.space.parameters().is_empty() {
            return Ok(None);
        }
        self.check_memory_of(Model::GaussianProcess, configurations.len())?;
        let pool = Pool::serial();
        let estimates = estimates(&self.history);
        let view = View::new(&self.history, &estimates);
        let context = self.context(view, self.history.len() as u64, &pool, interrupted);
        Ok(predictions(&context, configurations, objective)?)
    }

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
        if several || !(1..=MAX_GP_PARAMETERS).contains(&self.space.parameters().len()) {
            return Ok(None);
        }
        self.check_copy_memory()?;
        self.check_memory_of(Model::GaussianProcess, n.min(self.history.len()))?;
        let before = before.min(self.history.len());
        let history = self.history.prefix(before, &self.space);
        let estimates = estimates(&history);
        let pool = Pool::serial();
        let context = self.context(View::new(&history, &estimates), before as u64, &pool, interrupted);
        Ok(expected_gain(&context, n)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use crate::history::{Measurement, Origin, Outcome};
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::Sampler;
    use crate::space::testing::number;
    use crate::space::{Configuration, SearchSpace, Value};

    /// A search of 16 trials of one number, whose objectives are its squared distances from these places. With
    /// `constrained`, a constraint is told, which all trials satisfy.
    fn search_for(places: &[f64], constrained: bool) -> Optimizer {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut search = Optimizer::new(space, Settings::new(vec![false; places.len()], Sampler::Random, 0)).unwrap();
        for trial in 0..16_u64 {
            let x = (trial * 7 % 16) as f64 / 15.0;
            search.facts.history.push(&search.facts.space, &Configuration(vec![Some(Value::Real(x))]), Origin::Random);
            let measured =
                |place: &f64| Measurement { value: (x - place) * (x - place), sem: None, replicates: Vec::new() };
            let outcome = Outcome::Complete(places.iter().map(measured).collect());
            let constraints = if constrained { vec![("size".to_owned(), x - 2.0)] } else { Vec::new() };
            search.tell(trial, Tell { outcome, constraints, ..Tell::failed(None) }).unwrap();
        }
        search
    }

    /// The predictions of an objective, and how often their computation asked whether to stop: once for each step of a
    /// fit.
    fn predicted(search: &Optimizer, objective: usize) -> (Vec<[f64; 3]>, usize) {
        let count = std::cell::Cell::new(0);
        let counting = || {
            count.set(count.get() + 1);
            false
        };
        let configurations = [0.1, 0.45].map(|x| Configuration(vec![Some(Value::Real(x))]));
        (search.predict(&configurations, objective, &counting).unwrap().unwrap(), count.get())
    }

    /// Copies of objectives change neither the front, which the warp of values follows, nor the predictions. Neither they
    /// nor constraints add steps.
    #[test]
    fn only_the_model_of_the_requested_objective_is_fitted() {
        let (two, more) = (search_for(&[0.2, 0.9], false), search_for(&[0.2, 0.9, 0.9, 0.2], true));
        for objective in 0..2 {
            let (predictions, n_steps) = predicted(&two, objective);
            assert!(n_steps > 10, "{n_steps}");
            assert_eq!(predicted(&more, objective), (predictions, n_steps));
        }
    }

    #[test]
    fn several_objectives_and_an_empty_space_have_no_expected_gain() {
        for (parameters, n_objectives) in [(vec![number("x")], 2), (Vec::new(), 1)] {
            let space = SearchSpace::new(parameters, Vec::new()).unwrap();
            let mut search =
                Optimizer::new(space, Settings::new(vec![false; n_objectives], Sampler::Random, 0)).unwrap();
            for trial in 0..12 {
                let x = f64::from(trial) / 12.0;
                let point = Configuration(vec![Some(Value::Real(x)); search.space.parameters().len()]);
                search.facts.history.push(&search.facts.space, &point, Origin::Random);
                let measured = Measurement { value: x, sem: None, replicates: Vec::new() };
                let outcome = Outcome::Complete(vec![measured; n_objectives]);
                search.tell(trial as u64, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
            assert_eq!(search.expected_gain(10, 12, &|| false), Ok(None));
            let configurations = [search.configuration(0).unwrap()];
            let predicted = search.predict(&configurations, n_objectives - 1, &|| false).unwrap();
            assert_eq!(predicted.is_some(), !search.space.parameters().is_empty());
            assert!(search.predict(&configurations, n_objectives, &|| false).is_err());
        }
    }
}
