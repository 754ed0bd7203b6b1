"""The data of the hypervolume history of two objectives."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanteo.exceptions import ArgumentError
from tanteo.plotting.data import Search, require_any
from tanteo.run.history import history
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    from tanteo.run.history import Numbers, Vector

# The area of more objectives is another algorithm, and of a front that grows at every trial a slow one.
_OBJECTIVES = 2


@dataclass(frozen=True, slots=True)
class HypervolumeHistory:
    """The share of the rectangle between the best and the worst values that the front dominates.

    Attributes
    ----------
    ids : array of int, shape (n,)
        The complete, feasible trials that added to it.
    shares : array, shape (n,)
        The share after each.
    last_id : int
        The largest id; the line ends there.
    """

    ids: Numbers
    shares: Vector
    last_id: int

    @property
    def line(self) -> tuple[list[int], list[float]]:
        """Ids and shares of the corners of the line."""
        return [*self.ids.tolist(), self.last_id], [*self.shares.tolist(), float(self.shares[-1])]


def hypervolume_history(search: Search) -> HypervolumeHistory:
    """Return the history; see :class:`HypervolumeHistory`.

    Raises
    ------
    ArgumentError
        If there are not two objectives, or no trial is better than the worst values in both.
    """
    import numpy as np

    optimizer = optimizer_of(search)
    n = len(optimizer.directions)
    if n != _OBJECTIVES:
        raise ArgumentError(f"a hypervolume history can be drawn for two objectives, and this search has {n}")
    trials = history(optimizer)
    ids = np.flatnonzero(trials.usable)
    reason = "no complete, feasible trial is better than the worst values of both objectives"
    require_any(ids, reason)
    losses = trials.values[ids] * np.where(trials.maximize, -1.0, 1.0)
    low, span = losses.min(axis=0), np.ptp(losses, axis=0)
    areas = np.array(dominated_areas((losses - low) / np.where(span > 0.0, span, np.inf) + (span == 0.0)))
    grew = np.flatnonzero(np.diff(areas, prepend=0.0) > 0.0)
    require_any(grew, reason)
    return HypervolumeHistory(ids[grew], areas[grew], len(trials) - 1)


def dominated_areas(points: Vector) -> list[float]:
    """Return the area that the first 1, 2, ... points dominate, up to the corner (1, 1).

    The front is kept sorted by the first coordinate, so a point costs the logarithm of its length, and the points that
    it removes.

    >>> import numpy as np
    >>> dominated_areas(np.array([[0.5, 0.5], [0.0, 1.0], [0.25, 0.75], [0.0, 0.0]]))
    [0.25, 0.25, 0.3125, 1.0]
    """
    xs, ys, area, areas = [float("-inf")], [1.0], 0.0, list[float]()
    for x, y in points.tolist():
        place = bisect_left(xs, x)
        if ys[place - 1] > y and not (place < len(xs) and xs[place] == x and ys[place] <= y):
            end = place
            # What the point adds, strip by strip, above those that it removes.
            left, ceiling = x, ys[place - 1]
            while end < len(xs) and ys[end] >= y:
                area += (xs[end] - left) * (ceiling - y)
                left, ceiling, end = xs[end], ys[end], end + 1
            right = xs[end] if end < len(xs) else 1.0
            area += (right - left) * (ceiling - y)
            xs[place:end], ys[place:end] = [x], [y]
        areas.append(area)
    return areas
