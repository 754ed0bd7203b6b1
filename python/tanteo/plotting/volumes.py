"""Volumes that points dominate, up to the corner whose coordinates are all 1."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from tanteo.exceptions import ArgumentError

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector

#: The largest number of boxes. (Measured: fronts of four objectives reach it after eight seconds, those of more
#: earlier. The section "Hypervolume" of ``docs/gallery.md`` has the lengths of these fronts.)
MAX_BOXES = 40_000


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
    boxes, volume, volumes = Dominated(n_coordinates), 0.0, list[float]()
    for point in points:
        volume += boxes.add(point)
        volumes.append(volume)
    return volumes


class Dominated:
    """What points dominate, as boxes that do not overlap (Lacour, Klamroth and Fonseca 2017).

    There is one box for each local upper bound ``u``: nothing below ``u`` in all coordinates is dominated, and no
    larger corner has this property. Coordinate ``j`` of ``u`` is that of a point ``z[j]``, which is below ``u`` in the
    others, or 1. The box reaches from ``u[0]`` to 1 in coordinate 0, and from ``max(z[k][j] for k < j)`` to ``u[j]`` in
    coordinate ``j``. In three coordinates, ``n`` points that do not dominate each other have ``2 n + 1``.

    Of equal coordinates, that of the point added later counts as larger, by less than any difference. So the bounds of
    points with equal coordinates depend on their order. Those of others do not, and no volume does.

    Parameters
    ----------
    n_coordinates
        The number of coordinates.
    """

    def __init__(self, n_coordinates: int) -> None:
        import numpy as np

        # The points z of each bound: shape (boxes, coordinates, coordinates).
        self._corners = np.eye(n_coordinates)[np.newaxis]

    def add(self, point: Vector) -> float:
        """Add a point, and return the volume that it adds: zero if another point dominates it.

        Raises
        ------
        ArgumentError
            If there are too many boxes.
        """
        import numpy as np

        is_cut = (point < np.einsum("ijj->ij", self._corners)).all(axis=1)
        if not is_cut.any():
            return 0.0
        if len(self._corners) > MAX_BOXES:
            raise ArgumentError(
                f"too many trials are on the front of {len(point)} objectives for the exact hypervolume; from a "
                "reference point closer to the front, fewer of them count"
            )
        old = self._corners[is_cut]
        new = np.concatenate([_lowered(old, point, j) for j in range(len(point))])
        self._corners = np.concatenate([self._corners[~is_cut], new])
        return max(_volume(new) - _volume(old), 0.0)


def _lowered(corners: Vector, point: Vector, j: int) -> Vector:
    """Return the bounds that a point has lowered in coordinate ``j``, without those that are below another one."""
    import numpy as np

    others = np.delete(corners[:, :, j], j, axis=1).max(axis=1)
    lowered: Vector = corners[point[j] >= others]
    lowered[:, j] = point
    return lowered


def _volume(corners: Vector) -> float:
    """Return the volume of the boxes of bounds."""
    volumes = 1.0 - corners[:, 0, 0]
    for j in range(1, corners.shape[1]):
        volumes *= corners[:, j, j] - corners[:, :j, j].max(axis=1)
    return float(volumes.sum())


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
