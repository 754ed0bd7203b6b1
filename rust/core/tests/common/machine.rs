//! Random programs of ask, tell, fail, prune, pause, resume, report, enqueue, observe, save and load, compared with a
//! model of the expected state.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use tanteo_core::history::{Origin, Outcome, TrialState};
use tanteo_core::optimizer::{Optimizer, OptimizerError, Tell};
use tanteo_core::sampler::Sampler;
use tanteo_core::space::{Configuration, SearchSpace, Value};

use super::search;

/// One step of a program. Numbers select one of the trials that exist at that moment.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Ask(usize),
    Interrupt(usize),
    Tell(usize, f64),
    Constrained(usize, f64, f64),
    Fail(usize),
    Prune(usize, Option<f64>),
    Pause(usize),
    Resume(usize),
    Report(usize, f64),
    Enqueue(Vec<Option<u8>>),
    Observe(u64, f64),
    Again(usize),
    Unknown(u64),
    Bad(usize),
    SaveAndLoad,
    Fork,
}

fn loss() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -10.0..10.0,
        1 => Just(f64::INFINITY),
        1 => Just(f64::NAN),
        1 => Just(1e308),
        1 => Just(-1e308),
        1 => Just(5e-324),
        2 => Just(0.5),
    ]
}

/// A random step of any kind.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let pick = 0..64usize;
    let partial = prop::collection::vec(prop::option::of(any::<u8>()), 4);
    prop_oneof![
        6 => Just(Step::Ask(1)),
        2 => (1..5usize).prop_map(Step::Ask),
        1 => (1..5usize).prop_map(Step::Interrupt),
        6 => (pick.clone(), loss()).prop_map(|(i, y)| Step::Tell(i, y)),
        2 => (pick.clone(), loss(), -1.0..1.0).prop_map(|(i, y, c)| Step::Constrained(i, y, c)),
        1 => pick.clone().prop_map(Step::Fail),
        2 => (pick.clone(), prop::option::of(loss())).prop_map(|(i, y)| Step::Prune(i, y)),
        2 => pick.clone().prop_map(Step::Pause),
        2 => pick.clone().prop_map(Step::Resume),
        3 => (pick.clone(), loss()).prop_map(|(i, y)| Step::Report(i, y)),
        1 => partial.prop_map(Step::Enqueue),
        1 => (any::<u64>(), loss()).prop_map(|(seed, y)| Step::Observe(seed, y)),
        1 => pick.clone().prop_map(Step::Again),
        1 => any::<u64>().prop_map(Step::Unknown),
        1 => pick.prop_map(Step::Bad),
        2 => Just(Step::SaveAndLoad),
        1 => Just(Step::Fork),
    ]
}

/// The expected state.
#[derive(Default)]
struct Model {
    states: Vec<TrialState>,
    values: Vec<Option<f64>>,
    /// The first of two constraints of each trial that told them, and its active parameters.
    constraints: Vec<Option<f64>>,
    active: Vec<Vec<bool>>,
    reports: Vec<Vec<f64>>,
    paused: BTreeSet<u64>,
    queued: usize,
    asked: u64,
}

impl Model {
    fn pending(&self) -> Vec<u64> {
        (0..self.states.len() as u64).filter(|i| self.states[*i as usize] == TrialState::Pending).collect()
    }
    fn pick(&self, i: usize) -> Option<u64> {
        let pending = self.pending();
        (!pending.is_empty()).then(|| pending[i % pending.len()])
    }
    fn push(&mut self, configuration: &Configuration) {
        self.states.push(TrialState::Pending);
        self.values.push(None);
        self.constraints.push(None);
        self.active.push(configuration.0.iter().map(Option::is_some).collect());
        self.reports.push(Vec::new());
    }
    fn end(&mut self, id: u64, state: TrialState, value: f64, constraint: Option<f64>) {
        let id = id as usize;
        let last = self.reports[id].last().copied().filter(|y| !y.is_nan());
        self.constraints[id] = constraint;
        (self.states[id], self.values[id]) = match state {
            TrialState::Pruned if value.is_nan() => (TrialState::Pruned, last),
            _ if value.is_nan() => (TrialState::Failed, None),
            _ => (state, Some(value)),
        };
    }
    /// Whether a trial told no constraint, and another one with the same active parameters did. All that tell constraints
    /// satisfy the second one.
    fn lacks_constraint(&self, i: usize) -> bool {
        let satisfies = |j: usize| self.states[j] != TrialState::Pending && self.constraints[j].is_some();
        self.constraints[i].is_none()
            && (0..self.states.len()).any(|j| satisfies(j) && self.active[j] == self.active[i])
    }
    /// The best complete trial that breaks no constraint and, if any such trial lacks none, lacks none.
    fn best(&self) -> Option<u64> {
        let keeps =
            |i: &usize| self.states[*i] == TrialState::Complete && self.constraints[*i].is_none_or(|c| c <= 0.0);
        let (unknown, known): (Vec<usize>, Vec<usize>) =
            (0..self.states.len()).filter(keeps).partition(|i| self.lacks_constraint(*i));
        let finite = |i: usize| Some((self.values[i].filter(|value| value.is_finite())?, i as u64));
        let results = if known.is_empty() { unknown } else { known };
        let least = |best: (f64, u64), other: (f64, u64)| if other.0 < best.0 { other } else { best };
        results.into_iter().filter_map(finite).reduce(least).map(|(_, id)| id)
    }
}

