//! The recommended trial when values are noisy.
//!
//! The best observed value is then biased: the smallest of many noisy values is the luckiest. From [`super::ENOUGH`]
//! trials on, the Gaussian process finds noise that was not told, and its predictions use neighbouring trials. In the
//! better half of the complete trials, the one with the lowest `m + s`, its posterior mean plus standard deviation, is
//! recommended (`test_the_recommended_trial_is_less_biased_than_the_best`). The mean alone was slightly worse
//! (`benches/results/auto.md`).
//! With fewer trials, or without a model, told noise is reduced per configuration ([`super::shrinkage`]).
//!
//! Without noise, a trial that still runs or was stopped may be recommended in place of a complete one. It must have
//! made at least half as many steps as the longest one. Its expected final value `m`, plus the standard deviation `s`
//! of this estimate, must be lower. As long as no trial is complete, nothing can be estimated, and the lowest last
//! value counts (measured: `benches/results/fidelity.md`). With noise, the value of a complete trial is itself
//! uncertain, and no such comparison has been measured.

use crate::history::{Expected, TrialState, View};
use crate::learning_curve::Basis;
use crate::numerics::Pool;
use crate::optimizer::unfinished::estimates;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{Model, Reading, reading};

/// A recommended trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommended {
    /// Its id.
    pub trial: u64,
    /// The estimated final value of an unfinished trial; the last value, which is exact, if it has made all steps.
    /// `None` for a complete trial, and as long as no trial is complete.
    pub end: Option<Expected>,
}

impl Recommended {
    fn complete(row: u64) -> Self {
        Self { trial: row, end: None }
    }
}

