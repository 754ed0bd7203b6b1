"""Trials of an earlier experiment, wherever they come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...exceptions import ArgumentError
from ...optimizer import Optimizer
from .metrics import Names, step_of
from .tune import ExperimentAnalysis, ResultGrid


@dataclass(frozen=True)
class FinishedTrial:
    """A trial that is over.

    Attributes
    ----------
    config
        Its configuration.
    curve
        Steps and what was measured there: a number, or one per objective.
    failed, stopped
        Whether it crashed, or was stopped early.
    native
        Whether the configuration is in the terms of Tanteo, not of Tune.
    strict
        Whether it is an error if the configuration does not fit the space.
    """

    config: Mapping[Any, Any]
    curve: Sequence[tuple[int, Any]]
    failed: bool = False
    stopped: bool = False
    native: bool = False
    strict: bool = False


def finished_trials(source: Any, metric: Names, time_attr: str | None) -> list[FinishedTrial]:
    """Return the trials of an experiment that ended with a value or an error.

    Parameters
    ----------
    source
        See :meth:`TanteoSearch.warm_start`.
    metric
        One name or several.
    time_attr
        The result that tells how far a trial came.

    Raises
    ------
    ArgumentError
        If the source is none of these, or the metric is not known.
    """
    if isinstance(source, Optimizer):
        return list(_of_optimizer(source))
    if metric is None:
        raise ArgumentError("say which metric the earlier trials are judged by: warm_start(..., metric=...)")
    found = [_of_trial(trial, metric, time_attr) for trial in _trials(source)]
    return [trial for trial in found if trial is not None]


def _trials(source: Any) -> Iterable[Any]:
    if isinstance(source, str | os.PathLike):
        return _known(ExperimentAnalysis(os.fspath(source)).trials)
    if isinstance(source, ExperimentAnalysis):
        return _known(source.trials)
    if isinstance(source, ResultGrid | list | tuple):
        return source
    if hasattr(source, "last_result"):
        return [source]
    raise ArgumentError(f"expected a ResultGrid, a path, trials or a tanteo.Optimizer, got {type(source).__name__}")


def _known(trials: Iterable[Any] | None) -> Iterable[Any]:
    return trials or ()


def _of_trial(trial: Any, metric: Names, time_attr: str | None) -> FinishedTrial | None:
    """Return a ``Result`` or a ``Trial`` of Tune, None if it came to nothing yet."""
    is_result = hasattr(trial, "metrics")
    metrics: Mapping[str, Any] = (trial.metrics if is_result else trial.last_result) or {}
    failed = trial.error is not None if is_result else trial.status == "ERROR"
    value = _value(metrics, metric)
    if failed:
        return FinishedTrial(trial.config or {}, (), failed=True)
    if value is None or not (is_result or trial.status == "TERMINATED"):
        return None
    step = step_of(metrics, time_attr)
    # Without a step there are no budgets to compare. With one, how far the others came says whether it was stopped.
    return FinishedTrial(trial.config or {}, [(1 if step is None else step, value)], stopped=step is not None)


def _value(metrics: Mapping[str, Any], metric: Names) -> Any:
    if metric is None or isinstance(metric, str):
        return metrics.get(metric or "")
    values = [metrics.get(name) for name in metric]
    return values if any(value is not None for value in values) else None


def _of_optimizer(optimizer: Optimizer) -> Iterator[FinishedTrial]:
    for trial in optimizer.trials:
        curve: list[tuple[int, Any]] = list(trial.steps.items())
        if trial.values is not None:
            last = curve.pop()[0] if curve else 1
            curve.append((last, trial.values))
        if trial.state != "pending":
            ends = {"failed": trial.state == "failed", "stopped": trial.state == "pruned" or len(curve) > 1}
            yield FinishedTrial(trial.params, curve, native=True, **ends)
