//! `CoreOptimizer`: the state machine behind a lock. Each method checks its arguments, calls the core once with the
//! interpreter released, and converts the result to Python objects.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use tanteo_core::history::{History, Origin};
use tanteo_core::importance::Step;
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{Evaluation, Explanation, Optimizer, OptimizerError, Settings, Tell};
use tanteo_core::sampler::SharedRule;
use tanteo_core::space::Configuration;

use crate::candidates::CoreCandidates;
use crate::columns::Columns;
use crate::convert::{oriented, row_in, row_out};
use crate::curve::{Reported, reported};
use crate::errors::PorchError;
use crate::guard::{Guarded, compute};
use crate::interrupt::Interrupt;
use crate::memory::{OBJECT, ensure_memory, ensure_memory_or_raise, row_bytes};
use crate::record::{self, Record};
use crate::rule::{PythonRule, Raised};
use crate::scalar::Named;
use crate::settings::{pruner_in, pruner_out, sampler_in, sampler_out};
use crate::space::CoreSpace;
use crate::tell::{TellArguments, Told, constraints_in, objectives_in, told_out};
use crate::view::View;
use crate::yielding::yielding;
use crate::{arrays, earlier, errors, pool, scalar};

/// Indices of the parameters changed, the row, and the prediction.
type Stepped<'py> = (Vec<usize>, Bound<'py, PyTuple>, f64);
/// A comparison: both trials, the probability, the method, the standard deviation of a run and the number of runs.
type Compared = (u64, u64, f64, &'static str, f64, Option<u64>);
/// Id, values and their standard deviations, and the probability to be on the front.
type Member = (u64, Vec<f64>, Vec<f64>, f64);
/// Rows and origins of some trials, and the counts of duplicates and fallbacks.
type HandedOut<'py> = (Vec<(Bound<'py, PyTuple>, &'static str)>, u64, u64);

/// The state machine behind a lock; every method that computes releases the interpreter lock.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct CoreOptimizer {
    space: Py<CoreSpace>,
    /// The settings never change, so they can be read without the lock.
    settings: Settings,
    core: Guarded<Optimizer>,
    /// The function of the rule, for the garbage collector. Locked only by threads that hold the interpreter.
    rule: Mutex<Option<Arc<PythonRule>>>,
    raised: Raised,
}

impl CoreOptimizer {
    fn around(py: Python<'_>, core: Optimizer) -> PyResult<Self> {
        let space = Py::new(py, CoreSpace::from_checked(core.space().clone()))?;
        Ok(Self::in_space(space, core))
    }

    fn in_space(space: Py<CoreSpace>, core: Optimizer) -> Self {
        let settings = core.settings().clone();
        Self { space, settings, core: Guarded::new(core), rule: Mutex::default(), raised: Raised::default() }
    }

    /// Calls the core, which returns a result or an error of its own.
    fn call<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Optimizer) -> Result<R, OptimizerError> + Send,
    ) -> PyResult<R> {
        self.run(py, |core| Ok(work(core)?))
    }

    /// As [`Self::call`], for work that also checks for Ctrl-C. What the rule raises is the error of the call, whatever
    /// its result.
    fn run<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Optimizer) -> Result<R, PorchError> + Send,
    ) -> PyResult<R> {
        let by_rule = |core: &mut Optimizer| {
            // After a panic, an error may be left.
            drop(self.raised.take());
            let result = work(core);
            self.raised.take().map_or(result, |raised| Err(PorchError::Raised(raised)))
        };
        self.core.run(py, by_rule).map_err(|error| error.into_py(py, Some(self.settings.seed)))
    }

    fn rule(&self) -> MutexGuard<'_, Option<Arc<PythonRule>>> {
        self.rule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the history.
    fn read<R: Send>(&self, py: Python<'_>, work: impl FnOnce(&History) -> R + Send) -> PyResult<R> {
        self.call(py, |core| Ok(work(core.history())))
    }

    /// Ids and rows of consecutive trials.
    fn trials<'py>(
        &self,
        py: Python<'py>,
        first: u64,
        configurations: &[Configuration],
    ) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let space = &self.space.get().space;
        let row = |(id, configuration)| Ok((id, row_out(py, configuration, space)?));
        yielding(py, (first..).zip(configurations)).map(row).collect()
    }

    /// Whether the first objective is maximized; used where there is a single value.
    fn direction(&self) -> bool {
        self.settings.maximize.first().copied().unwrap_or_default()
    }

    /// Converts the outcome of a trial.
    fn tell_in(&self, py: Python<'_>, outcome: TellArguments<'_>) -> PyResult<Tell> {
        outcome.into_core(py, &self.settings.maximize)
    }
}

