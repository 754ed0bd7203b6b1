"""The searcher that Ray Tune talks to.

Every method here runs in Tune's event loop. What takes time is done elsewhere (:mod:`.search.worker`); and since an
exception in this loop ends the whole experiment, data never raises: only a user's mistake does, before trials run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._internal.coercion import members, shown
from ...exceptions import ArgumentError, SpaceError, SpaceExhausted
from ...optimizer import Optimizer
from ...samplers.settings import Settings
from .base import SearchBase
from .export import export
from .metrics import config_of, named, step_of
from .space import Plan
from .space.nodes import format_path
from .space.plan import domains_in
from .tune import TRAINING_ITERATION
from .warm import FinishedTrial, finished_trials

if TYPE_CHECKING:
    from ...samplers import Sampler
    from ...space.search_space import SearchSpace

_LOG = logging.getLogger(__name__)


class TanteoSearch(SearchBase):
    """Let Tanteo choose the trials of a Ray Tune experiment.

    Parameters
    ----------
    space
        A dict with domains of Tune, or a :class:`tanteo.SearchSpace`. Usually left out: ``param_space`` of the Tuner
        is the space then.
    metric, mode
        Usually left to ``TuneConfig``. Beside a space given here they belong here too: Tune passes its own on only
        together with a ``param_space``. A mode without a metric means the bare number that a trainable returns. Lists
        of equal length for several objectives; ``"obs"`` marks a metric that is only watched.
    sampler
        As for :class:`tanteo.Optimizer`.
    seed
        As for :class:`tanteo.Optimizer`. With one, and one trial at a time, two runs suggest the same.
    points_to_evaluate
        Configurations to try first: nested or with flat ``"a/b"`` keys, whole or in part.
    evaluated_rewards
        Results of these configurations, if they are known: they are then learned from and not run again.
    deduplicate
        Whether a configuration is never suggested twice. The experiment then ends, with a warning, when a finite space
        has no configuration left, even if ``num_samples`` is larger.
    time_attr
        The result that tells how far a trial has come, a whole number or not. ``None`` means that budgets are no matter
        and the last value of each trial counts.

    Raises
    ------
    TanteoError
        For a space that cannot be searched, points outside it, metric and mode that do not fit; the message names what.

    Examples
    --------
    >>> from ray import tune                                                                      # doctest: +SKIP
    >>> search = TanteoSearch({"x": tune.uniform(-1, 1)}, metric="loss", mode="min", seed=0)      # doctest: +SKIP
    >>> config = search.suggest("trial 1")                                                        # doctest: +SKIP
    >>> search.on_trial_complete("trial 1", {"loss": config["x"] ** 2})                           # doctest: +SKIP
    """

    # Warnings that were logged; a default of the class, so that a pickle of an earlier version has it.
    _said: frozenset[str] = frozenset()

    def __init__(
        self,
        space: Mapping[Any, Any] | SearchSpace | None = None,
        *,
        metric: str | Sequence[str] | None = None,
        mode: str | Sequence[str] | None = None,
        sampler: str | Settings | Sampler = "auto",
        seed: int | None = None,
        points_to_evaluate: Sequence[Mapping[Any, Any]] | None = None,
        evaluated_rewards: Sequence[Any] | None = None,
        deduplicate: bool = True,
        time_attr: str | None = TRAINING_ITERATION,
    ) -> None:
        options = {"sampler": sampler, "seed": seed, "deduplicate": deduplicate}
        points = _checked_points(points_to_evaluate, evaluated_rewards)
        if not isinstance(time_attr, str | None):
            raise ArgumentError(f"time_attr must be the name of a result, or None, got {shown(time_attr)}")
        super().__init__(metric, mode, options, points, time_attr)
        if space is not None:
            plan = self._read(space)
            # A mode alone may be followed by a metric; see `_ready`.
            if metric is not None and mode is not None:
                self._begin(plan, metric, mode)
            self._set_plan(plan)

    def _read(self, config: Any) -> Plan:
        """Return the plan of a space that is given for the first time."""
        plan = Plan(config)
        for path in plan.reversed_ends:
            _LOG.warning("%s has its lower end above its upper end; Tune exchanges them", format_path(path))
        return plan

    # --- what Tune calls before trials run ---------------------------------------------------------------------------

    def set_search_properties(
        self, metric: str | None, mode: str | None, config: Mapping[Any, Any], **spec: Any
    ) -> bool:
        """Take metric, mode and the space of the experiment; refuse a second space.

        Parameters
        ----------
        metric, mode
            Those of ``TuneConfig``; they count as far as the constructor was given none.
        config
            The ``param_space`` of the Tuner.
        spec
            ``num_samples`` and more.

        Returns
        -------
        bool
            Whether the space is the one that is searched.

        Raises
        ------
        TanteoError
            As the constructor. Nothing is changed then.
        """
        plan = self._plan
        if plan is None:
            plan = self._read(config)
        elif domains_in(config):
            if not plan.has(config):
                return False
            # The same space again, its objects alive.
            plan = Plan(config)
        for name, own, other in (("metric", self._metric, metric), ("mode", self._mode, mode)):
            if isinstance(own, str) and other and own != other:
                self._say_once(f"the {name} of TanteoSearch, {own!r}, counts, and not that of TuneConfig, {other!r}")
        modes = self._mode or mode or None
        self._arrange(plan, named(self._metric or metric or None, modes), modes)
        n_samples = spec.get("num_samples")
        if self._session is not None and isinstance(n_samples, int) and n_samples > 0:
            self._session.expect(n_samples)
        return True

    def set_max_concurrency(self, max_concurrent: int) -> bool:
        """Decline: limiting stays with the wrapper, which also knows about batches."""
        return False

    # --- what Tune calls while trials run ----------------------------------------------------------------------------

    def suggest(self, trial_id: str) -> dict[Any, Any] | str:
        """Return the configuration of a new trial, or ``FINISHED`` if a finite space holds nothing new.

        Raises
        ------
        ArgumentError
            If space or mode were never given; if the experiment was restored without what the space needs.
        SnapshotError
            If the search that was restored has another space, metric or mode.
        """
        session = self._ready()
        try:
            return session.suggest(trial_id)
        except SpaceExhausted:
            self._say_once(
                "every configuration of the space has been suggested, so the experiment ends; "
                "TanteoSearch(deduplicate=False) would suggest some again"
            )
            return str(self.FINISHED)

    def on_trial_result(self, trial_id: str, result: Mapping[str, Any]) -> None:
        """Learn what a running trial reports.

        Parameters
        ----------
        trial_id
            One that was suggested. Another is taken in if its result holds a configuration of the space.
        result
            With flat names, as Tune hands it over.
        """
        self._quietly(self._on_result, trial_id, result)

    def on_trial_complete(
        self,
        trial_id: str,
        result: Mapping[str, Any] | None = None,
        error: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
    ) -> None:
        """Learn how a trial ended.

        Parameters
        ----------
        trial_id
            As for :meth:`on_trial_result`.
        result
            Its last result, perhaps known already; None if Tune has none.
        error
            Whether it crashed, retries used up.
        """
        self._quietly(self._on_complete, trial_id, result, error)

    def on_pause(self, trial_id: str) -> None:
        """Do nothing: a paused trial is one that reports nothing for a while."""

    def on_unpause(self, trial_id: str) -> None:
        """Do nothing; see :meth:`on_pause`."""

    def _on_result(self, trial_id: str, result: Mapping[str, Any]) -> None:
        session, metrics = self._session, self._metrics
        if session is None or metrics is None or not self._recognized(trial_id, result):
            return
        step, values = step_of(result, self._time_attr), metrics.read(result)
        if step is not None and values is not None:
            session.report(trial_id, step, values)

    def _on_complete(self, trial_id: str, result: Mapping[str, Any] | None, error: bool) -> None:  # noqa: FBT001 - as Tune hands it on
        session, metrics = self._session, self._metrics
        if session is None or metrics is None or not self._recognized(trial_id, result or {}):
            return
        values = metrics.read(result) if result else None
        if result and values is None and not error:
            names = " or ".join(metrics.names)
            self._say_once(f"a trial ended without {names} in its result: is that the metric?")
        session.finish(trial_id, failed=bool(error), step=step_of(result or {}, self._time_attr), values=values)

    def _say_once(self, message: str) -> None:
        """Log a warning that would otherwise come with every trial."""
        if message not in self._said:
            _LOG.warning(message)
            self._said |= {message}

    def _recognized(self, trial_id: str, result: Mapping[str, Any]) -> bool:
        """Whether a trial is known; one that is not is taken in if its result holds a configuration of the space.

        A restored experiment gives the trials it starts anew ids that no searcher has seen.
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

    def _quietly(self, record: Callable[..., None], *arguments: Any) -> None:
        try:
            record(*arguments)
        except Exception:
            # An exception here would end the experiment, and no single result is worth that.
            _LOG.exception("a result could not be recorded and is ignored")

    # --- results from elsewhere --------------------------------------------------------------------------------------

    def add_evaluated_point(
        self,
        parameters: Mapping[Any, Any],
        value: Any,
        error: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
        pruned: bool = False,  # noqa: FBT001, FBT002 - Tune's signature
        intermediate_values: Sequence[Any] | None = None,
    ) -> None:
        """Learn from a configuration that was tried elsewhere.

        Parameters
        ----------
        parameters
            A whole configuration. Constants and keys that the space does not have are ignored.
        value
            The metric, or one value per objective; None if there is none.
        error, pruned
            Whether the trial crashed, or was stopped early.
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
        """Learn from trials of Tune; see :meth:`warm_start`, which also takes results and paths.

        Parameters
        ----------
        trials_or_analysis
            A trial, a list of trials or an ``ExperimentAnalysis``.
        metric
            Its metric there.
        """
        self.warm_start(trials_or_analysis, metric=metric)

    def warm_start(self, source: Any, *, metric: str | Sequence[str] | None = None) -> int:
        """Learn from an earlier experiment.

        Parameters
        ----------
        source
            A ``ResultGrid``, the path of an experiment, an ``ExperimentAnalysis``, a trial or a list of trials of Tune,
            or a :class:`tanteo.Optimizer` (see :meth:`to_optimizer`).
        metric
            Its metric there, if it had another name.

        Returns
        -------
        int
            How many trials ended with a value or an error. Those that do not fit the space are left out, with a
            warning.

        Raises
        ------
        ArgumentError
            If the source is none of these, or no metric is known. Nothing is learned then.
        """
        trials = finished_trials(source, self._metric if metric is None else metric, self._time_attr)
        self._learn(trials)
        return len(trials)

    def to_optimizer(self, sampler: str | Settings | Sampler = "auto", seed: int | None = None) -> Optimizer:
        """Return the whole search as an optimizer: every trial with its curve and its end, as Tune reported them.

        Parameters have the names of the configuration, nested ones with slashes: ``"model/lr"``. A choice among
        objects or dicts shows labels; :meth:`to_config` leads back. Trials that were stopped before the furthest one
        are pruned. Steps are rounded down to whole ones.

        Parameters
        ----------
        sampler, seed
            As for :class:`tanteo.Optimizer`.

        Returns
        -------
        Optimizer
            A new one, which this search knows nothing of.
        """
        session = self._ready()
        return export(session.ledger(), session.plan.translation, session.prepared, sampler, seed)

    def to_config(self, params: Mapping[str, Any]) -> dict[Any, Any]:
        """Return the configuration that a trainable would be called with: nested, with constants and objects.

        Parameters
        ----------
        params
            Of a trial of :meth:`to_optimizer`.

        Raises
        ------
        SpaceError
            If they do not belong to the space.
        ArgumentError
            If Tune keeps objects of the space to itself, as it does for the ``param_space`` of a Tuner.

        Examples
        --------
        >>> config = search.to_config(search.to_optimizer().best.params)                          # doctest: +SKIP
        """
        plan = self._ready().plan
        if not isinstance(params, Mapping):
            raise ArgumentError(f"params must be those of a trial, a dict, got {shown(params)}")
        if plan.placeholders:
            raise ArgumentError(
                f"{format_path(plan.placeholders[0])} is an object or a function that Tune keeps from its searchers: take "
                "the config of a result of Tune, or give the space to TanteoSearch instead of the Tuner"
            )
        return plan.build(plan.translation.from_declared(params), {})


def _checked_points(points: Any, rewards: Any) -> list[tuple[Mapping[Any, Any], Any]]:
    """Return configurations with their results, None where they are to be run."""
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
