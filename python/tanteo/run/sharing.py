"""What a run has to know of others that work on its search."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from tanteo.optimizer import Optimizer
from tanteo.trials.trial import Trial


class Sharing(Protocol):
    """A search that perhaps several processes work on."""

    def together(self) -> AbstractContextManager[None]:
        """Makes one step of what is done inside: no other process comes between."""

    def left_behind(self) -> list[Trial]:
        """The pending trials that nobody works on; from now on this run does."""

    def vanished(self, n: int) -> list[Trial]:
        """Up to ``n`` pending trials of processes that have vanished since; from now on they are this run's."""

    def under_way_elsewhere(self) -> int:
        """How many trials other processes work on."""

    def give_back(self, trials: list[Trial]) -> None:
        """Leaves trials to whoever comes next."""


class Alone:
    """A search in the memory of this process."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer

    def together(self) -> AbstractContextManager[None]:
        """Nothing to see to."""
        return nullcontext()

    def left_behind(self) -> list[Trial]:
        """All that is pending: an interrupted run has left it."""
        return self._optimizer.pending

    def vanished(self, n: int) -> list[Trial]:
        """There is no other process."""
        return []

    def under_way_elsewhere(self) -> int:
        """There is nowhere else."""
        return 0

    def give_back(self, trials: list[Trial]) -> None:
        """They stay pending, which is all that is needed."""


def sharing(optimizer: Optimizer) -> Sharing:
    """How a search is shared: a study on file says so itself."""
    shared: Callable[[], Sharing] | None = getattr(optimizer, "_sharing", None)
    return Alone(optimizer) if shared is None else shared()
