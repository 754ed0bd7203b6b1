//! `CoreOptimizer`: one search. Each method checks its arguments, calls the core once with the interpreter released,
//! and converts the result to Python objects, with all values in the user's sign.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use tanteo_core::history::History;
use tanteo_core::numerics::Pool;
use tanteo_core::optimizer::{Comparison, Evaluation, Optimizer, Settings, Tell};
use tanteo_core::space::{Configuration, SearchSpace};

use crate::answers::{
    Compared, Interval, Members, Stepped, Taken, counters_out, explanation_out, front_out, intervals_out, steps_out,
    taken_out,
};
use crate::asks::{Asked, HandedOut, adopted_in, ask, ask_among, ask_external};
use crate::candidates::CoreCandidates;
use crate::columns::Columns;
use crate::convert::{configuration_in, oriented, row_in, row_out};
use crate::curve::{Reported, reported};
use crate::guard::compute;
use crate::interrupt::watched;
use crate::memory::{OBJECT, ensure_memory, ensure_memory_or_raise, row_bytes};
use crate::record::{self, TrialRecord};
use crate::scalar::{self, Named, TrialId};
use crate::settings::{oriented_thresholds, pruner_in, sampler_in, search_out};
use crate::shared::SharedOptimizer;
use crate::space::CoreSpace;
use crate::tell::{TellArguments, Told, constraints_in, objectives_in, report_in, told_out};
use crate::view::View;
use crate::yielding::yielding;
use crate::{arrays, earlier, pool};

/// One search. The stubs in `_core.pyi` describe its methods.
#[pyclass(frozen, module = "tanteo._core")]
pub(crate) struct CoreOptimizer {
    space: Py<CoreSpace>,
    /// The settings never change, so they can be read without the lock.
    settings: Settings,
    core: SharedOptimizer,
}

impl CoreOptimizer {
    fn in_space(space: Py<CoreSpace>, core: Optimizer) -> Self {
        Self { space, settings: core.settings().clone(), core: SharedOptimizer::new(core) }
    }

    fn search_space(&self) -> &SearchSpace {
        &self.space.get().space
    }

    /// Whether the first objective is maximized; used where there is a single value.
    fn direction(&self) -> bool {
        self.settings.maximize.first().copied().unwrap_or_default()
    }
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

    fn set_rule(&self, py: Python<'_>, function: Option<Py<PyAny>>) -> PyResult<()> {
        self.core.set_rule(py, &self.space, function)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.core.traverse(&visit)
    }

    fn __clear__(&self) {
        self.core.clear();
    }

