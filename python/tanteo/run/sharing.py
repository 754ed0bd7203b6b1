"""Coordination of a run with other processes that work on the same search."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from tanteo.optimizer import Optimizer
from tanteo.trials.trial import Trial


class Sharing(Protocol):
    """A search that several processes may work on."""

    def together(self) -> AbstractContextManager[None]:
        """Return a context in which no other process changes the search."""

    def left_behind(self) -> list[Trial]:
        """Take over and return the pending trials that nobody works on."""

    def vanished(self, n: int) -> list[Trial]:
        """Take over and return up to ``n`` pending trials of processes that have vanished."""

    def under_way_elsewhere(self) -> int:
        """Return how many trials other processes work on."""

    def give_back(self, trials: list[Trial]) -> None:
        """Release trials for other processes or a later run."""


class Alone:
    """A search in the memory of this process."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer

    def together(self) -> AbstractContextManager[None]:
        """Return a context without effect."""
        return nullcontext()

    def left_behind(self) -> list[Trial]:
        """Return all pending trials, which an interrupted run has left."""
        return self._optimizer.pending

    def vanished(self, n: int) -> list[Trial]:
        """Return nothing, since there is no other process."""
        return []

    def under_way_elsewhere(self) -> int:
        """Return 0, since there is no other process."""
        return 0

    def give_back(self, trials: list[Trial]) -> None:
        """Do nothing: the trials stay pending."""


def sharing(optimizer: Optimizer) -> Sharing:
    """Return the coordination of a search, which a study provides itself."""
    shared: Callable[[], Sharing] | None = getattr(optimizer, "_sharing", None)
    return Alone(optimizer) if shared is None else shared()
