//! What follows from the facts: data that are kept current, and caches that may be dropped.

use std::sync::OnceLock;

use super::Facts;
use super::unfinished::{estimates_from, last_refresh};
use crate::history::{Estimate, History, TrialState};
use crate::learning_curve::{Basis, CurveTable};
use crate::pareto::dominance::dominates;
use crate::pruner::Columns;
use crate::sampler::Scratch;
use crate::space::Configuration;

/// Data derived from the facts and updated with them.
#[derive(Clone, Debug)]
pub(super) struct Derived {
    /// The defaults of the space, if they form a complete configuration.
    pub(super) defaults: Option<Configuration>,
    /// The best trial so far.
    pub(super) incumbent: Option<u64>,
    /// The reported values at the checkpoints.
    pub(super) curves: CurveTable,
    /// The reported values that the pruner has asked for.
    pub(super) columns: Columns,
    /// The largest last step of a complete trial.
    pub(super) longest: Option<u64>,
    /// What estimates follow from, if models have asked for them.
    basis: Option<Basis>,
    /// The Pareto front, if it was asked for.
    front: OnceLock<KeptFront>,
}

/// The trials that no other one dominates, with their values.
#[derive(Clone, Debug)]
pub(super) struct KeptFront(Vec<(usize, Vec<f64>)>);

impl KeptFront {
    fn of(history: &History) -> Self {
        let view = history.view();
        Self(view.front().into_iter().map(|row| (row, view.point_of_values(row))).collect())
    }

    /// Adds an eligible trial unless a member dominates it, and removes the members that it dominates.
    fn update(&mut self, history: &History, row: usize) {
        let point = history.view().point_of_values(row);
        if !self.0.iter().any(|(_, member)| dominates(member, &point)) {
            self.0.retain(|(_, member)| !dominates(&point, member));
            self.0.push((row, point));
        }
    }

    /// Ids in increasing order. Trials do not end in this order.
    pub(super) fn rows(&self) -> Vec<u64> {
        let mut rows: Vec<u64> = self.0.iter().map(|(row, _)| *row as u64).collect();
        rows.sort_unstable();
        rows
    }
}

impl Derived {
    /// From all facts. O(n).
    pub(super) fn of(facts: &Facts) -> Self {
        let history = &facts.history;
        Self {
            defaults: facts.space.default_configuration(),
            incumbent: history.best(),
            curves: CurveTable::of(history, 0, usize::MAX),
            columns: Columns::default(),
            longest: history.curves().filter_map(|(trial, _)| length(history, trial as usize)).max(),
            basis: None,
            front: OnceLock::new(),
        }
    }

    /// Updates the data after a report.
    pub(super) fn report(&mut self, history: &History, trial: u64) {
        self.update_curves(history, trial);
        self.columns.update(history, trial);
    }

    fn update_curves(&mut self, history: &History, trial: u64) {
        self.curves.update(history, trial);
        self.basis = self.basis.take().map(|basis| basis.updated(history, trial));
    }

    /// The estimates for models.
    pub(super) fn estimates(&mut self, history: &History) -> Vec<Estimate> {
        let n = last_refresh(history.len());
        let kept = self.basis.take().filter(|basis| basis.n() == n);
        let basis = self.basis.insert(kept.unwrap_or_else(|| Basis::of(history, n)));
        estimates_from(basis, history, self.incumbent)
    }

    /// The Pareto front.
    pub(super) fn front(&self, history: &History) -> &KeptFront {
        self.front.get_or_init(|| KeptFront::of(history))
    }

    /// Updates the data after a trial has ended.
    pub(super) fn update(&mut self, history: &History, row: usize) {
        self.update_curves(history, row as u64);
        self.longest = self.longest.max(length(history, row));
        if !history.is_eligible(row) {
            return;
        }
        if let Some(front) = self.front.get_mut() {
            front.update(history, row);
        }
        if history.n_objectives() == 1 {
            let is_better = |best: u64| history.is_better(row, best as usize);
            self.incumbent = self.incumbent.filter(|best| !is_better(*best)).or(Some(row as u64));
        }
    }
}

/// The last step of a complete trial; `None` for other trials and for those without reports.
fn length(history: &History, row: usize) -> Option<u64> {
    let last = history.curve(row as u64).last().map(|(step, _)| *step);
    last.filter(|_| history.states()[row] == TrialState::Complete)
}

/// State of the samplers between two suggestions, valid for one revision of the facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Caches {
    pub(super) scratch: Scratch,
    /// The revision of the facts, and the estimates of stopped trials, with which `scratch` was computed.
    revision: u64,
    pub(super) estimates: Vec<Estimate>,
}