/// The optimizer together with the model.
pub(crate) struct Machine {
    optimizer: Optimizer,
    model: Model,
}

impl Machine {
    /// A search without any trial.
    pub(crate) fn new(space: SearchSpace, sampler: Sampler) -> Self {
        Self { optimizer: search::optimizer(space, sampler), model: Model::default() }
    }

    /// Executes one step and compares the optimizer with the model.
    pub(crate) fn run(&mut self, step: &Step) {
        match step {
            Step::Ask(n) => self.ask(*n),
            Step::Interrupt(n) => self.interrupt(*n),
            Step::Tell(i, y) => self.tell(*i, TrialState::Complete, Tell::value(*y), *y, None),
            Step::Constrained(i, y, c) => {
                let tell = search::constrained(*y, &[("memory", *c), ("latency", -1.0)]);
                self.tell(*i, TrialState::Complete, tell, *y, Some(*c));
            }
            Step::Fail(i) => self.tell(*i, TrialState::Failed, Tell::failed(None), f64::NAN, None),
            Step::Prune(i, y) => match y.filter(|y| !y.is_nan()) {
                Some(y) => self.tell(*i, TrialState::Pruned, search::pruned(Some(y)), y, None),
                None => self.tell(*i, TrialState::Pruned, search::pruned(None), f64::NAN, None),
            },
            Step::Pause(i) => self.pause(*i),
            Step::Resume(i) => self.resume(*i),
            Step::Report(i, y) => self.report(*i, *y),
            Step::Enqueue(bytes) => self.enqueue(bytes),
            Step::Observe(seed, y) => self.observe(*seed, *y),
            Step::Again(i) => self.again(*i),
            Step::Unknown(id) => self.unknown(*id),
            Step::Bad(i) => self.bad(*i),
            Step::SaveAndLoad => self.save_and_load(),
            Step::Fork => self.fork(),
        }
        self.check();
    }

    fn ask(&mut self, n: usize) {
        let initial = self.optimizer.snapshot(b"").unwrap();
        let asked = search::ask_many(&mut self.optimizer, n);
        if let Ok(first) = asked {
            let n_new = self.record_ask(first, n);
            assert!(n_new >= 1);
        } else {
            assert!(matches!(asked, Err(OptimizerError::Suggest(_))), "{asked:?}");
            assert_eq!(initial, self.optimizer.snapshot(b"").unwrap(), "a refused ask changed the state");
        }
    }

    /// Records the trials from `first` on, at most `n`, and returns their number.
    fn record_ask(&mut self, first: u64, n: usize) -> usize {
        assert_eq!(first, self.model.states.len() as u64);
        let n_new = self.optimizer.history().len() - first as usize;
        assert!(n_new <= n);
        for id in first..first + n_new as u64 {
            self.model.push(&self.optimizer.configuration(id).unwrap());
        }
        self.model.asked += n_new as u64;
        self.model.queued -= n_new.min(self.model.queued);
        (first..first + n_new as u64).for_each(|id| self.check_suggestion(id));
        n_new
    }

    fn check_suggestion(&self, id: u64) {
        let configuration = self.optimizer.configuration(id).unwrap();
        self.optimizer.space().validate(&configuration).unwrap();
        let history = self.optimizer.history();
        if history.origins()[id as usize] != Origin::Enqueued {
            assert_eq!(history.first_row(&configuration), Some(id), "a configuration was suggested twice");
        }
    }

    /// An ask that is interrupted at the n-th poll either changes nothing or finishes before that poll, if the queue or
    /// few remaining configurations make it short.
    fn interrupt(&mut self, n: usize) {
        let initial = self.optimizer.snapshot(b"").unwrap();
        let polls = std::cell::Cell::new(0);
        let interrupted = || {
            polls.set(polls.get() + 1);
            polls.get() >= n
        };
        match self.optimizer.ask(5, &tanteo_core::numerics::Pool::serial(), &interrupted) {
            Ok(first) => {
                assert!(polls.get() < n, "an interrupted ask continued");
                let queued = self.model.queued;
                let n_new = self.record_ask(first, 5);
                assert!(n_new <= polls.get() + queued, "every suggested trial takes a poll");
            }
            Err(_) => {
                assert_eq!(initial, self.optimizer.snapshot(b"").unwrap(), "an interrupted ask changed the state");
            }
        }
    }

