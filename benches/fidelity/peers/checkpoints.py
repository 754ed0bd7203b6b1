"""For peers that ask for a configuration and how far to train it: the same configuration goes on where it paused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benches.fidelity.tables import key as frozen
from benches.quality.problem import Params


@dataclass(slots=True)
class Job:
    """A job of the peer, the step it asks for, and the value there."""

    job: Any
    target: int
    step: int = 0


class Checkpoints:
    """Keys for the simulated clock.

    A configuration that is asked for again, to be trained further, has the key of its paused training and is charged
    the steps that are missing alone; one that runs already, or was trained that far, is trained anew.
    """

    def __init__(self, steps: int) -> None:
        self._steps, self._paused, self._count = steps, dict[Any, tuple[Any, int]](), 0
        self._jobs: dict[Any, Job] = {}

    def start(self, params: Params, job: Any, fidelity: float) -> Any:
        """The key to be asked with."""
        target = min(max(round(fidelity), 1), self._steps)
        key, step = self._paused.pop(frozen(params), (None, 0))
        if key is None or step >= target:
            self._count += 1
            key = self._count
        self._jobs[key] = Job(job, target)
        return key

    def stops(self, key: Any, step: int) -> bool:
        """Whether the step that was asked for is reached."""
        self._jobs[key].step = step
        return step >= self._jobs[key].target

    def finish(self, key: Any, params: Params) -> Any:
        """The job that is done."""
        done = self._jobs.pop(key)
        if done.step < self._steps:
            self._paused[frozen(params)] = (key, done.step)
        return done.job
