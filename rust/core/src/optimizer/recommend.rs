//! The trial to use when values are noisy.
//!
//! The best value seen is then biased: of many noisy values, the smallest is the luckiest. From [`ENOUGH`] trials on
//! the Gaussian process says whether values are noisy where nobody told so, and which trial has the lowest `m + s`, its
//! posterior mean and deviation, which what was told nearby has a say in
//! (`what_is_recommended_is_less_lucky_than_the_best`; the mean alone was a little worse: `benches/results/auto.md`).
//! With fewer trials, or where there is no model, noise that was told of is taken out configuration by configuration
//! ([`shrinkage`]).

use super::shrinkage;
use super::unfinished::with_estimates;
use super::{Optimizer, OptimizerError};
use crate::numerics::Pool;
use crate::sampler::{Reading, reading};

/// Eligible trials from which on a model knows more than the values themselves.
const ENOUGH: usize = 16;
/// Parameters beyond which a fit takes longer than an answer should.
const MAX_PARAMETERS: usize = 500;

impl Optimizer {
    /// The trial to use: the one of the lowest upper bound where a standard error or replicates were told, or the model
    /// finds noise; the best otherwise. None while no feasible trial is complete, and for several objectives.
    ///
    /// The model is fitted at each call, from 16 eligible trials on and up to 500 parameters.
    ///
    /// # Errors
    /// `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn recommend(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<u64>, OptimizerError> {
        if self.history.n_objectives() != 1 {
            return Ok(self.best());
        }
        Ok(match self.read(interrupted)? {
            Some(Reading::Noisy(noisy)) => noisy.ranking().first().map(|row| *row as u64),
            None if self.history.is_noisy() => {
                shrinkage::ranking(&self.history, &self.space).first().map(|row| *row as u64)
            }
            _ => self.best(),
        })
    }

    /// What the Gaussian process makes of the trials, if there are enough for one.
    pub(super) fn read(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Reading>, OptimizerError> {
        let n = (0..self.history.len()).filter(|row| self.history.is_eligible(*row)).count();
        if n < ENOUGH || !(1..=MAX_PARAMETERS).contains(&self.space.parameters().len()) {
            return Ok(None);
        }
        self.check_model_memory(0)?;
        let mut estimates = Self::estimates(&self.history);
        estimates.retain(|estimate| self.history.is_eligible(estimate.row));
        let estimated = with_estimates(&self.history, &estimates);
        let history = estimated.as_ref().unwrap_or(&self.history);
        let pool = Pool::serial();
        Ok(reading(&self.context(history, history.len() as u64, &pool, interrupted))?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use proptest::prelude::*;

    use super::*;
    use crate::history::{Measurement, Outcome};
    use crate::numerics::{Purpose, Stream};
    use crate::optimizer::{Settings, Tell};
    use crate::sampler::{Sampler, SuggestError};
    use crate::space::{Domain, Parameter, Prior, SearchSpace};

    /// A random search in two numbers, told a bowl at 0.3 with normal noise.
    fn noisy_search(n: usize, seed: u64) -> Optimizer {
        let domain = Domain::Real { low: 0.0, high: 1.0, log: false };
        let parameter = |name: &str| Parameter {
            name: name.into(),
            domain: domain.clone(),
            default: None,
            prior: Prior::Uniform,
            when: Vec::new(),
        };
        let space = SearchSpace::new(vec![parameter("x"), parameter("y")], Vec::new()).unwrap();
        let settings = Settings::new(vec![false], Sampler::Random, seed);
        let mut search = Optimizer::new(space, settings).unwrap();
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        for _ in 0..n {
            let id = ask(&mut search);
            let unit = search.encoding.encode(&search.history.configuration(&search.space, id as usize));
            let value: f64 = unit.iter().map(|u| (u - 0.3) * (u - 0.3)).sum::<f64>() + 0.2 * stream.normal();
            search.tell(id, Tell::value(value)).unwrap();
        }
        search
    }

    fn ask(search: &mut Optimizer) -> u64 {
        search.ask(1, &Pool::serial(), &|| false).unwrap()
    }

    /// A trial that is asked for and not told says nothing of those that were.
    #[test]
    fn what_is_pending_has_no_say() {
        for seed in 0..4 {
            let mut search = noisy_search(60, seed);
            let previous = search.recommend(&|| false).unwrap();
            for _ in 0..40 {
                ask(&mut search);
            }
            assert_eq!(search.recommend(&|| false).unwrap(), previous, "{seed}");
        }
    }

    #[test]
    fn noise_is_found_without_being_told_of() {
        let differs = |seed: &u64| {
            let search = noisy_search(60, *seed);
            search.recommend(&|| false).unwrap() != search.best()
        };
        assert!((0..10).filter(differs).count() >= 7);
    }

    #[test]
    fn the_fit_can_be_interrupted() {
        let result = noisy_search(20, 1).recommend(&|| true);
        assert!(matches!(result, Err(OptimizerError::Suggest(SuggestError::Interrupted))));
    }

    proptest! {
        /// Promise 2, for `recommend`: whatever was told, there is an answer if any trial is eligible.
        #[test]
        fn there_is_always_an_answer(
            values in prop::collection::vec(
                (prop_oneof![Just(f64::MAX), Just(f64::MIN), Just(5e-324), Just(0.0), -1.0..1.0], any::<u8>()),
                1..24,
            )
        ) {
            let mut search = noisy_search(0, 1);
            for (value, kind) in values {
                let (sem, replicates) = match kind % 4 {
                    0 => (None, Vec::new()),
                    1 => (Some(0.0), Vec::new()),
                    2 => (Some(f64::MAX), Vec::new()),
                    _ => (None, vec![value, value, 0.0]),
                };
                let id = ask(&mut search);
                let outcome = Outcome::Complete(vec![Measurement { value, sem, replicates }]);
                search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
            let row = search.recommend(&|| false).unwrap().unwrap();
            prop_assert!(search.history.is_eligible(row as usize));
        }
    }
}
