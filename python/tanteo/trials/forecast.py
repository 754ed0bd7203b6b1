"""Forecasts of what the next trials gain, corrected by what came of earlier ones.

Near an optimum, the model often expects too much: it does not know that nothing better exists. Its forecast is
therefore multiplied by the ratio of the actual to the expected improvement after earlier forecasts, at most 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from .._internal.states import PENDING, VIEW_STATES

if TYPE_CHECKING:
    from ..space.search_space import SearchSpace
    from .results import Results

# The improvement expected after a number of trials; None without a calibrated model.
Forecast: TypeAlias = Callable[[int], float | None]

# Largest number of earlier forecasts that are compared with what came of them.
_TESTED = 10


def n_before_forecasts(space: SearchSpace) -> int:
    """Return the number of trials from which on forecasts are compared with what came of them.

    Constants do not count, since the model has none of them.
    """
    return 10 + 2 * len(space._codec.names)


def losses_of(search: Results) -> list[float]:
    """Return the loss of every trial in the order of ids: infinity if it has ended without counting, NaN if it has not.

    A trial counts if it may be the best.
    """
    view = search.view()
    is_pending = view.state == VIEW_STATES.index(PENDING)
    columns = zip(view.values[:, 0].tolist(), view.eligible, is_pending, strict=True)
    return [math.nan if pending else loss if counted else math.inf for loss, counted, pending in columns]


@dataclass(frozen=True)
class Forecasts:
    """The forecasts of a search.

    Parameters
    ----------
    losses : list of float
        As :func:`losses_of` returns them.
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
    _known: dict[int, float | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def uncorrected(self, n_trials: int) -> float | None:
        """Return the forecast of the model after ``n_trials``."""
        if n_trials not in self._known:
            self._known[n_trials] = self.raw(n_trials)
        return self._known[n_trials]

    def corrected(self, n_trials: int, *, negligible: float = 0.0) -> float | None:
        """Return the corrected forecast after ``n_trials``.

        One of at most ``negligible`` stays as it is, since a correction would only make it smaller.
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
        windows = ((start, self.losses[start : start + self.n_ahead]) for start in self._starts(n_trials))
        ended = [(start, losses) for start, losses in windows if not any(map(math.isnan, losses))]
        for start, losses in ended[-_TESTED:]:
            if (promise := self.uncorrected(start)) is not None:
                best = min(loss for loss in self.losses[:start] if not math.isnan(loss))
                yield promise, max(0.0, best - min(losses))

    def _starts(self, n_trials: int) -> range:
        return range(self.first, n_trials - self.n_ahead + 1, self.n_ahead)