/// Hands out up to `n` trials while checking for Ctrl-C; returns the id of the first and the configurations.
fn hand_out(core: &mut Optimizer, n: usize) -> Result<(u64, Vec<Configuration>), PorchError> {
    ensure_memory(n, row_bytes(core.space().parameters().len()))?;
    let interrupt = Interrupt::new();
    let first = core.ask(n, &Pool::new(pool::threads), &|| interrupt.pending());
    let first = first.map_err(|error| interrupt.explain(error))?;
    Ok((first, configurations_from(core, first)))
}

/// The dictionary of `CoreOptimizer.explain`, in the user's sign.
fn explained<'py>(py: Python<'py>, explanation: &Explanation, maximize: bool) -> PyResult<Bound<'py, PyDict>> {
    let evidence = &explanation.evidence;
    let fields = PyDict::new(py);
    fields.set_item("origin", explanation.origin.name())?;
    fields.set_item("incumbent", explanation.incumbent)?;
    fields.set_item("mean", evidence.mean.map(|mean| oriented(maximize, mean)))?;
    fields.set_item("std", evidence.std)?;
    fields.set_item("acquisition", evidence.acquisition)?;
    fields.set_item("drivers", &evidence.drivers)?;
    Ok(fields)
}

/// Thresholds between the sign of the user and that of the core; the map is its own inverse.
fn oriented_thresholds(maximize: &[bool], thresholds: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let signs = maximize.iter().copied().chain(std::iter::repeat(false));
    let flipped = |(threshold, maximize): (Option<f64>, bool)| threshold.map(|value| oriented(maximize, value));
    thresholds.into_iter().zip(signs).map(flipped).collect()
}

/// The configurations of trial `first` and all later ones.
fn configurations_from(core: &Optimizer, first: u64) -> Vec<Configuration> {
    (first as usize..core.history().len()).map(|row| core.history().configuration(core.space(), row)).collect()
}

