"""Reads the finished trials of an earlier experiment from any source."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._internal.coercion import members, shown
from ..._internal.states import STOPPED
from ...exceptions import ArgumentError, SpaceError
from ...optimizer import Optimizer
from .limits import Limits
from .lost import is_lost
from .metrics import Metrics, Names, Values, check_names, look_up, step_of
from .space import Plan
from .tune import ExperimentAnalysis, ResultGrid

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedTrial:
    """A finished trial.

    Attributes
    ----------
    config
        The configuration.
    curve
        Steps and their values: a number, or one per objective.
    failed, stopped
        Whether the trial failed, or was stopped early.
    native
        Whether the configuration has the form of an optimizer (see :meth:`TanteoSearch.to_optimizer`) and not of Tune.
    strict
        Whether a configuration outside the space, or a value that is not a number, is an error.
    constraints
        Values of constraints, feasible when ``<= 0``.
    """

    config: Mapping[Any, Any]
    curve: Sequence[tuple[float, Any]]
    failed: bool = False
    stopped: bool = False
    native: bool = False
    strict: bool = False
    constraints: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownTrial:
    """A finished trial in the space.

    Attributes
    ----------
    params
        The params, in the form of a suggestion.
    curve
        Steps and their objectives.
    failed, stopped, constraints
        As for :class:`FinishedTrial`.
    """

    params: dict[str, Any]
    curve: Sequence[tuple[float, Values]]
    failed: bool
    stopped: bool
    constraints: dict[str, float]


def matching_trials(trials: Iterable[FinishedTrial], plan: Plan, metrics: Metrics) -> list[KnownTrial]:
    """Return the trials that are in the space; log a warning with the number of the others.

    Raises
    ------
    SpaceError
        If a strict trial is outside the space.
    ArgumentError
        If a result does not have one value per objective, or a value of a strict trial is not a number.
    """
    matching, n_outside = [], 0
    for trial in trials:
        try:
            params = plan.translation.from_declared(trial.config) if trial.native else plan.read_whole(trial.config)
        except SpaceError:
            if trial.strict:
                raise
            n_outside += 1
            continue
        curve = [(step, metrics.values(value, strict=trial.strict)) for step, value in trial.curve]
        matching.append(KnownTrial(params, curve, trial.failed, trial.stopped, dict(trial.constraints)))
    if n_outside:
        _LOG.warning(
            "%d of %d earlier trials are outside the space and were left out", n_outside, n_outside + len(matching)
        )
    return matching


def finished_trials(source: Any, metric: Names, time_attr: str | None, limits: Limits) -> list[FinishedTrial]:
    """Return the trials of an experiment that ended with a value or an error, or are paused.

    Parameters
    ----------
    source
        See :meth:`TanteoSearch.warm_start`.
    metric
        One name or several.
    time_attr
        The entry of a result that holds the step.
    limits
        The constraints of the search.

    Raises
    ------
    ArgumentError
        If the source is of another kind, or the metric is unknown.
    """
    if isinstance(source, Optimizer):
        return list(_from_optimizer(source))
    if metric is None:
        raise ArgumentError("the metric of the earlier trials is unknown: give it as warm_start(..., metric=...)")
    check_names([metric] if isinstance(metric, str) else members(metric, "metric must be a name or a list of names"))
    trials = list(_trials(source))
    for trial in trials:
        if not (hasattr(trial, "metrics") or hasattr(trial, "last_result")):
            raise ArgumentError(f"expected trials or results of Tune, got {shown(trial)} among them")
    converted = [_from_trial(trial, metric, time_attr, limits) for trial in trials]
    finished = [trial for trial in converted if trial is not None]
    if trials and not finished:
        _LOG.warning("none of %d earlier trials ended with a value of %r", len(trials), metric)
    return finished


def _trials(source: Any) -> Iterable[Any]:
    if isinstance(source, str | os.PathLike):
        return _or_empty(_experiment(os.fspath(source)).trials)
    if isinstance(source, ExperimentAnalysis):
        return _or_empty(source.trials)
    if isinstance(source, ResultGrid | list | tuple):
        return source
    if hasattr(source, "last_result"):
        return [source]
    raise ArgumentError(f"expected a ResultGrid, a path, trials or a tanteo.Optimizer, got {type(source).__name__}")


def _experiment(path: str) -> ExperimentAnalysis:
    # Ray interprets a relative path as an address without a scheme.
    uri = path if "://" in path else str(Path(path).absolute())
    try:
        return ExperimentAnalysis(uri)
    except (ValueError, OSError) as error:
        raise ArgumentError(f"there is no Tune experiment at {uri!r}: {error}") from None


def _or_empty(trials: Iterable[Any] | None) -> Iterable[Any]:
    return trials or ()


def _from_trial(trial: Any, metric: str | Sequence[str], time_attr: str | None, limits: Limits) -> FinishedTrial | None:
    """Convert a ``Result`` or a ``Trial`` of Tune; return None if it has neither a last value nor an error."""
    is_result = hasattr(trial, "metrics")
    metrics: Mapping[str, Any] = (trial.metrics if is_result else trial.last_result) or {}
    failed = trial.error is not None if is_result else trial.status == "ERROR"
    value = _value(metrics, metric)
    if failed and is_lost(_error(trial)):
        return None
    if failed:
        return FinishedTrial(trial.config or {}, (), failed=True)
    # Tune saves a paused trial that was stopped for good as paused.
    if value is None or not (is_result or trial.status in ("TERMINATED", "PAUSED")):
        return None
    if limits.fault(metrics) is not None:
        return FinishedTrial(trial.config or {}, (), failed=True)
    step = step_of(metrics, time_attr)
    # Without a step, all trials count as complete. With one, trials that went further mark this one as stopped.
    curve = [(1 if step is None else step, value)]
    return FinishedTrial(trial.config or {}, curve, stopped=step is not None, constraints=limits.read(metrics))


def _error(trial: Any) -> Any:
    """Return the error of a ``Result`` or a ``Trial``; None if it cannot be read."""
    try:
        return trial.error if hasattr(trial, "error") else trial.get_pickled_error()
    except Exception:  # the file is missing, or holds a class that this process does not have
        return None


def _value(metrics: Mapping[str, Any], metric: str | Sequence[str]) -> Any:
    if isinstance(metric, str):
        return look_up(metrics, metric)
    values = [look_up(metrics, name) for name in metric]
    return values if any(value is not None for value in values) else None


def _from_optimizer(optimizer: Optimizer) -> Iterator[FinishedTrial]:
    for trial in optimizer.trials:
        curve: list[tuple[float, Any]] = list(trial.steps.items())
        if trial.values is not None:
            last = curve.pop()[0] if curve else 1
            curve.append((last, trial.values))
        if trial.state != "pending":
            ends = {"failed": trial.state == "failed", "stopped": trial.state in STOPPED or len(curve) > 1}
            yield FinishedTrial(trial.params, curve, native=True, **ends, constraints=trial.constraints or {})