    fn dropped<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let dropped = self.core.read(py, Optimizer::take_dropped)?;
        let space = self.search_space();
        dropped.into_iter().map(|point| row_out(py, &Configuration(point), space)).collect()
    }

    fn earlier<'py>(&self, py: Python<'py>) -> PyResult<Vec<Vec<earlier::Row<'py>>>> {
        let sources = self.core.read(py, |core| core.earlier().sources().to_vec())?;
        earlier::sources_out(py, &sources, self.search_space())
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.settings.seed
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.core.history(py, History::len)
    }

    /// The fast path for one trial.
    fn ask<'py>(&self, py: Python<'py>) -> PyResult<(u64, Bound<'py, PyTuple>)> {
        let asked = self.core.run(py, |core| ask(core, 1))?;
        let configuration = asked.configurations.into_iter().next().unwrap_or(Configuration(Vec::new()));
        Ok((asked.first, row_out(py, &configuration, self.search_space())?))
    }

    fn ask_many<'py>(&self, py: Python<'py>, n: &Bound<'py, PyAny>) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let n = scalar::count(n, "n")?;
        let asked = self.core.run(py, |core| ask(core, n))?;
        asked.rows(py, self.search_space())
    }

    fn ask_among<'py>(
        &self,
        py: Python<'py>,
        n: &Bound<'py, PyAny>,
        candidates: &CoreCandidates,
    ) -> PyResult<Vec<(u64, Bound<'py, PyTuple>, usize)>> {
        let n = scalar::count(n, "n")?;
        let (asked, places) = self.core.run(py, |core| ask_among(core, n, &candidates.candidates))?;
        let trials = asked.rows(py, self.search_space())?.into_iter().zip(places);
        Ok(trials.map(|((id, row), place)| (id, row, place)).collect())
    }

    fn ask_external<'py>(
        &self,
        py: Python<'py>,
        points: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<(u64, Bound<'py, PyTuple>)>> {
        let points = arrays::rows(points, self.space.get().space.parameters().len())?;
        let asked = self.core.run(py, |core| ask_external(core, &points))?;
        asked.rows(py, self.search_space())
    }

    fn handed_out<'py>(&self, py: Python<'py>, first: TrialId) -> PyResult<HandedOut<'py>> {
        let (asked, origins, counters) = self.core.read(py, |core| {
            let origins: Vec<_> = core.history().origins().iter().skip(first.0 as usize).copied().collect();
            (Asked::since(core, first.0), origins, core.counters().clone())
        })?;
        let rows = asked.rows(py, self.search_space())?.into_iter().zip(origins);
        let rows = rows.map(|((_, row), origin)| (row, origin.name())).collect();
        Ok((rows, counters.duplicates, counters.fallbacks))
    }

    #[pyo3(signature = (trials, duplicates, fallbacks, dropped = 0))]
    fn adopt<'py>(
        &self,
        py: Python<'py>,
        trials: Vec<[Bound<'py, PyAny>; 2]>,
        duplicates: u64,
        fallbacks: u64,
        dropped: usize,
    ) -> PyResult<u64> {
        let trials = adopted_in(trials, self.search_space())?;
        self.core.call(py, |core| core.adopt(&trials, duplicates, fallbacks, dropped))
    }

    fn next_is_given(&self, py: Python<'_>) -> PyResult<bool> {
        self.core.answer(py, |core, stop| core.next_is_given(stop))
    }

    /// The fast path for a complete trial with one objective and nothing else.
    fn tell_value(&self, py: Python<'_>, trial: TrialId, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = oriented(self.direction(), scalar::float(value, Named::Argument("value"))?);
        self.core.call(py, |core| core.tell(trial.0, Tell::value(value)))
    }

    fn tell<'py>(&self, py: Python<'py>, trial: TrialId, outcome: TellArguments<'py>) -> PyResult<()> {
        let tell = outcome.into_core(py, &self.settings.maximize)?;
        self.core.call(py, |core| core.tell(trial.0, tell))
    }

    fn retract(&self, py: Python<'_>, trial: TrialId) -> PyResult<()> {
        self.core.call(py, |core| core.retract(trial.0))
    }

    fn check_pending(&self, py: Python<'_>, trial: TrialId) -> PyResult<()> {
        self.core.call(py, |core| core.check_pending(trial.0))
    }

    fn exclude(&self, py: Python<'_>, trial: TrialId) -> PyResult<()> {
        self.core.call(py, |core| core.exclude(trial.0))
    }

    fn include(&self, py: Python<'_>, trial: TrialId) -> PyResult<()> {
        self.core.call(py, |core| core.include(trial.0))
    }

    #[pyo3(signature = (space, rows, earlier=None))]
    fn respaced(
        &self,
        py: Python<'_>,
        space: Py<CoreSpace>,
        rows: Vec<Option<Bound<'_, PyAny>>>,
        earlier: Option<Vec<earlier::Rows<'_>>>,
    ) -> PyResult<Self> {
        let target = &space.get().space;
        let row = |row: Option<Bound<'_, PyAny>>| row.map(|row| configuration_in(&row, target)).transpose();
        let rows = rows.into_iter().map(row).collect::<PyResult<Vec<_>>>()?;
        let sources = earlier::sources_in(earlier.unwrap_or_default(), target)?;
        let core = self.core.call(py, |core| {
            let mut core = core.respaced(target.clone(), &rows)?;
            core.learn_from(sources)?;
            Ok(core)
        })?;
        Ok(Self::in_space(space, core))
    }

    fn observe<'py>(&self, py: Python<'py>, row: &Bound<'py, PyAny>, outcome: TellArguments<'py>) -> PyResult<u64> {
        let configuration = configuration_in(row, self.search_space())?;
        let tell = outcome.into_core(py, &self.settings.maximize)?;
        self.core.call(py, |core| core.observe(&configuration, tell))
    }

    fn enqueue(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<()> {
        let partial = row_in(row, self.search_space())?;
        self.core.call(py, |core| core.enqueue(partial))
    }

    fn check_enqueue(&self, py: Python<'_>, row: &Bound<'_, PyAny>, n_before: usize) -> PyResult<bool> {
        let partial = row_in(row, self.search_space())?;
        self.core.call(py, |core| core.check_enqueue(&partial, n_before))
    }

    fn tell_constraints(
        &self,
        py: Python<'_>,
        trial: TrialId,
        constraints: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        let constraints = constraints_in(constraints)?;
        self.core.call(py, |core| core.tell_constraints(trial.0, &constraints))
    }

    fn tell_objectives<'py>(
        &self,
        py: Python<'py>,
        trial: TrialId,
        told: Vec<Told<Bound<'py, PyAny>>>,
    ) -> PyResult<()> {
        let told = objectives_in(told, &self.settings.maximize)?;
        self.core.call(py, |core| core.tell_objectives(trial.0, told))
    }

    fn told_objectives(&self, py: Python<'_>, trial: TrialId) -> PyResult<Vec<Told<f64>>> {
        let told = self.core.call(py, |core| core.told_objectives(trial.0))?;
        Ok(told_out(told, &self.settings.maximize))
    }

    fn report(
        &self,
        py: Python<'_>,
        trial: TrialId,
        step: &Bound<'_, PyAny>,
        values: Vec<Bound<'_, PyAny>>,
        constraints: Vec<(String, Bound<'_, PyAny>)>,
    ) -> PyResult<()> {
        let step = scalar::unsigned(step, Named::Argument("step"))?;
        let values = report_in(values, &self.settings.maximize)?;
        let constraints = constraints_in(constraints)?;
        self.core.call(py, |core| core.report(trial.0, step, &values, constraints))
    }

    fn report_fold(
        &self,
        py: Python<'_>,
        trial: TrialId,
        fold: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let fold = scalar::unsigned(fold, Named::Argument("fold"))?;
        let value = oriented(self.direction(), scalar::float(value, Named::Argument("value"))?);
        self.core.call(py, |core| core.report_fold(trial.0, fold, value))
    }

    fn folds(&self, py: Python<'_>, trial: TrialId) -> PyResult<Vec<(u64, f64)>> {
        let maximize = self.direction();
        self.core.history(py, |history| {
            history.folds(trial.0).iter().map(|(fold, value)| (*fold, oriented(maximize, *value))).collect()
        })
    }

    fn fold_order(&self, py: Python<'_>, n: u64) -> PyResult<Vec<u64>> {
        self.core.call(py, |core| core.fold_order(n as usize))
    }

    fn should_prune(&self, py: Python<'_>, trial: TrialId) -> PyResult<(bool, bool, String)> {
        let decision = self.core.call(py, |core| core.should_prune(trial.0))?;
        Ok((decision.stop, decision.pause, decision.reason))
    }

    fn paused(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.core.history(py, |history| history.paused().collect())
    }

    fn promotion_candidates(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.core.read(py, |core| core.promotion_candidates())
    }

    fn promote(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.core.answer(py, |core, stop| {
            let promotable = core.promotable(stop)?;
            promotable.map(|trial| core.resume(trial).map(|()| trial)).transpose()
        })
    }

    fn resume(&self, py: Python<'_>, trial: TrialId) -> PyResult<()> {
        self.core.call(py, |core| core.resume(trial.0))
    }

    fn curves(&self, py: Python<'_>) -> PyResult<BTreeMap<u64, Reported>> {
        self.core.history(py, |history| {
            let trials = history.curves().map(|(trial, _)| trial);
            trials.filter_map(|trial| Some((trial, reported(history, trial)?))).collect()
        })
    }

    fn set_attribute(&self, py: Python<'_>, trial: TrialId, name: String, value: String) -> PyResult<()> {
        self.core.call(py, |core| core.set_attribute(trial.0, name, value))
    }

    fn set_evaluation(
        &self,
        py: Python<'_>,
        trial: TrialId,
        started: Option<f64>,
        finished: Option<f64>,
        traceback: Option<String>,
    ) -> PyResult<()> {
        self.core.call(py, |core| core.set_evaluation(trial.0, Evaluation { started, finished, traceback }))
    }

    fn best(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        self.core.read(py, |core| core.best())
    }

    fn recommend(&self, py: Python<'_>) -> PyResult<Option<Taken>> {
        let recommended = self.core.answer(py, |core, stop| core.recommend(stop))?;
        Ok(recommended.map(|recommended| taken_out(recommended, self.direction())))
    }

    fn spent(&self, py: Python<'_>) -> PyResult<f64> {
        self.core.read(py, |core| core.spent())
    }

    fn committed(&self, py: Python<'_>) -> PyResult<f64> {
        self.core.read(py, |core| core.committed())
    }

    #[getter]
    fn budget(&self, py: Python<'_>) -> PyResult<Option<f64>> {
        self.core.read(py, |core| core.settings().budget)
    }

    fn change_budget(&self, py: Python<'_>, budget: f64) -> PyResult<()> {
        self.core.call(py, |core| core.change_budget(budget))
    }

    fn expected_gain(&self, py: Python<'_>, n: &Bound<'_, PyAny>, before: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
        let n = scalar::count(n, "n")?;
        let before = scalar::count(before, "before")?;
        self.core.answer(py, |core, stop| core.expected_gain(n, before, stop))
    }

    fn comparison(&self, py: Python<'_>) -> PyResult<Option<Compared>> {
        let comparison = self.core.answer(py, |core, stop| core.comparison(stop))?;
        let gain = |c: &Comparison| c.gain.map(|gain| (gain.value, gain.sem, gain.probability));
        Ok(comparison.map(|c| (c.first, c.second, c.probability, c.method.name(), c.std, c.runs, gain(&c))))
    }

    fn explain<'py>(&self, py: Python<'py>, trial: TrialId) -> PyResult<Bound<'py, PyDict>> {
        let explanation = self.core.answer(py, |core, stop| core.explain(trial.0, &Pool::new(pool::threads), stop))?;
        explanation_out(py, &explanation, self.direction())
    }

    fn predict(
        &self,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        objective: &Bound<'_, PyAny>,
    ) -> PyResult<Option<Vec<Interval>>> {
        let objective = scalar::count(objective, "objective")?;
        let space = self.search_space();
        ensure_memory_or_raise(py, rows.len()?, row_bytes(space.parameters().len()))?;
        let rows = yielding(py, rows.try_iter()?).map(|row| configuration_in(&row?, space));
        let configurations = rows.collect::<PyResult<Vec<_>>>()?;
        let intervals = self.core.answer(py, |core, stop| core.predict(&configurations, objective, stop))?;
        let maximize = self.settings.maximize.get(objective).copied().unwrap_or_default();
        Ok(intervals.map(|intervals| intervals_out(py, intervals, maximize)))
    }

    fn ped_anova(
        &self,
        py: Python<'_>,
        objective: &Bound<'_, PyAny>,
        quantile: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<f64>> {
        let objective = scalar::count(objective, "objective")?;
        let quantile = quantile.map(|share| scalar::float(share, Named::Argument("quantile"))).transpose()?;
        self.core.call(py, |core| core.ped_anova(objective, quantile))
    }

    fn fanova(&self, py: Python<'_>, objective: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
        let objective = scalar::count(objective, "objective")?;
        self.core.answer(py, |core, stop| core.fanova(objective, &Pool::new(pool::threads), stop))
    }

    fn ablation<'py>(
        &self,
        py: Python<'py>,
        objective: &Bound<'py, PyAny>,
        start: &Bound<'py, PyAny>,
        end: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Vec<Stepped<'py>>>> {
        let objective = scalar::count(objective, "objective")?;
        let space = self.search_space();
        let (start, end) = (configuration_in(start, space)?, configuration_in(end, space)?);
        let steps = self
            .core
            .answer(py, |core, stop| core.ablation(objective, &start, &end, &Pool::new(pool::threads), stop))?;
        let maximize = self.settings.maximize.get(objective).copied().unwrap_or_default();
        steps.map(|steps| steps_out(py, steps, space, maximize)).transpose()
    }

    fn pareto_front(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.core.run(py, |core| {
            ensure_memory(core.history().len(), 2 * OBJECT)?;
            Ok(core.pareto_front())
        })
    }

    fn front(&self, py: Python<'_>) -> PyResult<Members> {
        let front = self.core.run(py, |core| {
            ensure_memory(core.history().len(), 2 * OBJECT)?;
            watched(|stop| core.front(stop))
        })?;
        Ok(front_out(front, &self.settings.maximize))
    }

    fn pending(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.core.run(py, |core| {
            ensure_memory(core.history().n_pending(), 2 * OBJECT)?;
            Ok(core.pending())
        })
    }

    fn state(&self, py: Python<'_>, trial: TrialId) -> PyResult<&'static str> {
        self.core.call(py, |core| Ok(record::state(core, trial.0)?.name()))
    }

    fn is_cancelled(&self, py: Python<'_>, trial: TrialId) -> PyResult<bool> {
        self.core.call(py, |core| Ok(record::state(core, trial.0)?.is_cancelled()))
    }

    fn trial<'py>(&self, py: Python<'py>, trial: TrialId) -> PyResult<Bound<'py, PyDict>> {
        let record = self.core.call(py, |core| TrialRecord::of(core, trial.0))?;
        record.into_py(py, self.search_space(), &self.settings.maximize)
    }

    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = self.core.run(py, |core| {
            ensure_memory(core.history().len(), Columns::row_bytes(core.history()))?;
            Ok(Columns::of(core))
        })?;
        columns.into_py(py, self.search_space())
    }

    fn view<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let view = self.core.run(py, |core| {
            ensure_memory(core.history().len(), core.history().row_bytes())?;
            Ok(View::of(core.history()))
        })?;
        view.into_py(py)
    }

    fn snapshot<'py>(&self, py: Python<'py>, labels: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.core.call(py, |core| core.snapshot(labels))?;
        PyBytes::new_with(py, bytes.len(), |target| {
            target.copy_from_slice(&bytes);
            Ok(())
        })
    }

    #[staticmethod]
    fn snapshot_length(py: Python<'_>, head: &[u8]) -> PyResult<u64> {
        Optimizer::snapshot_length(head).map_err(|error| crate::errors::PorchError::Core(error).into_py(py, None))
    }

    #[staticmethod]
    fn restore<'py>(py: Python<'py>, data: &[u8]) -> PyResult<(Self, Bound<'py, PyBytes>)> {
        let (core, labels) = compute(py, || Ok(Optimizer::restore(data)?)).map_err(|error| error.into_py(py, None))?;
        let space = Py::new(py, CoreSpace::from_checked(core.space().clone()))?;
        Ok((Self::in_space(space, core), PyBytes::new(py, &labels)))
    }

    fn space(&self, py: Python<'_>) -> Py<CoreSpace> {
        self.space.clone_ref(py)
    }

    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        search_out(py, &self.settings, self.budget(py)?, self.search_space())
    }

    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        counters_out(py, &self.core.read(py, |core| core.counters().clone())?)
    }

    fn provoke_panic(&self, py: Python<'_>) -> PyResult<()> {
        let fault = || {
            assert!(std::hint::black_box(false), "provoked");
            false
        };
        self.core.call(py, |core| core.ask(1, &Pool::serial(), &fault).map(drop))
    }
}
