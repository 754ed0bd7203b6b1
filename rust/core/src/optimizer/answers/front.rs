//! The Pareto front.

use std::collections::BTreeSet;

use crate::numerics::Pool;
use crate::optimizer::{Facts, OptimizerError};
use crate::pareto::dominance::lexicographic;
use crate::sampler::{FrontPosterior, Model, front_posterior};

/// A trial that is on the front or was compared with it, with objectives to be minimized.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontMember {
    /// The id of the trial.
    pub id: u64,
    /// The value of every objective: as told, or its estimate if one is noisy and this one was not told to be exact.
    pub values: Vec<f64>,
    /// The standard deviations of the estimates; zero for told values.
    pub stds: Vec<f64>,
    /// The probability that no other trial dominates this one.
    pub probability: f64,
}

/// The Pareto front, and the trials that were compared with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Front {
    /// The trials that no other one dominates by its values, ordered by the first objective, then the next ones.
    pub members: Vec<FrontMember>,
    /// If values are estimates, the other trials that were compared, in the same order.
    pub others: Vec<FrontMember>,
    /// Whether the values of some objective are estimates: of a model, or means by configuration.
    pub are_estimates: bool,
}

impl Front {
    /// The front of trials of which it is known whether they are on it.
    fn of_estimates(compared: Vec<(FrontMember, bool)>) -> Self {
        let (members, others): (Vec<_>, Vec<_>) = compared.into_iter().partition(|(_, is_on_front)| *is_on_front);
        let alone = |marked: Vec<(FrontMember, bool)>| marked.into_iter().map(|(member, _)| member).collect();
        Self { members: alone(members), others: alone(others), are_estimates: true }
    }

    fn sort(&mut self) {
        let by_values =
            |a: &FrontMember, b: &FrontMember| lexicographic(&a.values, &b.values).then_with(|| a.id.cmp(&b.id));
        self.members.sort_by(by_values);
        self.others.sort_by(by_values);
    }
}

