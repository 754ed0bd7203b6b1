"""Random search with the ASHA of Ray Tune, whose scheduler is called directly with stand-ins for trials."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.random_peer import Random
from benches.quality.problem import Params


class RayAsha:
    """``ASHAScheduler`` (AsyncHyperBandScheduler) with ``max_t`` as the number of steps and its other defaults.

    Its reduction factor is 4, and its first rung is the first step. It stops trials and never resumes them. The
    recommendation is that of ``ResultGrid.get_best_result``: the best of all last values, at any step.
    """

    reads_folds = False

    def __init__(self, task: Task, seed: int) -> None:
        from ray.tune.schedulers import ASHAScheduler

        self._scheduler = ASHAScheduler(metric="value", mode="min", max_t=task.steps)
        self._random, self._observed, self._numbers = Random(task.space, seed), Observed(), itertools.count()
        self._trials: dict[int, Any] = {}

    def ask(self) -> tuple[Any, Params]:
        """Draw uniformly."""
        key, params = next(self._numbers), self._random.ask()[1]
        self._trials[key] = SimpleNamespace(trial_id=str(key))
        self._scheduler.on_trial_add(None, self._trials[key])
        self._observed.add(key, params)
        return key, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Return the decision of the scheduler."""
        self._observed.report(key, step, value)
        result = {"training_iteration": step, "value": value}
        return bool(self._scheduler.on_trial_result(None, self._trials[key], result) == "STOP")

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Remove the trial from the scheduler, which keeps its results."""
        self._scheduler.on_trial_remove(None, self._trials.pop(key))

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        return self._observed.best_last()