#[pymethods]
impl CoreOptimizer {
    #[new]
    #[pyo3(signature = (
        space, maximize, sampler, seed, deduplicate, pruner, pausing = false, budget = None, earlier = None,
        max_violation_probability = None, thresholds = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "the signature of `_core.pyi`")]
    fn new(
        py: Python<'_>,
        space: Py<CoreSpace>,
        maximize: Vec<bool>,
        sampler: &Bound<'_, PyAny>,
        seed: &Bound<'_, PyAny>,
        deduplicate: bool,
        pruner: &Bound<'_, PyAny>,
        pausing: bool,
        budget: Option<f64>,
        earlier: Option<Vec<earlier::Rows<'_>>>,
        max_violation_probability: Option<f64>,
        thresholds: Option<Vec<Option<f64>>>,
    ) -> PyResult<Self> {
        let sampler = sampler_in(sampler, &space.get().space)?;
        let pruner = pruner_in(pruner, maximize.first().copied().unwrap_or_default())?;
        let seed = scalar::unsigned(seed, Named::Argument("seed"))?;
        let thresholds = oriented_thresholds(&maximize, thresholds.unwrap_or_default());
        let settings = Settings {
            maximize,
            sampler,
            seed,
            deduplicate,
            pruner,
            pausing,
            budget,
            max_violation_probability,
            thresholds,
        };
        let (target, seed) = (&space.get().space, settings.seed);
        let sources = earlier::sources_in(earlier.unwrap_or_default(), target)?;
        let core = compute(py, || {
            let mut core = Optimizer::new(target.clone(), settings)?;
            core.learn_from(sources)?;
            Ok(core)
        });
        let core = core.map_err(|error| error.into_py(py, Some(seed)))?;
        Ok(Self::in_space(space, core))
    }

    /// Sets the function that says which configurations are allowed: of a list of rows, a list of bools.
    fn set_rule(&self, py: Python<'_>, function: Option<Py<PyAny>>) -> PyResult<()> {
        let new = |function| Arc::new(PythonRule::new(function, self.space.clone_ref(py), self.raised.clone()));
        let rule = function.map(new);
        let shared = rule.clone().map_or_else(SharedRule::default, |rule| SharedRule::new(rule));
        self.call(py, |core| {
            core.set_rule(shared);
            Ok(())
        })?;
        let previous = std::mem::replace(&mut *self.rule(), rule);
        drop(previous);
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.rule().as_ref().map_or(Ok(()), |rule| rule.traverse(&visit))
    }

    fn __clear__(&self) {
        let rule = self.rule().take();
        drop(rule.and_then(|rule| rule.clear()));
    }

    /// The queued points that asks have dropped since the last call, because the rule refused them.
    fn dropped<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let dropped = self.call(py, |core| Ok(core.take_dropped()))?;
        let space = &self.space.get().space;
        dropped.into_iter().map(|point| row_out(py, &Configuration(point), space)).collect()
    }

    /// The earlier searches from which it learns, as they were given.
    fn earlier<'py>(&self, py: Python<'py>) -> PyResult<Vec<Vec<earlier::Row<'py>>>> {
        let sources = self.call(py, |core| Ok(core.earlier().sources().to_vec()))?;
        earlier::sources_out(py, &sources, &self.space.get().space)
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.settings.seed
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.read(py, History::len)
    }

    /// Fast path for one trial.
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<(u64, Bound<'py, PyTuple>)> {
        let (id, configurations) = self.run(py, |core| hand_out(core, 1))?;
        let space = &self.space.get().space;
        Ok((id, row_out(py, &configurations.into_iter().next().unwrap_or(Configuration(Vec::new())), space)?))
    }

    fn ask_many<'py>(&self, py: Python<'py>, n: &Bound<'py, PyAny>) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let n = scalar::unsigned(n, Named::Argument("n"))? as usize;
        let (first, configurations) = self.run(py, |core| hand_out(core, n))?;
        self.trials(py, first, &configurations)
    }

    /// Trials that are rows of a table, each with its row.
    fn ask_among<'py>(
        &self,
        py: Python<'py>,
        n: &Bound<'py, PyAny>,
        candidates: &CoreCandidates,
    ) -> PyResult<Vec<(u64, Bound<'py, PyTuple>, usize)>> {
        let n = scalar::unsigned(n, Named::Argument("n"))? as usize;
        let table = &candidates.candidates;
        let (first, configurations, places) = self.run(py, |core| {
            ensure_memory(n.min(table.len()), row_bytes(core.space().parameters().len()))?;
            let interrupt = Interrupt::new();
            let asked =
                core.ask_among(n.min(table.len().max(1)), table, &Pool::new(pool::threads), &|| interrupt.pending());
            let (first, places) = asked.map_err(|error| interrupt.explain(error))?;
            Ok((first, configurations_from(core, first), places))
        })?;
        let trials = self.trials(py, first, &configurations)?.into_iter().zip(places);
        Ok(trials.map(|((id, row), place)| (id, row, place)).collect())
    }

    fn ask_external<'py>(
        &self,
        py: Python<'py>,
        points: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let points = arrays::rows(points, self.space.get().space.parameters().len())?;
        let (first, configurations) = self.run(py, |core| {
            ensure_memory(points.len(), row_bytes(core.space().parameters().len()))?;
            let first = core.ask_external(&points)?;
            Ok((first, configurations_from(core, first)))
        })?;
        self.trials(py, first, &configurations)
    }

    /// The data with which a twin adopts the trials from `first` on: their rows and origins, and the counts so far.
    fn handed_out<'py>(&self, py: Python<'py>, first: &Bound<'py, PyAny>) -> PyResult<HandedOut<'py>> {
        let first = scalar::trial_id(first)?;
        let (configurations, origins, counters) = self.call(py, |core| {
            let origins = core.history().origins().iter().skip(first as usize).copied().collect::<Vec<_>>();
            Ok((configurations_from(core, first), origins, core.counters().clone()))
        })?;
        let rows = self.trials(py, first, &configurations)?.into_iter().zip(origins);
        let rows = rows.map(|((_, row), origin)| (row, origin.name())).collect();
        Ok((rows, counters.duplicates, counters.fallbacks))
    }

    /// Adopts trials that a twin handed out, without a call of the sampler, and drops the queued points that it dropped.
    #[pyo3(signature = (trials, duplicates, fallbacks, dropped = 0))]
    fn adopt<'py>(
        &self,
        py: Python<'py>,
        trials: Vec<[Bound<'py, PyAny>; 2]>,
        duplicates: u64,
        fallbacks: u64,
        dropped: usize,
    ) -> PyResult<u64> {
        let space = &self.space.get().space;
        let trial = |[row, origin]: [Bound<'py, PyAny>; 2]| {
            let origin: String = origin.extract()?;
            let origin = Origin::from_name(&origin)
                .ok_or_else(|| errors::argument(py, format!("a trial has an unknown origin, {origin:?}")))?;
            Ok((Configuration(row_in(&row, space)?), origin))
        };
        let trials: Vec<_> = trials.into_iter().map(trial).collect::<PyResult<_>>()?;
        self.call(py, |core| core.adopt(&trials, duplicates, fallbacks, dropped))
    }

    /// Whether the next ask hands out a queued point, the defaults or a winner of earlier searches.
    fn next_is_given(&self, py: Python<'_>) -> PyResult<bool> {
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            core.next_is_given(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))
        })
    }

    /// Fast path for a complete trial with one objective and nothing else. All values in this class have the user's
    /// sign.
    fn tell_value(&self, py: Python<'_>, trial: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        let value = oriented(self.direction(), scalar::float(value, Named::Argument("value"))?);
        self.call(py, |core| core.tell(trial, Tell::value(value)))
    }

    fn tell<'py>(&self, py: Python<'py>, trial: &Bound<'py, PyAny>, outcome: TellArguments<'py>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        let tell = self.tell_in(py, outcome)?;
        self.call(py, |core| core.tell(trial, tell))
    }

    /// Retracts the result of a trial.
    fn retract(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.retract(trial))
    }

    /// Checks that a trial takes reports and a result.
    fn check_pending(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.check_pending(trial))
    }

    /// Excludes a finished trial.
    fn exclude(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.exclude(trial))
    }

    /// Reverts `exclude`.
    fn include(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.include(trial))
    }

    /// The same search in another space; a row is `None` for a trial that does not fit there. `earlier` is the data
    /// from which it learns.
    #[pyo3(signature = (space, rows, earlier=None))]
    fn respaced(
        &self,
        py: Python<'_>,
        space: Py<CoreSpace>,
        rows: Vec<Option<Bound<'_, PyAny>>>,
        earlier: Option<Vec<earlier::Rows<'_>>>,
    ) -> PyResult<Self> {
        let target = &space.get().space;
        let row = |row: Option<Bound<'_, PyAny>>| match row {
            Some(row) => Ok(Some(Configuration(row_in(&row, target)?))),
            None => Ok(None),
        };
        let rows: Vec<_> = rows.into_iter().map(row).collect::<PyResult<_>>()?;
        let sources = earlier::sources_in(earlier.unwrap_or_default(), target)?;
        let core = self.call(py, |core| {
            let mut core = core.respaced(target.clone(), &rows)?;
            core.learn_from(sources)?;
            Ok(core)
        })?;
        Ok(Self::in_space(space, core))
    }

    fn observe<'py>(&self, py: Python<'py>, row: &Bound<'py, PyAny>, outcome: TellArguments<'py>) -> PyResult<u64> {
        let configuration = Configuration(row_in(row, &self.space.get().space)?);
        let tell = self.tell_in(py, outcome)?;
        self.call(py, |core| core.observe(&configuration, tell))
    }

    /// Queues a partial configuration; `None` leaves a value open.
    fn enqueue(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<()> {
        let partial = row_in(row, &self.space.get().space)?;
        self.call(py, |core| core.enqueue(partial))
    }

    /// Checks a partial configuration as `enqueue` does once `n_before` more are queued, and returns whether the rule
    /// allows it in some completion; queues nothing.
    fn check_enqueue(&self, py: Python<'_>, row: &Bound<'_, PyAny>, n_before: usize) -> PyResult<bool> {
        let partial = row_in(row, &self.space.get().space)?;
        self.call(py, |core| core.check_enqueue(&partial, n_before))
    }

    /// Records constraints of a pending trial before its result.
    fn tell_constraints(
        &self,
        py: Python<'_>,
        trial: &Bound<'_, PyAny>,
        constraints: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        let (trial, constraints) = (scalar::trial_id(trial)?, constraints_in(constraints)?);
        self.call(py, |core| core.tell_constraints(trial, &constraints))
    }

    /// Records objectives of a pending trial before its result.
    fn tell_objectives<'py>(
        &self,
        py: Python<'py>,
        trial: &Bound<'py, PyAny>,
        told: Vec<Told<Bound<'py, PyAny>>>,
    ) -> PyResult<()> {
        let (trial, told) = (scalar::trial_id(trial)?, objectives_in(told, &self.settings.maximize)?);
        self.call(py, |core| core.tell_objectives(trial, told))
    }

    /// The objectives that a trial has told so far, with its result or before.
    fn told_objectives(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<Vec<Told<f64>>> {
        let trial = scalar::trial_id(trial)?;
        let told = self.call(py, |core| core.told_objectives(trial))?;
        Ok(told_out(told, &self.settings.maximize))
    }

    /// Reports one value per objective; the core rejects a wrong number of values.
    fn report(
        &self,
        py: Python<'_>,
        trial: &Bound<'_, PyAny>,
        step: &Bound<'_, PyAny>,
        values: Vec<Bound<'_, PyAny>>,
        constraints: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        let (trial, step) = (scalar::trial_id(trial)?, scalar::unsigned(step, Named::Argument("step"))?);
        let directions = self.settings.maximize.iter().copied().chain(std::iter::repeat(false));
        let number = |(value, maximize): (Bound<'_, PyAny>, bool)| {
            Ok(oriented(maximize, scalar::float(&value, Named::Argument("value"))?))
        };
        let values: Vec<f64> = values.into_iter().zip(directions).map(number).collect::<PyResult<_>>()?;
        let constraints = constraints_in(constraints)?;
        self.call(py, |core| core.report(trial, step, &values, constraints))
    }

    fn report_fold(
        &self,
        py: Python<'_>,
        trial: &Bound<'_, PyAny>,
        fold: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (trial, fold) = (scalar::trial_id(trial)?, scalar::unsigned(fold, Named::Argument("fold"))?);
        let value = oriented(self.direction(), scalar::float(value, Named::Argument("value"))?);
        self.call(py, |core| core.report_fold(trial, fold, value))
    }

    /// The folds that a trial reported.
    fn folds(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<Vec<(u64, f64)>> {
        let (trial, maximize) = (scalar::trial_id(trial)?, self.direction());
        self.read(py, |history| {
            history.folds(trial).iter().map(|(fold, value)| (*fold, oriented(maximize, *value))).collect()
        })
    }

    /// The order of `n` folds, the same for every trial.
    fn fold_order(&self, py: Python<'_>, n: u64) -> PyResult<Vec<u64>> {
        self.call(py, |core| core.fold_order(n as usize))
    }

    /// Whether to stop a trial, whether it may be resumed later, and why.
    fn should_prune(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<(bool, bool, String)> {
        let trial = scalar::trial_id(trial)?;
        let decision = self.call(py, |core| core.should_prune(trial))?;
        Ok((decision.stop, decision.pause, decision.reason))
    }

    /// Ids of the paused trials.
    fn paused(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.read(py, |history| history.paused().collect())
    }

    /// Ids of the paused trials to ask the pruner about, in this order.
    fn promotion_candidates(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.call(py, |core| Ok(core.promotion_candidates()))
    }

    /// Resumes a paused trial that the pruner would not stop now; returns its id, if there is one.
    fn promote(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            let promotable = core.promotable(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))?;
            let Some(trial) = promotable else { return Ok(None) };
            core.resume(trial).map_err(|error| interrupt.explain(error))?;
            Ok(Some(trial))
        })
    }

    /// Resumes a paused trial.
    fn resume(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.resume(trial))
    }

    /// The reports of each trial that is not excluded, by id: its state, the values of its result, steps with values,
    /// and folds. Values are to be minimized, and lists if there are several objectives.
    fn curves(&self, py: Python<'_>) -> PyResult<BTreeMap<u64, Reported>> {
        self.read(py, |history| {
            let trials = history.curves().map(|(trial, _)| trial);
            trials.filter_map(|trial| Some((trial, reported(history, trial)?))).collect()
        })
    }

    /// Sets an attribute of a trial: text that is stored unread.
    fn set_attribute(&self, py: Python<'_>, trial: &Bound<'_, PyAny>, name: String, value: String) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.set_attribute(trial, name, value))
    }

    /// Records when a trial was evaluated and where it failed.
    fn set_evaluation(
        &self,
        py: Python<'_>,
        trial: &Bound<'_, PyAny>,
        started: Option<f64>,
        finished: Option<f64>,
        traceback: Option<String>,
    ) -> PyResult<()> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| core.set_evaluation(trial, Evaluation { started, finished, traceback }))
    }

    fn best(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.call(py, |core| Ok(core.best()))
    }

    fn recommend(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            core.recommend(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))
        })
    }

    /// The sum of the known costs.
    fn spent(&self, py: Python<'_>) -> PyResult<f64> {
        self.call(py, |core| Ok(core.spent()))
    }

    /// The same plus the expected cost of the pending trials.
    fn committed(&self, py: Python<'_>) -> PyResult<f64> {
        self.run(py, |core| Ok(core.committed()))
    }

    /// What the search may spend in total.
    #[getter]
    fn budget(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        self.call(py, |core| Ok(core.settings().budget))
    }

    /// Replaces the budget.
    fn change_budget(&self, py: Python<'_>, budget: f64) -> PyResult<()> {
        self.call(py, |core| core.change_budget(budget))
    }

    /// The expected gain of the next `n` trials after the first `before`; `None` without a usable model.
    fn expected_gain(&self, py: Python<'_>, n: &Bound<'_, PyAny>, before: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
        let n = scalar::unsigned(n, Named::Argument("n"))? as usize;
        let before = scalar::unsigned(before, Named::Argument("before"))? as usize;
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            core.expected_gain(n, before, &|| interrupt.pending()).map_err(|error| interrupt.explain(error))
        })
    }

    /// The two best configurations by a trial of each, the probability of their order, the method, the standard
    /// deviation of a run, and the number of further runs of both that would give a probability of 95 %.
    fn comparison(&self, py: Python<'_>) -> PyResult<Option<Compared>> {
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            let comparison = core.comparison(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))?;
            Ok(comparison.map(|c| (c.first, c.second, c.probability, c.method.name(), c.std, c.runs)))
        })
    }

    /// The explanation of a trial's configuration, as a dictionary.
    fn explain<'py>(&self, py: Python<'py>, trial: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let trial = scalar::trial_id(trial)?;
        let explanation = self.run(py, |core| {
            let interrupt = Interrupt::new();
            let result = core.explain(trial, &Pool::new(pool::threads), &|| interrupt.pending());
            result.map_err(|error| interrupt.explain(error))
        })?;
        explained(py, &explanation, self.direction())
    }

    /// The predicted median, lower and upper end of every row; `None` without a model.
    fn predict(&self, py: Python<'_>, rows: &Bound<'_, PyAny>) -> PyResult<Option<Vec<(f64, f64, f64)>>> {
        let space = &self.space.get().space;
        ensure_memory_or_raise(py, rows.len()?, row_bytes(space.parameters().len()))?;
        let configurations: Vec<Configuration> = yielding(py, rows.try_iter()?)
            .map(|row| Ok(Configuration(row_in(&row?, space)?)))
            .collect::<PyResult<_>>()?;
        let intervals = self.run(py, |core| {
            let interrupt = Interrupt::new();
            core.predict(&configurations, &|| interrupt.pending()).map_err(|error| interrupt.explain(error))
        })?;
        let oriented_interval = |[median, low, high]: [f64; 3]| {
            if self.direction() { (-median, -high, -low) } else { (median, low, high) }
        };
        Ok(intervals.map(|intervals| yielding(py, intervals).map(oriented_interval).collect()))
    }

    /// The importance of each parameter by PED-ANOVA.
    fn ped_anova(
        &self,
        py: Python<'_>,
        objective: &Bound<'_, PyAny>,
        quantile: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<f64>> {
        let objective = scalar::unsigned(objective, Named::Argument("objective"))? as usize;
        let quantile = quantile.map(|share| scalar::float(share, Named::Argument("quantile"))).transpose()?;
        self.call(py, |core| core.ped_anova(objective, quantile))
    }

    /// The importance of each parameter by fANOVA.
    fn fanova(&self, py: Python<'_>, objective: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
        let objective = scalar::unsigned(objective, Named::Argument("objective"))? as usize;
        self.run(py, |core| {
            let interrupt = Interrupt::new();
            let result = core.fanova(objective, &Pool::new(pool::threads), &|| interrupt.pending());
            result.map_err(|error| interrupt.explain(error))
        })
    }

    /// Every step of the ablation path from one row to another: indices of the changed parameters, the row, the
    /// prediction; `None` without a model.
    fn ablation<'py>(
        &self,
        py: Python<'py>,
        objective: &Bound<'py, PyAny>,
        start: &Bound<'py, PyAny>,
        end: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Vec<Stepped<'py>>>> {
        let objective = scalar::unsigned(objective, Named::Argument("objective"))? as usize;
        let space = &self.space.get().space;
        let (start, end) = (Configuration(row_in(start, space)?), Configuration(row_in(end, space)?));
        let steps = self.run(py, |core| {
            let interrupt = Interrupt::new();
            let result = core.ablation(objective, &start, &end, &Pool::new(pool::threads), &|| interrupt.pending());
            result.map_err(|error| interrupt.explain(error))
        })?;
        let maximize = self.settings.maximize.get(objective).copied().unwrap_or_default();
        let step_out = |step: Step| {
            Ok((step.changed, row_out(py, &step.configuration, space)?, oriented(maximize, step.prediction)))
        };
        steps.map(|steps| yielding(py, steps).map(step_out).collect()).transpose()
    }

    fn pareto_front(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.run(py, |core| {
            ensure_memory(core.history().len(), 2 * OBJECT)?;
            Ok(core.pareto_front())
        })
    }

    /// The front by the values that are estimated under noise, best values of the first objective first.
    fn front(&self, py: Python<'_>) -> PyResult<Vec<Member>> {
        let maximize = &self.settings.maximize;
        self.run(py, |core| {
            ensure_memory(core.history().len(), 2 * OBJECT)?;
            let interrupt = Interrupt::new();
            let members = core.front(&|| interrupt.pending()).map_err(|error| interrupt.explain(error))?;
            let in_users_sign =
                |values: Vec<f64>| values.into_iter().zip(maximize).map(|(v, m)| oriented(*m, v)).collect();
            Ok(members.into_iter().map(|m| (m.id, in_users_sign(m.values), m.stds, m.probability)).collect())
        })
    }

    fn pending(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.run(py, |core| {
            ensure_memory(core.history().n_pending(), 2 * OBJECT)?;
            Ok(core.pending())
        })
    }

    fn state(&self, py: Python<'_>, trial: &Bound<'_, PyAny>) -> PyResult<&'static str> {
        let trial = scalar::trial_id(trial)?;
        self.call(py, |core| record::state(core, trial))
    }

    /// Everything about one trial.
    fn trial<'py>(&self, py: Python<'py>, trial: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let trial = scalar::trial_id(trial)?;
        let record = self.call(py, |core| Record::of(core, trial))?;
        record.into_py(py, &self.space.get().space, &self.settings.maximize)
    }

    /// All trials by columns.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = self.run(py, |core| {
            ensure_memory(core.history().len(), Columns::row_bytes(core.history()))?;
            Ok(Columns::of(core))
        })?;
        columns.into_py(py, &self.space.get().space)
    }

    /// Read-only encoded history for samplers written in Python.
    fn view<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let view = self.run(py, |core| {
            ensure_memory(core.history().len(), core.history().row_bytes())?;
            Ok(View::of(core.history()))
        })?;
        view.into_py(py)
    }

    fn snapshot<'py>(&self, py: Python<'py>, labels: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.call(py, |core| core.snapshot(labels))?;
        PyBytes::new_with(py, bytes.len(), |target| {
            target.copy_from_slice(&bytes);
            Ok(())
        })
    }

    #[staticmethod]
    fn restore<'py>(py: Python<'py>, data: &[u8]) -> PyResult<(Self, Bound<'py, PyBytes>)> {
        let (core, labels) = compute(py, || Ok(Optimizer::restore(data)?)).map_err(|error| error.into_py(py, None))?;
        Ok((Self::around(py, core)?, PyBytes::new(py, &labels)))
    }

    fn space(&self, py: Python<'_>) -> Py<CoreSpace> {
        self.space.clone_ref(py)
    }

    /// The arguments of the constructor except the space: `maximize`, `sampler` as (name, settings), `seed`,
    /// `deduplicate`, `pruner` as (name, settings), `pausing`, `budget`,
    /// `max_violation_probability`, `thresholds`.
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Settings {
            maximize,
            sampler,
            seed,
            deduplicate,
            pruner,
            pausing,
            budget: _,
            max_violation_probability,
            thresholds,
        } = &self.settings;
        let settings = PyDict::new(py);
        settings.set_item("maximize", maximize)?;
        settings.set_item("sampler", sampler_out(py, sampler, &self.space.get().space)?)?;
        settings.set_item("seed", seed)?;
        settings.set_item("deduplicate", deduplicate)?;
        settings.set_item("pruner", pruner_out(py, pruner, self.direction())?)?;
        settings.set_item("pausing", pausing)?;
        settings.set_item("budget", self.budget(py)?)?;
        settings.set_item("max_violation_probability", max_violation_probability)?;
        let thresholds = oriented_thresholds(maximize, thresholds.clone());
        settings.set_item("thresholds", (!thresholds.is_empty()).then_some(thresholds))?;
        Ok(settings)
    }

    /// The counters.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counters = self.call(py, |core| Ok(core.counters().clone()))?;
        let stats = PyDict::new(py);
        stats.set_item("asked", counters.asked)?;
        stats.set_item("duplicates", counters.duplicates)?;
        stats.set_item("fallbacks", counters.fallbacks)?;
        Ok(stats)
    }

    /// Panics in the middle of an ask, while the lock is held; used by a test.
    fn provoke_panic(&self, py: Python<'_>) -> PyResult<()> {
        let fault = || {
            assert!(std::hint::black_box(false), "provoked");
            false
        };
        self.call(py, |core| core.ask(1, &Pool::serial(), &fault).map(drop))
    }
}
