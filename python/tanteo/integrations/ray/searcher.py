"""The searcher for Ray Tune.

Every method here runs in Tune's event loop. Slow work is done in another thread (:mod:`.search.worker`). An exception
in this loop ends the whole experiment, so data never raises one; only errors of the user do, before trials run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._internal.coercion import members, shown
from ...exceptions import ArgumentError, SpaceError, SpaceExhausted
from ...optimizer import Optimizer
from ...space.search_space import SearchSpace
from .base import SearchBase
from .export import export
from .limits import Limit
from .lost import error_of, is_lost, reason_of
from .metrics import Metrics, config_of, has_ended, look_up, missing_time_attr, named, step_of
from .search.session import RaySession
from .space import Plan
from .space.nodes import format_path
from .space.plan import domains_in
from .tune import TRAINING_ITERATION
from .warm import FinishedTrial, finished_trials

if TYPE_CHECKING:
    from ...options import AnySampler, Thresholds
    from ...space.allowed import Allowed

_LOG = logging.getLogger(__name__)
_LOST = (
    "the cluster lost a trial (a node died or was preempted, or an actor could not be scheduled); it does not count as "
    "a failure, and the next trial has the same configuration, unless this one was lost before"
)


class TanteoSearch(SearchBase):
    """Suggest the trials of a Ray Tune experiment.

    Parameters
    ----------
    space
        A dict with domains of Tune, or a :class:`tanteo.SearchSpace`. Usually omitted, so that the ``param_space`` of
        the Tuner is the space.
    metric, mode
        Usually set in ``TuneConfig``. If the space is given here, they must be given here, too, because Tune passes its
        own on only together with a ``param_space``. A mode without a metric means the bare number that a trainable
        returns. Several objectives are lists of equal length, in which ``"obs"`` marks a metric that is not optimized.
        A report may leave out some of them; the last value of each counts. A trial that is stopped before it has
        reported each of them is pruned.
    sampler
        As for :class:`tanteo.Optimizer`.
    seed
        As for :class:`tanteo.Optimizer`. With a seed and one trial at a time, every run has the same suggestions.
    points_to_evaluate
        Configurations to try first: nested or with flat ``"a/b"`` keys, complete or partial.
    evaluated_rewards
        The results of these configurations, if they are known. The search learns from them, and they are not run again.
    deduplicate
        Whether no configuration is suggested twice. When a finite space has no configuration left, the experiment ends
        with a warning, even if ``num_samples`` is larger.
    time_attr
        The entry of a result that holds the step of the trial; it need not be an integer. None means that steps are
        ignored and the last value of each trial counts.
    constraints
        Limits of other metrics by their names. A number is the largest allowed value, as in ``{"memory": 8e9}``;
        ``tt.at_least(0.9)`` is the smallest one. ``tt.between(0.9, 1.1)`` keeps a metric at 1 within a tolerance of
        0.1, as two constraints like those of :class:`tanteo.Equal`. If a metric only says whether something holds, True
        or False is the answer that it must give. The search looks for configurations that keep all limits. The last
        report of a metric counts. A result without it tells nothing of this constraint, and a warning says so if no
        trial has reported it when the first one ends. A trial counts as failed if the metric in its last report is NaN
        or not a number, or neither true nor false where the limit is True or False.
    thresholds, max_violation_probability
        As for :class:`tanteo.Optimizer`.
    allowed
        As for :class:`tanteo.Optimizer`: a function of a batch of configurations that says which ones may be tried. The
        batch has the names and values of :meth:`to_optimizer`, that is, nested names with slashes, and labels in place
        of dicts, lists and objects. It is called in a thread of the searcher. It is not stored in the files of Tune:
        give it again to a new searcher that restores them.

    Raises
    ------
    TanteoError
        If the space cannot be searched, a point is outside the space, or metric and mode are inconsistent; the message
        names the cause.

    Examples
    --------
    >>> from ray import tune                                                                      # doctest: +SKIP
    >>> search = TanteoSearch({"x": tune.uniform(-1, 1)}, metric="loss", mode="min", seed=0)      # doctest: +SKIP
    >>> config = search.suggest("trial 1")                                                        # doctest: +SKIP
    >>> search.on_trial_complete("trial 1", {"loss": config["x"] ** 2})                           # doctest: +SKIP
    """

    # Warnings that were logged.
    _said: frozenset[str] = frozenset()
    # The metrics with a limit that a trial has reported to this object.
    _reported: frozenset[str] = frozenset()
    # Whether the first result, which tells if there is a `time_attr`, is still to come.
    _awaits_result = True

    def __init__(
        self,
        space: Mapping[Any, Any] | SearchSpace | None = None,
        *,
        metric: str | Sequence[str] | None = None,
        mode: str | Sequence[str] | None = None,
        sampler: AnySampler = "auto",
        seed: int | None = None,
        points_to_evaluate: Sequence[Mapping[Any, Any]] | None = None,
        evaluated_rewards: Sequence[Any] | None = None,
        deduplicate: bool = True,
        time_attr: str | None = TRAINING_ITERATION,
        constraints: Mapping[str, Limit] | None = None,
        thresholds: Thresholds | None = None,
        max_violation_probability: float | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        limits = {"thresholds": thresholds, "max_violation_probability": max_violation_probability}
        options = {"sampler": sampler, "seed": seed, "deduplicate": deduplicate, **limits}
        points = _checked_points(points_to_evaluate, evaluated_rewards)
        # What is wrong with a limited metric in the last report of each running trial, or None.
        self._faults: dict[str, str | None] = {}
        if not isinstance(time_attr, str | None):
            raise ArgumentError(f"time_attr must be the name of a result, or None, got {shown(time_attr)}")
        super().__init__(metric, mode, options, points, time_attr, constraints, allowed)
        if space is not None:
            plan = self._read(space)
            # A mode alone may be followed by a metric; see `_ready`.
            if metric is not None and mode is not None:
                self._begin(plan, metric, mode)
            self._set_plan(plan)

    def _read(self, config: Any) -> Plan:
        """Return the plan of a new space, with a warning for reversed bounds."""
        plan = Plan(config)
        for path in plan.reversed_ends:
            _LOG.warning("%s has its lower end above its upper end; Tune swaps them", format_path(path))
        return plan

    # --- called by Tune before trials run ----------------------------------------------------------------------------

    def set_search_properties(
        self, metric: str | None, mode: str | None, config: Mapping[Any, Any], **spec: Any
    ) -> bool:
        """Set metric, mode and the space of the experiment; reject a second space.

        Parameters
        ----------
        metric, mode
            The ones of ``TuneConfig``; the arguments of the constructor take precedence.
        config
            The ``param_space`` of the Tuner.
        spec
            ``num_samples`` and others.

        Returns
        -------
        bool
            Whether this space is searched.

        Raises
        ------
        TanteoError
            As for the constructor. Nothing is changed then.
        """
        plan = self._plan
        if plan is None:
            plan = self._read(config)
        elif domains_in(config):
            if not plan.has(config):
                return False
            # The same space again, with the original objects.
            plan = Plan(config)
        for name, own, other in (("metric", self._metric, metric), ("mode", self._mode, mode)):
            if isinstance(own, str) and other and own != other:
                self._say_once(f"the {name} of TanteoSearch, {own!r}, overrides that of TuneConfig, {other!r}")
        modes = self._mode or mode or None
        self._arrange(plan, named(self._metric or metric or None, modes), modes)
        n_samples = spec.get("num_samples")
        if self._session is not None and isinstance(n_samples, int) and n_samples > 0:
            self._session.expect(n_samples)
        return True

    def set_max_concurrency(self, max_concurrent: int) -> bool:
        """Decline, so that the wrapper of Tune limits the concurrency; it also supports batches."""
        return False

    # --- called by Tune while trials run -----------------------------------------------------------------------------

    def suggest(self, trial_id: str) -> dict[Any, Any] | str:
        """Return the configuration of a new trial, or ``FINISHED`` if a finite space has no new configuration.

        Raises
        ------
        ArgumentError
            If space or mode were never given, or the experiment was restored without the objects of the space.
        SnapshotError
            If the restored search is another one; see :meth:`restore`.
        """
        session = self._ready()
        try:
            return session.suggest(trial_id)
        except SpaceExhausted as error:
            self._say_once(f"nothing is left to suggest, so the experiment ends: {error}")
            return str(self.FINISHED)

    def on_trial_result(self, trial_id: str, result: Mapping[str, Any]) -> None:
        """Record a result of a running trial.

        Parameters
        ----------
        trial_id
            The id of a suggested trial. An unknown trial is added if its result has a configuration of the space.
        result
            The result with flat names, as Tune passes it.
        """
        self._quietly(self._on_result, trial_id, result)

    def on_trial_complete(
        self,
        trial_id: str,
        result: Mapping[str, Any] | None = None,
        error: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
    ) -> None:
        """Record the end of a trial.

        Parameters
        ----------
        trial_id
            As for :meth:`on_trial_result`.
        result
            The last result, which may have been reported before; None if Tune has none.
        error
            Whether the trial failed and all retries are used up. If the cluster lost it (a node died or was preempted),
            it does not count as a failure, and the next trial has the same configuration.
        """
        self._quietly(self._on_complete, trial_id, result, error)

    def on_pause(self, trial_id: str) -> None:
        """Record that a trial is paused. Until it is resumed it counts as one that a scheduler has stopped.

        Parameters
        ----------
        trial_id
            As for :meth:`on_trial_result`; an unknown id is ignored.
        """
        self._quietly(self._on_pause, trial_id, paused=True)

    def on_unpause(self, trial_id: str) -> None:
        """Record that a trial is resumed; see :meth:`on_pause`."""
        self._quietly(self._on_pause, trial_id, paused=False)

    def _on_pause(self, trial_id: str, *, paused: bool) -> None:
        if self._session is not None and self._session.knows(trial_id):
            self._session.pause(trial_id, paused=paused)

    def _on_result(self, trial_id: str, result: Mapping[str, Any]) -> None:
        session, metrics = self._session, self._metrics
        if session is None or metrics is None or not self._recognized(trial_id, result):
            return
        self._note_limited(trial_id, result)
        step, values = step_of(result, self._time_attr), metrics.read(result)
        if values is not None:
            self._check_time_attr(result)
        if step is not None and values is not None:
            session.report(trial_id, step, values, self._limits.read(result))

    def _on_complete(self, trial_id: str, result: Mapping[str, Any] | None, error: bool) -> None:  # noqa: FBT001 - Tune's signature
        session, metrics = self._session, self._metrics
        if session is None or metrics is None or not self._recognized(trial_id, result or {}):
            return
        if result:
            self._note_limited(trial_id, result)
        fault = self._faults.pop(trial_id, None)
        if error and is_lost(error_of(trial_id)):
            self._say_once(_LOST)
            session.lose(trial_id)
            return
        values = metrics.read(result) if result else None
        if values is not None and result:
            self._check_time_attr(result)
            self._check_reported(session)
        if fault is not None and not error:
            self._say_once(f"a trial whose last report cannot be judged counts as failed: {fault}")
        if result and values is None and not error:
            names = " or ".join(metrics.names)
            self._say_once(f"a trial ended without {names} in its result: is that the metric?")
        reason = reason_of(error_of(trial_id)) if error else fault or _metric_fault(metrics, result or {})
        session.finish(
            trial_id,
            failed=bool(error) or fault is not None,
            step=step_of(result or {}, self._time_attr),
            values=values,
            constraints=self._limits.read(result or {}),
            reason=reason,
        )

    def _note_limited(self, trial_id: str, result: Mapping[str, Any]) -> None:
        """Note which limited metrics a result has, and whether something is wrong with one of them."""
        self._reported |= {name for name in self._limits.limits if look_up(result, name) is not None}
        self._faults[trial_id] = self._limits.fault(result)

    def _check_reported(self, session: RaySession) -> None:
        """Log a warning, when a trial ends, for each metric with a limit that no trial has reported."""
        known = self._reported | self._limits.told_by(session.earlier_constraints)
        for name in [name for name in self._limits.limits if name not in known]:
            self._say_once(f"no trial has reported {name!r} of constraints= so far; a trial without it keeps the limit")

    def _check_time_attr(self, result: Mapping[str, Any]) -> None:
        """Log a warning if the first result has no step."""
        if self._awaits_result:
            self._awaits_result = False
            message = missing_time_attr(result, self._time_attr)
            if message is not None:
                self._say_once(f"TanteoSearch: {message}")

    def _say_once(self, message: str) -> None:
        """Log a warning once, and not for every trial."""
        if message not in self._said:
            _LOG.warning(message)
            self._said |= {message}

    def _recognized(self, trial_id: str, result: Mapping[str, Any]) -> bool:
        """Whether a trial is known; an unknown one is added if its result has a configuration of the space.

        A restored experiment starts trials again under new ids.
        """
        session, plan = self._session, self._plan
        if session is None or plan is None or session.knows(trial_id):
            return session is not None and plan is not None
        config = config_of(result)
        if not config:
            return False
        try:
            params = plan.read_whole(config)
        except SpaceError:
            return False
        session.adopt(trial_id, params)
        return True

    def _quietly(self, record: Callable[..., None], *arguments: Any, **named: Any) -> None:
        try:
            record(*arguments, **named)
        except Exception:
            # An exception here would end the whole experiment.
            _LOG.exception("a result could not be recorded and is ignored")

    # --- observed results --------------------------------------------------------------------------------------------

    def add_evaluated_point(
        self,
        parameters: Mapping[Any, Any],
        value: Any,
        error: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
        pruned: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
        intermediate_values: Sequence[Any] | None = None,
    ) -> None:
        """Add a configuration that was evaluated outside of the experiment.

        Parameters
        ----------
        parameters
            A complete configuration. Constants and unknown keys are ignored.
        value
            The metric, or one value per objective; None if there is none.
        error, pruned
            Whether the trial failed, or was stopped early.
        intermediate_values
            The metric at steps 1, 2, ...

        Raises
        ------
        ParameterError
            If a value is outside the space, or one is missing.
        """
        reports = () if intermediate_values is None else intermediate_values
        curve = list(enumerate(members(reports, "intermediate_values must be a list of numbers"), start=1))
        if value is not None:
            curve = [*curve[:-1], (max(len(curve), 1), value)]
        if curve or error or pruned:
            trial = FinishedTrial(parameters, curve, failed=bool(error), stopped=bool(pruned), strict=True)
            self._learn([trial])

    def add_evaluated_trials(self, trials_or_analysis: Any, metric: str) -> None:
        """Add trials of Tune; see :meth:`warm_start`, which also accepts results and paths.

        Parameters
        ----------
        trials_or_analysis
            A trial, a list of trials or an ``ExperimentAnalysis``.
        metric
            The metric of these trials.
        """
        self.warm_start(trials_or_analysis, metric=metric)

    def warm_start(self, source: Any, *, metric: str | Sequence[str] | None = None) -> int:
        """Add the trials of an earlier experiment.

        Parameters
        ----------
        source
            A ``ResultGrid``, the path of an experiment, an ``ExperimentAnalysis``, a trial or a list of trials of Tune,
            or a :class:`tanteo.Optimizer` (see :meth:`to_optimizer`). Of a trial of Tune the last result is read, of an
            optimizer the whole curves.
        metric
            The name of the metric in the source, if it differs.

        Returns
        -------
        int
            The number of trials that ended with a value or an error, or are paused. Trials outside the space are left
            out with a warning, but counted.

        Raises
        ------
        ArgumentError
            If the source is none of these, or the metric is unknown. No trial is added then.
        """
        trials = finished_trials(source, self._metric if metric is None else metric, self._time_attr, self._limits)
        self._learn(trials)
        return len(trials)

    def to_optimizer(self, sampler: AnySampler = "auto", seed: int | None = None) -> Optimizer:
        """Return the search as an optimizer with the curves and results of all trials, as Tune reported them.

        Parameters have the names of the configuration, nested ones with slashes: ``"model/lr"``. A choice among objects
        or dicts has labels, which :meth:`to_config` converts back. Trials that were stopped before the last step of the
        longest trial are pruned. Steps are rounded down to integers. The optimizer has no ``allowed``.

        Parameters
        ----------
        sampler
            As for :class:`tanteo.Optimizer`.
        seed
            As for :class:`tanteo.Optimizer`, by default that of this search.

        Returns
        -------
        Optimizer
            A new optimizer, independent of this search.
        """
        session = self._ready()
        ledger = session.ledger()
        own_seed = ledger.optimizer.seed if seed is None else seed
        return export(ledger, session.plan.translation, session.prepared, sampler, own_seed)

    def to_config(self, params: Mapping[str, Any]) -> dict[Any, Any]:
        """Return the configuration with which a trainable is called: nested, with constants and objects.

        Parameters
        ----------
        params
            The params of a trial of :meth:`to_optimizer`.

        Raises
        ------
        SpaceError
            If the params are not in the space.
        ArgumentError
            If Tune replaced objects of the space, as it does for the ``param_space`` of a Tuner.

        Examples
        --------
        >>> config = search.to_config(search.to_optimizer().best.params)                          # doctest: +SKIP
        """
        plan = self._ready().plan
        if not isinstance(params, Mapping):
            raise ArgumentError(f"params must be those of a trial, a dict, got {shown(params)}")
        if plan.placeholders:
            path = format_path(plan.placeholders[0])
            raise ArgumentError(
                f"{path} is an object or a function that Tune does not pass to searchers: take the config of a result "
                "of Tune, or give the space to TanteoSearch instead of the Tuner"
            )
        return plan.build(plan.translation.from_declared(params), {})


def _metric_fault(metrics: Metrics, result: Mapping[str, Any]) -> str | None:
    """Return why a trial fails with its last result; None if it does not, or was stopped before its first report."""
    is_stopped = metrics.read(result) is None and not has_ended(result)
    return None if is_stopped else metrics.fault(result)


def _checked_points(points: Any, rewards: Any) -> list[tuple[Mapping[Any, Any], Any]]:
    """Return configurations with their results; None if a configuration is to be run."""
    expected = "points_to_evaluate must be a list of dicts"
    configs = members(() if points is None else points, expected)
    if any(not isinstance(point, Mapping) for point in configs):
        raise ArgumentError(f"{expected}, got {shown(points)}")
    if rewards is None:
        return [(point, None) for point in configs]
    results = members(rewards, "evaluated_rewards must be a list of results")
    if len(results) != len(configs):
        raise ArgumentError(
            f"evaluated_rewards must have one entry per point ({len(configs)}), got {len(results)}; "
            "leave it out to run the points"
        )
    return list(zip(configs, results, strict=True))
