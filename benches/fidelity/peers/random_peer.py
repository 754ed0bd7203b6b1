"""Random search, without pruning and with asynchronous successive halving."""

from __future__ import annotations

import itertools
import math
from typing import Any

from benches.fidelity.peers.protocol import Observed, State
from benches.fidelity.problem import Task
from benches.python.peers.random_peer import Random
from benches.quality.problem import Params


class Unpruned:
    """Run every trial to its end; recommend the best completed trial, otherwise the best with the most steps."""

    reads_folds = False

    def __init__(self, task: Task, seed: int) -> None:
        self._random, self._observed, self._numbers = Random(task.space, seed), Observed(), itertools.count()

    def ask(self) -> tuple[Any, Params]:
        """Draw uniformly."""
        key, params = next(self._numbers), self._random.ask()[1]
        self._observed.add(key, params)
        return key, params

    def report(self, key: Any, step: int, value: float) -> bool:
        """Never stop."""
        self._observed.report(key, step, value)
        return False

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Record the end."""
        self._observed.finish(key, value, state)

    def recommend(self) -> Params | None:
        """Return the recommendation; see the class."""
        return self._observed.completed() or self._observed.furthest()


def rungs(steps: int, eta: int) -> list[int]:
    """Return the steps at which a trial may be stopped: R, R / eta, ... down to at least 1, in increasing order."""
    count = int(math.log(steps) / math.log(eta) + 1e-9)
    return sorted({round(steps / eta**k) for k in range(count + 1)})


class Asha:
    """Random draws with ASHA as published (Li et al. 2020, algorithm 2), with eta 3 and rungs from the first step on.

    Every trial pauses at its rung. When asked for work, ASHA promotes a trial in the best third of a rung, starting
    with the highest rung, and the trial resumes where it paused. If none can be promoted, ASHA draws a new trial. It
    recommends the best trial at the highest rung reached.
    """

    reads_folds = False

    def __init__(self, task: Task, seed: int, eta: int = 3) -> None:
        self._random, self._numbers = Random(task.space, seed), itertools.count()
        self._rungs, self._eta = rungs(task.steps, eta), eta
        self._params: dict[int, Params] = {}
        self._values: list[dict[int, float]] = [{} for _ in self._rungs]
        self._promoted: list[set[int]] = [set() for _ in self._rungs]
        self._target: dict[int, int] = {}

    def ask(self) -> tuple[Any, Params]:
        """Return a promotion, otherwise a draw."""
        for level in range(len(self._rungs) - 2, -1, -1):
            ranked = sorted(self._values[level], key=lambda key: self._values[level][key])
            for key in ranked[: len(ranked) // self._eta]:
                if key not in self._promoted[level]:
                    self._promoted[level].add(key)
                    self._target[key] = level + 1
                    return key, self._params[key]
        key = next(self._numbers)
        self._params[key], self._target[key] = self._random.ask()[1], 0
        return key, self._params[key]

    def report(self, key: Any, step: int, value: float) -> bool:
        """Stop at the next rung of the trial."""
        level = self._target[key]
        if step == self._rungs[level]:
            self._values[level][key] = value
        return step >= self._rungs[level]

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Do nothing."""

    def recommend(self) -> Params | None:
        """Return the best trial at the highest rung reached; None before the first rung is reached."""
        for values in reversed(self._values):
            if values:
                return self._params[min(values, key=lambda key: values[key])]
        return None