    fn tell(&mut self, i: usize, state: TrialState, tell: Tell, value: f64, constraint: Option<f64>) {
        let Some(id) = self.model.pick(i) else { return };
        self.optimizer.tell(id, tell).unwrap();
        self.model.end(id, state, value, constraint);
    }

    fn pause(&mut self, i: usize) {
        let Some(id) = self.model.pick(i) else { return };
        let outcome = Outcome::Pruned { measurements: None, reason: None, paused: true };
        self.optimizer.tell(id, Tell { outcome, constraints: Vec::new(), cost: None }).unwrap();
        self.model.end(id, TrialState::Pruned, f64::NAN, None);
        self.model.paused.insert(id);
    }

    /// Resumes a paused trial; resuming it again is refused.
    fn resume(&mut self, i: usize) {
        let Some(id) = self.model.paused.iter().nth(i % self.model.paused.len().max(1)).copied() else { return };
        self.optimizer.resume(id).unwrap();
        self.model.paused.remove(&id);
        (self.model.states[id as usize], self.model.values[id as usize]) = (TrialState::Pending, None);
        self.refused(|optimizer| optimizer.resume(id));
    }

    fn report(&mut self, i: usize, y: f64) {
        let Some(id) = self.model.pick(i) else { return };
        let step = self.optimizer.history().curve(id).last().map_or(0, |(step, _)| step + 1);
        self.optimizer.report(id, step, &[y], Vec::new()).unwrap();
        self.model.reports[id as usize].push(y);
        self.optimizer.should_prune(id).unwrap();
        if step > 0 {
            self.refused(|optimizer| optimizer.report(id, step, &[0.0], Vec::new()));
        }
    }

    /// Enqueues a partial point whose values lie in their domains; it may be infeasible.
    fn enqueue(&mut self, bytes: &[Option<u8>]) {
        let parameters = self.optimizer.space().parameters();
        let value = |(byte, p): (&Option<u8>, &tanteo_core::space::Parameter)| {
            byte.map(|b| match p.domain.last_level() {
                Some(last) => Value::Level(u64::from(b) % (last + 1)),
                None => p.default.unwrap_or(Value::Real(f64::from(b) / 255.0)),
            })
        };
        let partial = bytes.iter().zip(parameters).map(value).collect();
        let initial = self.optimizer.snapshot(b"").unwrap();
        if self.optimizer.enqueue(partial).is_ok() {
            self.model.queued += 1;
        } else {
            assert_eq!(initial, self.optimizer.snapshot(b"").unwrap());
        }
    }

    fn observe(&mut self, seed: u64, y: f64) {
        use tanteo_core::numerics::{Purpose, Stream};
        let free = vec![None; self.optimizer.space().parameters().len()];
        let mut stream = Stream::new(seed, 0, Purpose::Sample, 0);
        // With contradictory constraints there is nothing to observe.
        let Ok(configuration) = self.optimizer.space().draw(&free, &mut stream) else { return };
        let id = self.optimizer.observe(&configuration, Tell::value(y)).unwrap();
        self.model.push(&configuration);
        self.model.end(id, TrialState::Complete, y, None);
    }

    fn again(&mut self, i: usize) {
        let finished: Vec<u64> = (0..self.model.states.len() as u64).filter(|id| !self.is_pending(*id)).collect();
        if let Some(id) = finished.get(i % finished.len().max(1)).copied() {
            let expected = if self.model.paused.contains(&id) {
                OptimizerError::Paused { id }
            } else {
                OptimizerError::NotPending { id, state: self.model.states[id as usize] }
            };
            assert_eq!(self.refused(|optimizer| optimizer.tell(id, Tell::value(0.0))), expected);
            assert_eq!(self.refused(|optimizer| optimizer.report(id, 1000, &[0.0], Vec::new())), expected);
        }
    }

    fn is_pending(&self, id: u64) -> bool {
        self.model.states[id as usize] == TrialState::Pending
    }

    fn unknown(&mut self, id: u64) {
        let known = self.model.states.len() as u64;
        let id = id.max(known);
        let expected = OptimizerError::UnknownTrial { id, known };
        assert_eq!(self.refused(|optimizer| optimizer.tell(id, Tell::value(0.0))), expected);
        assert_eq!(self.refused(|optimizer| optimizer.report(id, 0, &[0.0], Vec::new())), expected);
    }

