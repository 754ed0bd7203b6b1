"""What a peer is to the simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

from benches.fidelity.problem import Task
from benches.quality.problem import Params

State: TypeAlias = Literal["complete", "stopped"]


class Peer(Protocol):
    """A search that minimizes.

    On folds, ``report`` brings the mean of the folds so far, and a single fold's value where ``reads_folds`` is true.
    """

    reads_folds: bool

    def ask(self) -> tuple[Any, Params]:
        """A key and a configuration. A key that was stopped before goes on from where it stopped."""

    def report(self, key: Any, step: int, value: float) -> bool:
        """What a step showed, the last one too; whether to stop. Steps count from 1."""

    def finish(self, key: Any, value: float, state: State, cost: float) -> None:
        """The last value shown (on folds the mean so far), and what was spent since it was asked for."""

    def recommend(self) -> Params | None:
        """The configuration that a user would take away now."""


Maker: TypeAlias = Callable[[Task, int], Peer]


class Observed:
    """The trials of a search and what is recommended of them by the commonest rule.

    That is the best value of the completed trials; before there is one, the best of the last values of the trials that
    got furthest.
    """

    def __init__(self) -> None:
        self._params: dict[Any, Params] = {}
        self._last: dict[Any, tuple[int, float]] = {}
        self._ends: dict[Any, float] = {}

    def add(self, key: Any, params: Params) -> None:
        """A trial that was asked for."""
        self._params[key] = params

    def report(self, key: Any, step: int, value: float) -> None:
        """What it showed; on folds the mean so far."""
        self._last[key] = (step, value)

    def finish(self, key: Any, value: float, state: State) -> None:
        """Where it ended."""
        if state == "complete":
            self._ends[key] = value

    def completed(self) -> Params | None:
        """The best completed trial."""
        return self._params[min(self._ends, key=lambda key: self._ends[key])] if self._ends else None

    def furthest(self) -> Params | None:
        """The best of those that got furthest, running ones too."""
        if not self._last:
            return None
        return self._params[min(self._last, key=lambda key: (-self._last[key][0], self._last[key][1]))]

    def best_last(self) -> Params | None:
        """The best of all last values, whatever their step."""
        return self._params[min(self._last, key=lambda key: self._last[key][1])] if self._last else None
