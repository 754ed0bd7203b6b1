"""Volumes that points dominate, up to the corner whose coordinates are all 1."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from tanteo.exceptions import ArgumentError

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector

#: The largest number of boxes. (Measured: it is reached within ten seconds, with 994 to 1,371 points on fronts of four
#: objectives, 175 to 218 on those of five, 66 to 101 on those of six, 38 to 43 on those of seven.)
MAX_BOXES = 100_000


def dominated_volume(points: Vector) -> float:
    """Return the volume that points dominate; see :func:`dominated_volumes`."""
    return [0.0, *dominated_volumes(points)][-1]


def dominated_volumes(points: Vector) -> list[float]:
    """Return the volume that the first 1, 2, ... points dominate; it is exact.

    Parameters
    ----------
    points : array, shape (n, m)
        From 0 up, with two or more coordinates.

    Raises
    ------
    ArgumentError
        If this takes more than :data:`MAX_BOXES` boxes, which happens with four coordinates and more, and many points
        that do not dominate each other.

    Examples
    --------
    >>> import numpy as np
    >>> dominated_volumes(np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.75], [0.0, 0.75, 0.5]]))
    [0.125, 0.125, 0.1875]
    """
    n_coordinates = points.shape[1]
    if n_coordinates == 2:
        return dominated_areas(points)
    rest, volume, volumes = Undominated(n_coordinates), 0.0, list[float]()
    for point in points:
        volume += rest.take(point)
        volumes.append(volume)
    return volumes


class Undominated:
    """What no point dominates yet, as boxes that do not overlap.

    A point takes from each box ``[low, high)`` the part ``[c, high)`` with ``c = max(low, point)``, unless that is
    empty. Of the rest, box ``k`` has the points that are below ``c`` in coordinate ``k`` and not in an earlier one.

    Parameters
    ----------
    n_coordinates
        The number of coordinates.
    """

    def __init__(self, n_coordinates: int) -> None:
        import numpy as np

        self._low, self._high = np.zeros((1, n_coordinates)), np.ones((1, n_coordinates))

    def take(self, point: Vector) -> float:
        """Remove what a point dominates, and return its volume: zero if another point dominates it.

        Raises
        ------
        ArgumentError
            If there are too many boxes.
        """
        import numpy as np

        is_cut = (point < self._high).all(axis=1)
        if not is_cut.any():
            return 0.0
        if len(self._low) > MAX_BOXES:
            raise ArgumentError(
                f"too many trials are on the front of {len(point)} objectives for the exact hypervolume; from a "
                "reference point closer to the front, fewer of them count"
            )
        low, high = self._low[is_cut], self._high[is_cut]
        corner = np.maximum(low, point)
        rest = [(self._low[~is_cut], self._high[~is_cut])]
        rest += [_below(low, high, corner, k) for k in range(len(point))]
        self._low, self._high = (np.concatenate(ends) for ends in zip(*rest, strict=True))
        return float((high - corner).prod(axis=1).sum())


def _below(low: Vector, high: Vector, corner: Vector, k: int) -> tuple[Vector, Vector]:
    """Return both ends of what remains of boxes below a corner in coordinate ``k`` and not in an earlier one."""
    some = corner[:, k] > low[:, k]
    low, high = low[some], high[some]
    low[:, :k], high[:, k] = corner[some, :k], corner[some, k]
    return low, high


def dominated_areas(points: Vector) -> list[float]:
    """Return the area that the first 1, 2, ... points dominate, for two coordinates.

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
