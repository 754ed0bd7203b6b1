"""The interface of a peer for the simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

from benches.fidelity.problem import Task
from benches.quality.problem import Params

State: TypeAlias = Literal["complete", "stopped"]


class Peer(Protocol):
    """A search that minimizes.

    On folds, ``report`` passes the mean of the folds so far, or the value of a single fold if ``reads_folds`` is true.
    """

    reads_folds: bool

    def ask(self) -> tuple[Any, Params]:
        """Return a key and a configuration. The key of a stopped trial resumes that trial."""

    def report(self, key: Any, step: int, value: float) -> bool:
        """Take the value of a step, including the last one, and return whether to stop. Steps count from 1."""

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """Take the last value (on folds, the mean so far) and the cost since the trial was asked for."""

    def recommend(self) -> Params | None:
        """Return the configuration that a user would take at this moment."""


Maker: TypeAlias = Callable[[Task, int], Peer]


class Observed:
    """The trials of a search, with the most common rule for a recommendation.

    It recommends the best value of the completed trials. Before any trial is complete, it recommends the best of the
    last values of the trials that have made the most steps.
    """

    def __init__(self) -> None:
        self._params: dict[Any, Params] = {}
        self._last: dict[Any, tuple[int, float]] = {}
        self._ends: dict[Any, float] = {}

    def add(self, key: Any, params: Params) -> None:
        """Add a trial."""
        self._params[key] = params

    def report(self, key: Any, step: int, value: float) -> None:
        """Record the value of a step; on folds, the mean so far."""
        self._last[key] = (step, value)

    def finish(self, key: Any, value: float, state: State) -> None:
        """Record the end of a trial."""
        if state == "complete":
            self._ends[key] = value

    def completed(self) -> Params | None:
        """Return the best completed trial."""
        return self._params[min(self._ends, key=lambda key: self._ends[key])] if self._ends else None

    def furthest(self) -> Params | None:
        """Return the best of the trials with the most steps, including running ones."""
        if not self._last:
            return None
        return self._params[min(self._last, key=lambda key: (-self._last[key][0], self._last[key][1]))]

    def best_last(self) -> Params | None:
        """Return the trial with the best last value, at any step."""
        return self._params[min(self._last, key=lambda key: self._last[key][1])] if self._last else None
