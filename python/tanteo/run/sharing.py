"""Coordination of a run with other processes that work on the same search."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from tanteo import inside
from tanteo.optimizer import Optimizer
from tanteo.study.sharing import Shared
from tanteo.trials.trial import Trial


class Alone:
    """A search in the memory of this process; :class:`tanteo.study.sharing.Shared` has the same methods for a study."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer

    def together(self) -> AbstractContextManager[None]:
        """Return a context in which no other process changes the search."""
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

    def n_lost(self, trials: Iterable[int]) -> int:
        """Count those of these trials that have ended, although this run works on them."""
        return len(set(trials) - inside.pending(self._optimizer))

    def give_back(self, trials: list[Trial]) -> None:
        """Do nothing: the trials stay pending."""


def sharing(optimizer: Optimizer) -> Alone | Shared:
    """Return the coordination of a search, which a study provides itself."""
    return inside.shared(optimizer) or Alone(optimizer)
