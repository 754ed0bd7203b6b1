"""Random search under Ray Tune's ASHA, whose scheduler is driven directly, with stand-ins for its trials."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.random_peer import Random
from benches.quality.problem import Params


class RayAsha:
    """``ASHAScheduler`` (AsyncHyperBandScheduler) with ``max_t`` the number of steps and its other defaults.

    That is a reduction factor of 4, from the first step on. It stops, and never goes on with what it stopped.
    Recommends what ``ResultGrid.get_best_result`` does by default: the best of all last values, whatever their step.
    """

    reads_folds = False

    def __init__(self, task: Task, seed: int) -> None:
        from ray.tune.schedulers import ASHAScheduler

        self._scheduler = ASHAScheduler(metric="value", mode="min", max_t=task.steps)
        self._random, self._observed, self._numbers = Random(task.space, seed), Observed(), itertools.count()
        self._trials: dict[int, Any] = {}

    def ask(self) -> tuple[Any, Params]:
        """A uniform draw."""
        key, params = next(self._numbers), self._random.ask()[1]
        self._trials[key] = SimpleNamespace(trial_id=str(key))
        self._scheduler.on_trial_add(None, self._trials[key])
        self._observed.add(key, params)
        return key, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """What the scheduler decides."""
        self._observed.report(key, step, value)
        result = {"training_iteration": step, "value": value}
        return bool(self._scheduler.on_trial_result(None, self._trials[key], result) == "STOP")

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """The scheduler forgets the trial; what it recorded stays."""
        self._scheduler.on_trial_remove(None, self._trials.pop(key))

    def recommend(self) -> Params | None:
        """See the class."""
        return self._observed.best_last()
