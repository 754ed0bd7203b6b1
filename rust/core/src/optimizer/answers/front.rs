//! The Pareto front.

use std::collections::BTreeSet;

use crate::numerics::Pool;
use crate::optimizer::{Facts, OptimizerError};
use crate::sampler::{FrontPosterior, Model, front_posterior};

/// A trial of the front, or one that was compared with it, with objectives to be minimized.
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
    /// Whether no other trial dominates this one by its values.
    pub is_on_front: bool,
}

impl Facts {
    /// Ids of the feasible complete trials that no other one dominates, in increasing order, including ties. For a
    /// single objective these are the trials with the best value. Computed at each call: O(n log n) for two objectives,
    /// O(n log n + n f) for more, with `f` trials on the front.
    pub fn pareto_front(&self) -> Vec<u64> {
        self.history.view().front().into_iter().map(|row| row as u64).collect()
    }

    /// The front ordered by the first objective, then the next ones; of trials with equal configurations only the first.
    /// If an objective is noisy, it is the front of the posterior means, from 16 eligible trials on and up to 500
    /// parameters. With fewer trials or more parameters it is that of the means of configurations, if noise was told;
    /// otherwise that of the told values. If the values are not those told, the other trials that were compared are among
    /// the members.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`]; `SuggestError::Interrupted` through [`OptimizerError::Suggest`].
    pub fn front(&self, interrupted: &dyn Fn() -> bool) -> Result<Vec<FrontMember>, OptimizerError> {
        let mut members = match self.estimated_front(interrupted)? {
            Some(members) => members,
            None => self.averages().unwrap_or_else(|| self.told_front()),
        };
        let by_values = |a: &FrontMember, b: &FrontMember| {
            let order = a.values.iter().zip(&b.values).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne());
            order.unwrap_or_else(|| a.id.cmp(&b.id))
        };
        members.sort_by(by_values);
        Ok(members)
    }

    fn told_front(&self) -> Vec<FrontMember> {
        let view = self.history.view();
        let mut seen = BTreeSet::new();
        let rows = view.front().into_iter().filter(|row| seen.insert(view.first_row_like(&self.space, *row)));
        let n = self.history.n_objectives();
        let member = |row| FrontMember {
            id: row as u64,
            values: view.point_of_values(row),
            stds: vec![0.0; n],
            probability: 1.0,
            is_on_front: true,
        };
        rows.map(member).collect()
    }

    /// `None` if there are too few trials for a model or no objective is noisy.
    fn estimated_front(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Vec<FrontMember>>, OptimizerError> {
        if !self.has_enough_for_a_model() {
            return Ok(None);
        }
        self.check_memory_of(Model::GaussianProcess, self.history.eligible().count())?;
        let pool = Pool::serial();
        let context = self.context(self.history.view(), self.history.len() as u64, &pool, interrupted);
        let members = front_posterior(&context)?;
        Ok(members.map(|members| {
            let member = |FrontPosterior { row, values, stds, probability, is_on_front }| FrontMember {
                id: row as u64,
                values,
                stds,
                probability,
                is_on_front,
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
        search.front(&|| false).unwrap().into_iter().filter(|member| member.is_on_front).collect()
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
        let all = search.front(&|| false).unwrap();
        let ids = |members: &[FrontMember]| members.iter().map(|member| member.id).collect::<Vec<u64>>();
        assert_eq!((ids(&all), ids(&members(&search))), (vec![0, 1, 2], vec![0, 2]));
        let [first, second, third] = [0, 1, 2].map(|k| all[k].clone());
        assert!((second.values[0] - 2.5).abs() < 1e-12 && (first.stds[0] - 0.5 / 3_f64.sqrt()).abs() < 1e-12);
        assert!(third.probability == 1.0 && first.probability > 0.9 && (0.01..0.3).contains(&second.probability));
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