impl Facts {
    /// The recommended trial: the one with the lowest upper bound if standard errors or replicates are known or the
    /// model finds noise, and the best one otherwise; an unfinished one if it promises more. `None` for several
    /// objectives, and if no feasible trial is complete or reports.
    ///
    /// The model is fitted at each call, from 16 eligible trials on, stopped ones with an estimate among them, and up to
    /// 500 parameters.
    ///
    /// # Errors
    /// `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn recommend(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Recommended>, OptimizerError> {
        if self.history.n_objectives() != 1 {
            return Ok(None);
        }
        let estimates = estimates(&self.history);
        let view = View::new(&self.history, &estimates);
        let complete = match self.read(view, interrupted)? {
            Some(Reading::Noisy(noisy)) => {
                let first = noisy.ranking(interrupted)?.first().map(|row| Recommended::complete(*row as u64));
                if first.is_some() {
                    return Ok(first);
                }
                None
            }
            None if self.history.is_noisy() => self.ranking_of_means(&estimates).first().map(|row| *row as u64),
            _ => self.history.best(),
        };
        let unfinished = if complete.is_some() && self.history.is_noisy() { None } else { self.unfinished(complete) };
        Ok(unfinished.or(complete.map(Recommended::complete)))
    }

    /// The unfinished trial with the lowest upper bound of its final value, if that is lower than the value of a complete
    /// trial; the one with the lowest last value if no trial is complete.
    fn unfinished(&self, complete: Option<u64>) -> Option<Recommended> {
        let half_way = self.half_way();
        let bounds: Vec<(Recommended, f64)> =
            if !half_way.is_empty() && self.history.states().contains(&TrialState::Complete) {
                let basis = Basis::of(&self.history, self.history.len());
                let bound = |(trial, last, is_at_end)| {
                    let at_end = Expected { mean: last, std: 0.0 };
                    let end = if is_at_end { at_end } else { basis.expected(&self.history, trial)? };
                    Some((Recommended { trial, end: Some(end) }, end.upper_bound()))
                };
                let value = complete.map_or(f64::INFINITY, |row| self.history.values(0)[row as usize]);
                half_way.into_iter().filter_map(bound).filter(|(_, bound)| *bound < value).collect()
            } else {
                half_way.into_iter().map(|(trial, last, _)| (Recommended { trial, end: None }, last)).collect()
            };
        bounds.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(recommended, _)| recommended)
    }

    /// The unfinished trials that have made at least half of the most steps that any trial has made, with their last
    /// values, and whether they have made the most steps. Failed trials do not count, and neither do those that are not
    /// known to satisfy all constraints.
    fn half_way(&self) -> Vec<(u64, f64, bool)> {
        let history = &self.history;
        let state = |trial: u64| history.states()[trial as usize];
        let counts =
            |trial: u64| matches!(state(trial), TrialState::Pending | TrialState::Pruned | TrialState::Complete);
        let last = |(trial, curve): (u64, &[(u64, f64)])| curve.last().map(|(step, value)| (trial, *step, *value));
        let reported: Vec<_> = history.curves().filter(|(trial, _)| counts(*trial)).filter_map(last).collect();
        let most = reported.iter().map(|(_, step, _)| *step).max().unwrap_or(0);
        let is_half_way = |(trial, step, value): &(u64, u64, f64)| {
            let is_unfinished = state(*trial) != TrialState::Complete;
            is_unfinished && *step >= most.div_ceil(2) && value.is_finite() && self.is_known_feasible(*trial, *step)
        };
        reported.into_iter().filter(is_half_way).map(|(trial, step, value)| (trial, value, step == most)).collect()
    }

    /// Whether every constraint was told of a trial, and neither what was told nor what was reported breaks one.
    fn is_known_feasible(&self, trial: u64, step: u64) -> bool {
        let (history, row) = (&self.history, trial as usize);
        let is_told_feasible = history.has_all_constraints(row) && history.is_feasible(row);
        is_told_feasible && history.reported_broken(trial, step).is_empty()
    }

    /// The reading of the Gaussian process, if there are enough trials for a model. It learns from estimates too, as
    /// [`Self::predict`] does, so that the answers agree.
    pub(super) fn read(
        &self,
        history: View<'_>,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Reading>, OptimizerError> {
        if !self.has_enough_for_a_model(history) {
            return Ok(None);
        }
        self.check_memory_of(Model::GaussianProcess, 0)?;
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
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::{Sampler, SuggestError};
    use crate::space::{Configuration, Domain, Parameter, Prior, SearchSpace, Value};

    impl Optimizer {
        /// The id of the recommended trial.
        fn recommended(&self) -> Option<u64> {
            self.recommend(&|| false).unwrap().map(|recommended| recommended.trial)
        }
    }

    /// A random search in two numbers on a quadratic function with its minimum at 0.3 and normal noise.
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
            let unit = search.space.encode(&search.history.configuration(&search.space, id as usize));
            let value: f64 = unit.iter().map(|u| (u - 0.3) * (u - 0.3)).sum::<f64>() + 0.2 * stream.normal();
            search.tell(id, Tell::value(value)).unwrap();
        }
        search
    }

    fn ask(search: &mut Optimizer) -> u64 {
        search.ask(1, &Pool::serial(), &|| false).unwrap()
    }

    /// Pending trials have no results, so they do not affect the recommendation.
    #[test]
    fn pending_trials_do_not_affect_the_recommendation() {
        for seed in 0..4 {
            let mut search = noisy_search(60, seed);
            let previous = search.recommended();
            for _ in 0..40 {
                ask(&mut search);
            }
            assert_eq!(search.recommended(), previous, "{seed}");
        }
    }

    /// A search of trials with these reports at the steps 1, 2, ..; those with four are complete.
    fn search_with_curves(curves: &[Vec<f64>]) -> Optimizer {
        let mut search = noisy_search(0, 1);
        for values in curves {
            let id = ask(&mut search);
            for (step, value) in (1..).zip(values) {
                search.report(id, step, &[*value], Vec::new()).unwrap();
            }
            if values.len() == 4 {
                search.tell(id, Tell::value(values[3])).unwrap();
            }
        }
        search
    }

    /// The search after twelve complete trials, of which the last one is the best and ends at 2, and one with these
    /// reports. The last value of a trial is half of its first.
    fn search_after(curve: &[f64]) -> Optimizer {
        let complete = |end: u32| [2.0, 1.5, 1.25, 1.0].map(|factor| factor * f64::from(end)).to_vec();
        let curves: Vec<Vec<f64>> = (2..14).rev().map(complete).chain([curve.to_vec()]).collect();
        search_with_curves(&curves)
    }

    #[test]
    fn a_trial_that_runs_is_recommended_if_it_is_expected_to_end_better() {
        let recommended = |curve: &[f64]| search_after(curve).recommended();
        assert_eq!(recommended(&[0.2, 0.15]), Some(12), "expected to end at 0.1");
        assert_eq!(recommended(&[0.2]), Some(11), "less than half of the steps");
        assert_eq!(recommended(&[4.2, 3.1]), Some(11), "expected to end above 2");
        assert_eq!(recommended(&[0.2, f64::NAN]), Some(11));
    }

    #[test]
    fn an_unfinished_trial_is_recommended_by_its_estimate() {
        let search = search_after(&[0.2, 0.15]);
        let end = Basis::of(&search.history, 13).expected(&search.history, 12);
        assert!(end.is_some_and(|end| end.std > 0.0 && end.upper_bound() < 2.0), "{end:?}");
        assert_eq!(search.recommend(&|| false), Ok(Some(Recommended { trial: 12, end })));
        assert_eq!(search_after(&[0.2]).recommend(&|| false), Ok(Some(Recommended::complete(11))));
    }

    /// There is nothing left to estimate.
    #[test]
    fn after_all_steps_the_last_value_counts() {
        let mut search = search_after(&[4.0, 3.0, 2.4]);
        search.report(12, 4, &[1.9], Vec::new()).unwrap();
        let end = Some(Expected { mean: 1.9, std: 0.0 });
        assert_eq!(search.recommend(&|| false), Ok(Some(Recommended { trial: 12, end })));
    }

    #[test]
    fn stopped_trials_are_recommended_and_failed_or_infeasible_ones_are_not() {
        let recommended = |outcome: Outcome, constraints: Vec<(String, f64)>| {
            let mut search = search_after(&[0.2, 0.15]);
            search.tell(12, Tell { outcome, constraints, ..Tell::failed(None) }).unwrap();
            search.recommended()
        };
        let pruned = || Outcome::Pruned { measurements: None, reason: None, paused: false };
        assert_eq!(recommended(pruned(), Vec::new()), Some(12));
        assert_eq!(recommended(pruned(), vec![("c".into(), 1.0)]), Some(11));
        assert_eq!(recommended(Outcome::Failed { reason: None }, Vec::new()), Some(11));
    }

    #[test]
    fn a_trial_is_recommended_only_if_all_constraints_were_told_of_it() {
        let mut search = search_after(&[]);
        let constraint = |value: f64| vec![("c".to_owned(), value)];
        search.report(12, 1, &[0.2], constraint(-1.0)).unwrap();
        search.report(12, 2, &[0.15], constraint(-1.0)).unwrap();
        search.tell_constraints(11, &constraint(-1.0)).unwrap_err();
        assert_eq!(search.recommended(), Some(12), "no constraint was told of any trial");
        search.tell_constraints(12, &constraint(1.0)).unwrap();
        assert_eq!(search.recommended(), Some(11), "told, it counts more than what was reported");
    }

    /// The curve of a failed trial does not matter, and neither does that of a complete one with noise.
    #[test]
    fn noise_and_failures_leave_the_recommendation_alone() {
        let mut failed = search_after(&[0.2, 0.15]);
        let id = ask(&mut failed);
        failed.report(id, 1_000_000, &[0.0], Vec::new()).unwrap();
        failed.tell(id, Tell::failed(None)).unwrap();
        assert_eq!(failed.recommended(), Some(12));
        let mut noisy = search_after(&[0.2, 0.15]);
        let measured = Measurement { value: 9.0, sem: Some(0.1), replicates: Vec::new() };
        let id = ask(&mut noisy);
        noisy.tell(id, Tell { outcome: Outcome::Complete(vec![measured]), ..Tell::failed(None) }).unwrap();
        assert_eq!(noisy.recommended(), Some(11));
    }

    #[test]
    fn before_any_trial_is_complete_the_lowest_value_far_on_is_recommended() {
        let search = search_with_curves(&[vec![9.0, 5.0, 4.0], vec![1.0], vec![9.0, 3.0]]);
        let recommended = Recommended { trial: 2, end: None };
        assert_eq!((search.recommend(&|| false), search.best()), (Ok(Some(recommended)), None));
        assert_eq!(search_with_curves(&[Vec::new()]).recommended(), None);
    }

    #[test]
    fn noise_is_detected_without_standard_errors() {
        let differs = |seed: &u64| {
            let search = noisy_search(60, *seed);
            search.recommended() != search.best()
        };
        assert!((0..10).filter(differs).count() >= 7);
    }

    #[test]
    fn the_fit_can_be_interrupted() {
        let result = noisy_search(20, 1).recommend(&|| true);
        assert!(matches!(result, Err(OptimizerError::Suggest(SuggestError::Interrupted))));
    }

    /// Only the fit of a model can be interrupted.
    #[test]
    fn a_model_is_fitted_from_16_trials_on() {
        let has_model = |n| noisy_search(n, 1).recommend(&|| true).is_err();
        assert_eq!([0, 15, 16, 17].map(has_model), [false, false, true, true]);
    }

    /// The values 0 and 4 of one configuration are worse on average than the value 1 of another one.
    #[test]
    fn few_noisy_trials_are_averaged_by_configuration_and_exact_ones_are_not() {
        for (sem, expected) in [(None, 0), (Some(0.0), 0), (Some(0.25), 2)] {
            let mut search = noisy_search(0, 1);
            for (x, value) in [(0.25, 0.0), (0.25, 4.0), (0.75, 1.0), (0.5, 3.0)] {
                let configuration = Configuration(vec![Some(Value::Real(x)); 2]);
                let outcome = Outcome::Complete(vec![Measurement { value, sem, replicates: Vec::new() }]);
                search.observe(&configuration, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
            assert_eq!((search.recommended(), search.best()), (Some(expected), Some(0)), "{sem:?}");
        }
    }

    proptest! {
        /// Promise 2, for `recommend`: for any results, there is an answer if any trial is eligible.
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
            let row = search.recommended().unwrap();
            prop_assert!(search.history.is_eligible(row as usize));
        }
    }
}
