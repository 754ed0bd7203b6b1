"""For peers that request a configuration and a number of steps; a repeated configuration resumes its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benches.fidelity.tables import key as frozen
from benches.quality.problem import Params


@dataclass(slots=True)
class Job:
    """A job of the peer, the requested step, and the value at that step."""

    job: Any
    target: int
    step: int = 0


class Checkpoints:
    """Keys for the simulated clock.

    A configuration that is requested again with more steps gets the key of its paused training and is charged for the
    missing steps only. If it is running, or was already trained that far, it is trained from the start.
    """

    def __init__(self, steps: int) -> None:
        self._steps, self._paused, self._count = steps, dict[Any, tuple[Any, int]](), 0
        self._jobs: dict[Any, Job] = {}

    def start(self, params: Params, job: Any, fidelity: float) -> Any:
        """Return the key for a requested job."""
        target = min(max(round(fidelity), 1), self._steps)
        key, step = self._paused.pop(frozen(params), (None, 0))
        if key is None or step >= target:
            self._count += 1
            key = self._count
        self._jobs[key] = Job(job, target)
        return key

    def stops(self, key: Any, step: int) -> bool:
        """Whether the requested step is reached."""
        self._jobs[key].step = step
        return step >= self._jobs[key].target

    def finish(self, key: Any, params: Params) -> Any:
        """Return the completed job."""
        done = self._jobs.pop(key)
        if done.step < self._steps:
            self._paused[frozen(params)] = (key, done.step)
        return done.job
