"""DEHB through ask and tell."""

from __future__ import annotations

import tempfile
from typing import Any

from benches.fidelity.peers.checkpoints import Checkpoints
from benches.fidelity.peers.protocol import State
from benches.fidelity.problem import Task
from benches.python.peers.smac_peer import configuration, configuration_space
from benches.quality.problem import Params


class Dehb:
    """One optimizer with its defaults (eta 3), from one step to all steps.

    Configurations that are requested again at a higher fidelity resume where they paused. The recommendation is
    ``get_incumbents``, the best value at any fidelity.
    """

    reads_folds = False

    def __init__(self, task: Task, seed: int) -> None:
        from dehb import DEHB
        from loguru import logger

        self._space, self._checkpoints = task.space, Checkpoints(task.steps)
        self._folder = tempfile.TemporaryDirectory()
        self._dehb = DEHB(
            cs=configuration_space(task.space, seed), min_fidelity=1, max_fidelity=task.steps, n_workers=1, seed=seed,
            output_path=self._folder.name, log_level="ERROR", save_freq=None,
        )  # fmt: skip
        logger.remove()
        self._params: dict[Any, Params] = {}
        self._is_told = False

    def ask(self) -> tuple[Any, Params]:
        """Return one job."""
        job = self._dehb.ask()
        params = configuration(self._space, job["config"])
        key = self._checkpoints.start(params, job, job["fidelity"])
        self._params[key] = params
        return key, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Stop at the fidelity of the job."""
        return self._checkpoints.stops(key, step)

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Tell the result of the job."""
        self._dehb.tell(self._checkpoints.finish(key, self._params[key]), {"fitness": value, "cost": cost})
        self._is_told = True

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        return configuration(self._space, self._dehb.get_incumbents()[0]) if self._is_told else None