impl Facts {
    /// The front; of trials with equal configurations only the first. If an objective is noisy, it is the front of the
    /// posterior medians, from 16 eligible trials on and up to 500 parameters. With fewer trials or more parameters it is
    /// that of the means of configurations, if noise was told and its size is known from standard errors, replicates or
    /// repeated trials. Otherwise it is that of the told values.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`]; `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn front(&self, interrupted: &dyn Fn() -> bool) -> Result<Front, OptimizerError> {
        let estimated = self.estimated_front(interrupted)?.or_else(|| self.averages());
        let mut front = estimated.map_or_else(|| self.told_front(), Front::of_estimates);
        front.sort();
        Ok(front)
    }

    fn told_front(&self) -> Front {
        let view = self.history.view();
        let mut seen = BTreeSet::new();
        let rows = view.front().into_iter().filter(|row| seen.insert(view.first_row_like(&self.space, *row)));
        let n = self.history.n_objectives();
        let member = |row| FrontMember {
            id: row as u64,
            values: view.point_of_values(row),
            stds: vec![0.0; n],
            probability: 1.0,
        };
        Front { members: rows.map(member).collect(), ..Front::default() }
    }

    /// The trials that the models use, and whether each is on the front. `None` if there are too few trials for a model or
    /// no objective is noisy.
    fn estimated_front(
        &self,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<(FrontMember, bool)>>, OptimizerError> {
        if !self.has_enough_for_a_model(self.history.view()) {
            return Ok(None);
        }
        self.check_memory_of(Model::GaussianProcess, self.history.eligible().count())?;
        let pool = Pool::serial();
        let context = self.context(self.history.view(), self.history.len() as u64, &pool, interrupted);
        let members = front_posterior(&context)?;
        Ok(members.map(|members| {
            let member = |FrontPosterior { row, values, stds, probability, is_on_front }| {
                (FrontMember { id: row as u64, values, stds, probability }, is_on_front)
            };
            members.into_iter().map(member).collect()
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::FrontMember;
    use crate::history::Measurement;
    use crate::history::{Origin, Outcome};
    use crate::numerics::{Purpose, Stream};
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::Sampler;
    use crate::space::testing::number;
    use crate::space::{Configuration, SearchSpace, Value};

    /// A search whose two objectives are distances from 0.25 and from 0.75, with noise. Each of `n` places is tried once.
    fn search(n: u32, noise: f64) -> Optimizer {
        let space = SearchSpace::new(vec![number("x")], Vec::new()).unwrap();
        let mut search = Optimizer::new(space, Settings::new(vec![false; 2], Sampler::Random, 0)).unwrap();
        let mut stream = Stream::new(5, 0, Purpose::Sample, 0);
        for trial in 0..n {
            let x = f64::from(trial) / f64::from(n - 1);
            tell(&mut search, x, [0.25, 0.75].map(|best| (x - best) * (x - best) + noise * stream.normal()));
        }
        search
    }

    /// The second objective jumps, and a model that knows no error of it takes the jumps for noise.
    #[test]
    fn an_objective_whose_standard_errors_are_zero_keeps_its_told_values_beside_a_noisy_one() {
        for (sem, is_exact) in [(Some(0.0), true), (None, false)] {
            let mut search = search(0, 0.0);
            let mut stream = Stream::new(5, 0, Purpose::Sample, 0);
            for trial in 0..40_u32 {
                let x = f64::from(trial * 17 % 40) / 39.0;
                let noisy = (x - 0.25) * (x - 0.25) + 0.1 * stream.normal();
                let price = 40.0 * (1.0 - x) + 12.0 * stream.normal();
                let id = ask(&mut search, x);
                let measured = |value, sem| Measurement { value, sem, replicates: Vec::new() };
                let outcome = Outcome::Complete(vec![measured(noisy, Some(0.1)), measured(price, sem)]);
                search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
            let front = members(&search);
            let prices = search.history().values(1);
            let is_told = front.iter().all(|member| member.values[1] == prices[member.id as usize]);
            assert_eq!((is_told, front.iter().all(|member| member.stds[1] == 0.0)), (is_exact, is_exact));
            assert!(front.iter().all(|member| member.stds[0] > 0.0 && member.probability <= 1.0));
        }
    }

    fn members(search: &Optimizer) -> Vec<FrontMember> {
        search.front(&|| false).unwrap().members
    }

    /// The runs of the second of three configurations are worse than those of the first, but for one.
    #[test]
    fn a_few_noisy_trials_are_averaged_by_configuration() {
        let mut search = search(0, 0.0);
        for second in [[1.5, 5.2], [3.0, 6.0], [3.0, 6.1]] {
            for (x, values) in [(0.0, [2.0, 5.0]), (0.5, second), (1.0, [4.0, 2.0])] {
                let id = ask(&mut search, x);
                let measured = |value| Measurement { value, sem: Some(0.5), replicates: Vec::new() };
                let outcome = Outcome::Complete(values.map(measured).to_vec());
                search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
        }
        assert!(search.pareto_front().contains(&1), "by the lucky run");
        let front = search.front(&|| false).unwrap();
        assert_eq!((ids(&front.members), ids(&front.others), front.are_estimates), (vec![0, 2], vec![1], true));
        let [first, second, third] = [&front.members[0], &front.others[0], &front.members[1]];
        assert!((second.values[0] - 2.5).abs() < 1e-12 && (first.stds[0] - 0.5 / 3_f64.sqrt()).abs() < 1e-12);
        assert!(third.probability == 1.0 && first.probability > 0.9 && (0.01..0.3).contains(&second.probability));
    }

    fn ids(members: &[FrontMember]) -> Vec<u64> {
        members.iter().map(|member| member.id).collect()
    }

    /// The runs of the first configuration have the sample variance 32, so their mean has the variance 16.
    #[test]
    fn runs_of_an_objective_without_known_errors_give_their_own_standard_error() {
        let mut search = search(0, 0.0);
        for (x, first, second) in [(0.0, 10.0, 1.0), (0.0, 2.0, 1.0), (1.0, 7.0, 1.25)] {
            let id = ask(&mut search, x);
            let measured = |value, sem| Measurement { value, sem, replicates: Vec::new() };
            let outcome = Outcome::Complete(vec![measured(first, None), measured(second, Some(0.5))]);
            search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
        }
        let front = search.front(&|| false).unwrap();
        assert_eq!((ids(&front.members), ids(&front.others), front.are_estimates), (vec![0], vec![2], true));
        let [repeated, single] = [&front.members[0], &front.others[0]];
        assert_eq!((repeated.values.as_slice(), single.values.as_slice()), (&[6.0, 1.0][..], &[7.0, 1.25][..]));
        assert!((repeated.stds[0] - 4.0).abs() < 1e-12 && (single.stds[0] - 32_f64.sqrt()).abs() < 1e-12);
        assert!((0.5..0.95).contains(&repeated.probability) && (0.3..0.9).contains(&single.probability));
    }

    /// The second objective is exact although its runs differ, so it keeps the value of the first trial.
    #[test]
    fn an_objective_that_was_told_to_be_exact_is_not_averaged() {
        for (sem, expected) in [(Some(0.0), (10.0, 0.0)), (None, (6.0, 4.0))] {
            let mut search = search(0, 0.0);
            for (first, second) in [(1.0, 10.0), (2.0, 2.0)] {
                let id = ask(&mut search, 0.0);
                let measured = |value, sem| Measurement { value, sem, replicates: Vec::new() };
                let outcome = Outcome::Complete(vec![measured(first, Some(0.5)), measured(second, sem)]);
                search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
            }
            let front = members(&search);
            assert_eq!((front[0].values[0], front[0].values[1]), (1.5, expected.0));
            assert!((front[0].stds[1] - expected.1).abs() < 1e-12);
        }
    }

    /// A single replicate says that there is noise, but not how much.
    #[test]
    fn single_replicates_are_told_values_until_a_configuration_is_repeated() {
        let mut search = search(0, 0.0);
        let mut observe = |x, values: [f64; 2]| {
            let id = ask(&mut search, x);
            let measured = |value| Measurement { value, sem: None, replicates: vec![value] };
            let outcome = Outcome::Complete(values.map(measured).to_vec());
            search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
            search.front(&|| false).unwrap()
        };
        observe(0.0, [1.0, 9.0]);
        let told = observe(1.0, [4.0, 4.0]);
        assert_eq!((ids(&told.members), told.are_estimates), (vec![0, 1], false));
        assert!(told.members.iter().all(|member| member.stds == [0.0; 2] && member.probability == 1.0));
        let repeated = observe(0.0, [3.0, 5.0]);
        assert!(repeated.are_estimates && repeated.members[0].values == [2.0, 7.0]);
        assert!((repeated.members[0].stds[0] - 1.0).abs() < 1e-12 && (repeated.members[0].stds[1] - 2.0).abs() < 1e-12);
        assert!(repeated.members.iter().all(|member| member.probability < 1.0));
    }

    #[test]
    fn the_standard_error_of_runs_far_apart_is_finite() {
        let mut search = search(0, 0.0);
        for value in [f64::MAX, f64::MIN] {
            let id = ask(&mut search, 0.0);
            let measured = |value, sem| Measurement { value, sem, replicates: Vec::new() };
            let outcome = Outcome::Complete(vec![measured(value, None), measured(1.0, Some(0.5))]);
            search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
        }
        let front = members(&search);
        assert!(front[0].values[0] == 0.0 && front[0].stds[0] > 1e308 && front[0].stds[0].is_finite());
    }

    fn ask(search: &mut Optimizer, x: f64) -> u64 {
        let id = search.facts.history.len() as u64;
        let point = Configuration(vec![Some(Value::Real(x))]);
        search.facts.history.push(&search.facts.space, &point, Origin::Random);
        id
    }

    fn tell(search: &mut Optimizer, x: f64, values: [f64; 2]) {
        let id = ask(search, x);
        let measured = |value| Measurement { value, sem: None, replicates: Vec::new() };
        let outcome = Outcome::Complete(values.map(measured).to_vec());
        search.tell(id, Tell { outcome, ..Tell::failed(None) }).unwrap();
    }

    #[test]
    fn an_exact_front_is_that_of_the_told_values_in_order_and_without_doubles() {
        let mut search = search(21, 0.0);
        tell(&mut search, 0.5, [0.0625, 0.0625]);
        let front = members(&search);
        let ids: Vec<u64> = front.iter().map(|member| member.id).collect();
        assert_eq!(ids, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert!(front.iter().all(|member| member.probability == 1.0 && member.stds == [0.0; 2]));
        assert_eq!(search.pareto_front().len(), 12);
    }

    /// The told front has few trials, all of them lucky. The estimated one covers the interval between the optima.
    #[test]
    fn under_noise_the_front_is_free_of_luck() {
        let search = search(61, 0.1);
        let (front, told) = (members(&search), search.pareto_front());
        let off = |id: u64| id as f64 / 60.0 - 0.25;
        let truth = |id: u64| off(id) * off(id);
        let luck = told.iter().map(|id| search.history().values(0)[*id as usize] - truth(*id)).sum::<f64>();
        let error = front.iter().map(|member| member.values[0] - truth(member.id)).sum::<f64>();
        assert!(luck / (told.len() as f64) < -0.05, "{luck}");
        assert!((error / front.len() as f64).abs() < 0.03, "{error}");
        assert!(front.len() > 2 * told.len(), "{} {}", front.len(), told.len());
        assert!(front.iter().all(|member| member.probability > 0.1 && member.stds.iter().all(|std| *std > 0.0)));
    }

    #[test]
    fn pending_trials_change_no_front() {
        let mut search = search(31, 0.1);
        let before = members(&search);
        for place in 0..20 {
            ask(&mut search, f64::from(place) / 20.0);
        }
        assert_eq!(members(&search), before);
    }
}