impl Caches {
    /// Drops the state of the samplers if it does not follow from these facts: if they have another revision, or if an
    /// earlier estimate has changed. Samplers assume that results do not change.
    pub(super) fn refresh(&mut self, facts: &Facts, estimates: Option<Vec<Estimate>>) {
        let earlier = estimates.map(|estimates| std::mem::replace(&mut self.estimates, estimates));
        // Both are in the order of their rows, and trials do not end in the order of their rows.
        let mut known = self.estimates.iter();
        let is_unchanged = earlier.unwrap_or_default().iter().all(|earlier| known.any(|estimate| estimate == earlier));
        if self.revision != facts.revision || !is_unchanged {
            self.scratch = Scratch::default();
        }
        self.revision = facts.revision;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::history::{Expected, Measurement, Origin, Outcome};
    use crate::numerics::{Pool, work};
    use crate::optimizer::testing::random_search;
    use crate::optimizer::unfinished::estimates;
    use crate::optimizer::{Optimizer, Settings, Tell};
    use crate::sampler::{Sampler, SharedRule};
    use crate::setting::Described;
    use crate::space::testing::{integer, parameter};
    use crate::space::{Configuration, SearchSpace};

    #[test]
    fn the_best_is_the_first_of_equals_in_any_order_of_tells() {
        let values = [2.0, 1.0, 1.0];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut search = random_search(Vec::new());
            for _ in values {
                search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            }
            for trial in order {
                search.tell(trial as u64, Tell::value(values[trial])).unwrap();
            }
            assert_eq!(search.best(), Some(1), "{order:?}");
            assert_eq!(search.history.best(), search.best());
        }
    }

    /// In any order of tells, and after results were changed.
    #[test]
    fn the_front_is_computed_once_and_then_kept_current() {
        let mut search = of_objectives(2, Sampler::Random);
        search.ask(60, &Pool::serial(), &|| false).unwrap();
        let computed = |search: &Optimizer| {
            let front = search.history.view().front();
            let (steps, kept) = work::of(|| search.pareto_front());
            assert!(kept.iter().map(|id| *id as usize).eq(front));
            steps
        };
        computed(&search);
        for turn in 0..59_u64 {
            // From high values to low ones, with ties, and not in the order of ids.
            let measured = |value: u64| Measurement { value: (value % 13) as f64, sem: None, replicates: Vec::new() };
            let outcome = Outcome::Complete(vec![measured(7 * turn + 60 - turn), measured(5 * turn + 60 - turn)]);
            search.tell((turn * 37) % 60, Tell { outcome, ..Tell::failed(None) }).unwrap();
            assert_eq!(computed(&search), 0);
        }
        for change in [Optimizer::exclude, Optimizer::retract] {
            let front = search.pareto_front();
            change(&mut search, front[0]).unwrap();
            assert!(computed(&search) > 0);
        }
    }

    /// A search on a grid after three asks, which fill the caches.
    fn asked() -> Optimizer {
        let space = SearchSpace::new(vec![parameter("x", integer(9))], Vec::new()).unwrap();
        let settings = Settings::new(vec![false], Sampler::Grid { resolution: 10 }, 0);
        let mut search = Optimizer::new(space, settings).unwrap();
        search.ask(3, &Pool::serial(), &|| false).unwrap();
        search
    }

    /// Whether the caches are still filled when they are needed next.
    fn are_kept(search: &mut Optimizer, estimates: Vec<Estimate>) -> bool {
        search.caches.refresh(&search.facts, Some(estimates));
        format!("{:?}", search.caches.scratch) != format!("{:?}", Scratch::default())
    }

    /// Reports of a trial after the last refresh, and its end.
    #[test]
    fn what_estimates_follow_from_is_kept_between_refreshes() {
        let mut search = random_search(Vec::new());
        let mut bases = Vec::new();
        for trial in 0..24_u64 {
            bases.push(format!("{:?}", search.derived.basis));
            search.facts.history.push(&search.facts.space, &Configuration(Vec::new()), Origin::Random);
            for step in 1..4 {
                search.report(trial, step, &[trial as f64 / step as f64], Vec::new()).unwrap();
            }
            let stopped = Outcome::Pruned { measurements: None, reason: None, paused: false };
            let tell = if trial.is_multiple_of(2) {
                Tell::value(1.0)
            } else {
                Tell { outcome: stopped, ..Tell::failed(None) }
            };
            search.tell(trial, tell).unwrap();
            let kept = search.derived.estimates(&search.facts.history);
            assert_eq!(kept, estimates(&search.facts.history));
        }
        // Of 16 to 24 trials, those before 16, 18, .. determine the estimates.
        let is_kept = |n: usize| bases[n] == bases[n - 1];
        assert_eq!((17..24).map(is_kept).collect::<Vec<bool>>(), [true, false, true, false, true, false, true]);
    }

