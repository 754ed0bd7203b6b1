"""Forecasts of what the next trials gain, corrected by what came of earlier ones.

Near an optimum, the model often expects too much: it does not know that nothing better exists. Its forecast is
therefore multiplied by the ratio of the actual to the expected improvement after earlier forecasts, at most 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .results import Results

# The improvement expected after a number of trials; None without a calibrated model.
Forecast: TypeAlias = Callable[[int], float | None]

# Largest number of earlier forecasts that are compared with what came of them.
_TESTED = 10
# The number of a state in a view.
_COMPLETE = 1


def n_before_forecasts(n_parameters: int) -> int:
    """Return the number of trials from which on forecasts are compared with what came of them."""
    return 10 + 2 * n_parameters


def losses_of(search: Results) -> list[float]:
    """Return the loss of every trial in the order of ids; infinity unless it is complete and feasible."""
    view = search.view()
    is_usable = (view.state == _COMPLETE) & (view.violation <= 0.0)
    return [loss if usable else math.inf for loss, usable in zip(view.values[:, 0].tolist(), is_usable, strict=True)]


@dataclass(frozen=True)
class Forecasts:
    """The forecasts of a search.

    Parameters
    ----------
    losses : list of float
        Infinity for a trial that is not complete and feasible.
    n_ahead : int
        The number of next trials.
    first : int
        The number of trials before the first forecast that is tested; the others follow every ``n_ahead`` trials.
    raw : callable
        Returns the uncorrected forecast after a number of trials, or None. It is called at most once for each.
    """

    losses: list[float]
    n_ahead: int
    first: int
    raw: Forecast

    @cached_property
    def _known(self) -> dict[int, float | None]:
        return {}

    def uncorrected(self, n_trials: int) -> float | None:
        """Return the forecast of the model after ``n_trials``."""
        if n_trials not in self._known:
            self._known[n_trials] = self.raw(n_trials)
        return self._known[n_trials]

    def corrected(self, n_trials: int, *, negligible: float = 0.0) -> float | None:
        """Return the corrected forecast after ``n_trials``.

        One below ``negligible`` stays as it is, since a correction would only make it smaller.
        """
        expected = self.uncorrected(n_trials)
        if expected is None or expected <= negligible:
            return expected
        # The present forecast counts as if it had come true, so that a short pause does not end a search.
        promised = gained = expected
        for promise, gain in self._tested(n_trials):
            promised += promise
            gained += gain
        return expected * min(1.0, gained / promised)

    def _tested(self, n_trials: int) -> Iterator[tuple[float, float]]:
        """Yield the latest forecasts whose trials have ended after ``n_trials``, and what came of them."""
        starts = range(self.first, n_trials - self.n_ahead + 1, self.n_ahead)[-_TESTED:]
        for start in starts:
            if (promise := self.uncorrected(start)) is not None:
                yield promise, min(self.losses[:start]) - min(self.losses[: start + self.n_ahead])