    /// Invalid tells are refused, and the trial remains pending.
    fn bad(&mut self, i: usize) {
        let Some(id) = self.model.pick(i) else { return };
        let bad = [
            Tell::value(f64::NEG_INFINITY),
            search::several(&[1.0, 2.0]),
            search::several(&[]),
            search::measured(1.0, Some(-1.0), &[]),
            search::measured(1.0, Some(f64::NAN), &[]),
            search::measured(1.0, None, &[1.0, f64::NEG_INFINITY]),
            search::constrained(1.0, &[("c", f64::NEG_INFINITY)]),
            search::constrained(1.0, &[("c", 1.0), ("c", 2.0)]),
            Tell { cost: Some(f64::NAN), ..Tell::value(1.0) },
            Tell { cost: Some(-1.0), ..Tell::value(1.0) },
        ];
        for tell in bad {
            self.refused(|optimizer| optimizer.tell(id, tell.clone()));
        }
        let configuration = Configuration(Vec::new());
        self.refused(|optimizer| optimizer.observe(&configuration, Tell::value(0.0)));
        self.refused(|optimizer| optimizer.enqueue(Vec::new()));
        self.refused(|optimizer| search::ask_many(optimizer, 0));
        self.refused(|optimizer| optimizer.report(id, u64::MAX, &[f64::NEG_INFINITY], Vec::new()));
    }

    /// Makes a call that must be refused without changing anything.
    fn refused<T>(&mut self, call: impl FnOnce(&mut Optimizer) -> Result<T, OptimizerError>) -> OptimizerError {
        let initial = self.optimizer.snapshot(b"").unwrap();
        let refused = call(&mut self.optimizer).err().expect("the call must be refused");
        assert_eq!(initial, self.optimizer.snapshot(b"").unwrap(), "a refused call changed the state: {refused}");
        refused
    }

    fn save_and_load(&mut self) {
        let bytes = self.optimizer.snapshot(b"labels").unwrap();
        let (loaded, labels) = Optimizer::restore(&bytes).unwrap();
        assert_eq!(labels, b"labels");
        assert_eq!(bytes, loaded.snapshot(b"labels").unwrap(), "saving is not deterministic");
        self.optimizer = loaded;
    }

    /// A restored copy continues exactly as the original.
    fn fork(&mut self) {
        let mut copy = Optimizer::restore(&self.optimizer.snapshot(b"").unwrap()).unwrap().0;
        let mut original = self.optimizer.clone();
        for _ in 0..4 {
            let (a, b) = (search::ask_many(&mut original, 1), search::ask_many(&mut copy, 1));
            assert_eq!(a, b);
            let Ok(id) = a else { break };
            original.tell(id, Tell::value(0.25)).unwrap();
            copy.tell(id, Tell::value(0.25)).unwrap();
        }
        assert_eq!(original.snapshot(b"").unwrap(), copy.snapshot(b"").unwrap(), "a restored copy differs");
    }

    fn check(&self) {
        let (optimizer, model) = (&self.optimizer, &self.model);
        let history = optimizer.history();
        assert_eq!(history.states(), model.states);
        assert_eq!(optimizer.pending(), model.pending());
        assert_eq!(history.n_pending(), model.pending().len());
        assert!(history.paused().eq(model.paused.iter().copied()));
        assert_eq!(optimizer.queue().len(), model.queued);
        assert_eq!(optimizer.counters().asked, model.asked);
        assert_eq!(optimizer.best(), model.best());
        let recommended = optimizer.recommend(&|| false).unwrap().map(|recommended| recommended.trial);
        let is_unfinished = |trial: u64| {
            let state = history.states()[trial as usize];
            let reports = !history.curve(trial).is_empty() && history.is_feasible(trial as usize);
            reports && matches!(state, TrialState::Pending | TrialState::Pruned)
        };
        let unfinished = recommended.is_some_and(is_unfinished);
        assert!(unfinished || recommended.is_none_or(|trial| history.is_eligible(trial as usize)));
        // With sixteen or more trials, a recommendation also depends on the noise that the model finds.
        let has_few = (0..history.len()).filter(|row| history.is_eligible(*row)).count() < 16;
        if !unfinished && (recommended.is_none() || has_few) {
            assert_eq!(recommended, model.best(), "without noise the best trial is recommended");
        }
        assert_eq!(optimizer.pareto_front().first().copied(), model.best());
        for (row, value) in model.values.iter().enumerate() {
            assert_eq!(history.values(0)[row].to_bits(), value.unwrap_or(f64::NAN).to_bits());
        }
    }
}