    /// Samplers cache data derived from results, and estimates count as results.
    #[test]
    fn another_estimate_drops_the_caches_of_samplers() {
        let [first, second, third] = [0, 1, 2].map(|row| Estimate { row, objective: 0, end: None });
        for end in [vec![first, second], vec![first, Estimate { end: Some(Expected { mean: 1.0, std: 1.0 }), ..third }]]
        {
            let mut search = asked();
            assert!(are_kept(&mut search, vec![first]));
            assert!(are_kept(&mut search, vec![first, third]));
            assert!(!are_kept(&mut search, end));
        }
    }

    /// A trial that was stopped after a later one is an addition.
    #[test]
    fn an_estimate_between_others_keeps_the_caches_of_samplers() {
        let [first, second, third] = [0, 1, 2].map(|row| Estimate { row, objective: 0, end: None });
        let mut search = asked();
        assert!(are_kept(&mut search, vec![second]));
        assert!(are_kept(&mut search, vec![first, second]));
        assert!(are_kept(&mut search, vec![first, second, third]));
    }

    /// A search for several objectives on a grid.
    fn of_objectives(n: usize, sampler: Sampler) -> Optimizer {
        let space = SearchSpace::new(vec![parameter("x", integer(99))], Vec::new()).unwrap();
        Optimizer::new(space, Settings::new(vec![false; n], sampler, 0)).unwrap()
    }

    #[test]
    fn an_objective_told_for_the_first_time_keeps_the_caches_and_one_told_again_drops_them() {
        let mut search = of_objectives(3, Sampler::Grid { resolution: 10 });
        search.ask(3, &Pool::serial(), &|| false).unwrap();
        let told = |objectives: &[usize]| {
            let measured = |k: &usize| (*k, Measurement { value: 1.0, sem: None, replicates: Vec::new() });
            objectives.iter().map(measured).collect()
        };
        for objective in 0..3 {
            search.tell_objectives(0, told(&[objective])).unwrap();
            assert!(are_kept(&mut search, Vec::new()), "{objective}");
        }
        search.tell_objectives(1, told(&[0])).unwrap();
        search.tell_objectives(1, told(&[2, 0])).unwrap();
        assert!(!are_kept(&mut search, Vec::new()));
    }

    /// A stop that tells an objective anew changes a value that models may go on using, as an estimate.
    #[test]
    fn an_objective_that_a_stop_tells_anew_drops_the_caches() {
        for (value, is_kept) in [(1.0, true), (2.0, false)] {
            let mut search = of_objectives(2, Sampler::Grid { resolution: 10 });
            search.ask(3, &Pool::serial(), &|| false).unwrap();
            let measured = |value| Measurement { value, sem: None, replicates: Vec::new() };
            search.tell_objectives(0, vec![(0, measured(1.0))]).unwrap();
            let measurements = Some(vec![measured(value), measured(3.0)]);
            let outcome = Outcome::Pruned { measurements, reason: None, paused: false };
            search.tell(0, Tell { outcome, ..Tell::failed(None) }).unwrap();
            assert_eq!(are_kept(&mut search, Vec::new()), is_kept);
        }
    }

    #[test]
    fn estimates_of_several_objectives_are_only_for_models_of_single_ones() {
        for sampler in Sampler::all() {
            let expected = matches!(sampler, Sampler::Gp(_) | Sampler::Auto(_));
            for (n, expected) in [(1, sampler.learns()), (2, expected)] {
                let mut search = of_objectives(n, sampler.clone());
                search.for_models(&sampler, &Pool::serial(), &|| false);
                assert_eq!(search.derived.basis.is_some(), expected, "{sampler:?} with {n}");
            }
        }
    }

    #[test]
    fn new_results_keep_the_caches_of_samplers_and_changed_ones_drop_them() {
        type Change = fn(&mut Optimizer);
        let told = || {
            let mut search = asked();
            search.tell(0, Tell::value(1.0)).unwrap();
            search
        };
        assert!(are_kept(&mut told(), Vec::new()));
        let changes: [Change; 5] = [
            |search| search.exclude(0).unwrap(),
            |search| search.retract(0).unwrap(),
            |search| search.learn_from(Vec::new()).unwrap(),
            |search| search.set_rule(SharedRule::default()),
            |search| assert!(search.ask(2, &Pool::serial(), &|| true).is_err()),
        ];
        for change in changes {
            let mut search = told();
            change(&mut search);
            assert!(!are_kept(&mut search, Vec::new()));
        }
    }
}
