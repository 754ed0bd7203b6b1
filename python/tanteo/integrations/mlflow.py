"""Records trials as MLflow runs.

>>> import tanteo as tt
>>> from tanteo.integrations.mlflow import MLflowCallback
>>> tt.minimize(train, space, n_trials=50, callbacks=[MLflowCallback("sweep")])               # doctest: +SKIP
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from .._internal.optional import require
from ..run import Run
from ..trials.trial import FrozenTrial
from .trackers import Facts, facts, reports

_STATUS = {"complete": "FINISHED", "failed": "FAILED", "pruned": "KILLED", "paused": "KILLED", "cancelled": "KILLED"}
# Limits of MLflow: characters that names may not contain, the length of values and tags, and the entries per call.
_FORBIDDEN = re.compile(r"[^\w\-. :/]")
_LONGEST = {"param": 6000, "tag": 5000}
_ENTRIES = {"metrics": 1000, "params": 100, "tags": 100}


class MLflowCallback:
    """A callback of ``minimize`` that records every trial as an MLflow run, with the times of the trial.

    Values, standard errors, costs and constraints become metrics; reports become the metric ``report`` by step. State,
    origin, reason and attributes become tags. In names, characters that MLflow does not accept become ``_``.

    Parameters
    ----------
    experiment
        The name of the experiment, which is created if it does not exist.
    tracking_uri
        The tracking server or folder; by default the setting of MLflow.
    tags
        Tags of every run.

    Raises
    ------
    ImportError
        If MLflow is not installed (``pip install 'tanteo[mlflow]'``).

    Notes
    -----
    The active run of MLflow is not changed, so other code that uses MLflow is not affected.
    """

    def __init__(
        self, experiment: str = "tanteo", *, tracking_uri: str | None = None, tags: Mapping[str, str] | None = None
    ) -> None:
        tracking = require("mlflow.tracking", extra="mlflow", needed_by="MLflowCallback")
        self._entities = require("mlflow.entities", extra="mlflow", needed_by="MLflowCallback")
        self._client = tracking.MlflowClient(tracking_uri=tracking_uri)
        self._tags = dict(tags or {})
        existing = self._client.get_experiment_by_name(experiment)
        self.experiment_id = self._client.create_experiment(experiment) if existing is None else existing.experiment_id

    def __call__(self, run: Run, trial: FrozenTrial) -> None:
        """Record a completed trial."""
        trial_facts, now = facts(run.optimizer, trial), time.time()
        started = _milliseconds(now if trial.started is None else trial.started)
        # A clock that was set back would make a negative duration.
        finished = max(started, _milliseconds(now if trial.finished is None else trial.finished))
        name = f"trial {trial.id}"
        tracked_run = self._client.create_run(self.experiment_id, start_time=started, tags=self._tags, run_name=name)
        run_id = tracked_run.info.run_id
        self._log(run_id, "metrics", self._metrics(trial_facts, reports(run.optimizer, trial), finished))
        self._log(
            run_id,
            "params",
            [self._entities.Param(_name(k), _truncate(v, "param")) for k, v in trial_facts.params.items()],
        )
        self._log(
            run_id, "tags", [self._entities.RunTag(_name(k), _truncate(v, "tag")) for k, v in trial_facts.notes.items()]
        )
        self._client.set_terminated(run_id, status=_STATUS[trial_facts.end], end_time=finished)

    def _metrics(self, trial_facts: Facts, steps: Iterator[tuple[int, dict[str, float]]], moment: int) -> list[Any]:
        metric = self._entities.Metric
        final = [metric(_name(name), value, moment, 0) for name, value in trial_facts.metrics.items()]
        reported = ((step, name, value) for step, named in steps for name, value in named.items())
        return [*final, *(metric(_name(name), value, moment, step) for step, name, value in reported)]

    def _log(self, number: str, kind: str, entries: list[Any]) -> None:
        size = _ENTRIES[kind]
        for first in range(0, len(entries), size):
            self._client.log_batch(number, **{kind: entries[first : first + size]})


def _name(name: str) -> str:
    return _FORBIDDEN.sub("_", name)


def _truncate(value: Any, kind: str) -> str:
    return str(value)[: _LONGEST[kind]]


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


__all__ = ["MLflowCallback"]
