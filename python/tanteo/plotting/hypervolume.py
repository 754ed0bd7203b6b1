"""The data of the hypervolume history of several objectives.

The hypervolume is the volume of what the front dominates, up to a reference point. It grows with every trial that the
front gains only if this point stays the same, so it is fixed for the whole history.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import show_value
from tanteo.exceptions import ArgumentError
from tanteo.plotting import style
from tanteo.plotting.data import Search, require_any
from tanteo.plotting.front import names_of
from tanteo.run.estimates import with_estimates
from tanteo.run.history import NO_RESULTS, History, history
from tanteo.run.result import optimizer_of
from tanteo.trials.front import ParetoFront
from tanteo.trials.objectives import Limits, as_limits

if TYPE_CHECKING:
    from tanteo.plotting.data import Numbers, Vector


_NO_BREAK = "\N{NO-BREAK SPACE}"
# How far the reference point lies beyond the worst values on the front, as a share of the front's range.
_BEYOND = 0.1


@dataclass(frozen=True, slots=True)
class HypervolumeHistory:
    """The share of the box between the best values and the reference point that the front dominates.

    Attributes
    ----------
    ids : array of int, shape (n,)
        The complete, feasible trials that added to it.
    shares : array, shape (n,)
        The share after each.
    last_id : int
        The largest id; the line ends there.
    reference : dict of str to float
        The reference point by the names of the objectives.
    leaves_out_thresholds : bool
        Whether no trial is better than all thresholds, so that the reference point is that of a search without any.
    """

    ids: Numbers
    shares: Vector
    last_id: int
    reference: dict[str, float]
    leaves_out_thresholds: bool

    @property
    def line(self) -> tuple[list[int], list[float]]:
        """Ids and shares of the corners of the line: 0 until a trial is better than the reference point."""
        ids, shares = self.ids.tolist(), self.shares.tolist()
        start: tuple[list[int], list[float]] = ([0], [0.0]) if ids[0] else ([], [])
        return [*start[0], *ids, self.last_id], [*start[1], *shares, shares[-1]]

    @property
    def reference_text(self) -> str:
        """The reference point as text."""
        return point_text(self.reference)

    def title(self, form: str) -> list[str]:
        """Return the lines of a title that has, in place of ``{}``, the reference point.

        The reason follows if the thresholds are not it. No line ends between a name and its value.
        """
        text = point_text(self.reference, _NO_BREAK)
        reason = "; no trial is better than all thresholds yet" if self.leaves_out_thresholds else ""
        return [line.replace(_NO_BREAK, " ") for line in style.lines_of(form.format(f"{text}{reason}"))]


def hypervolume_history(
    search: Search, reference_point: Any = None, *, trials: History | None = None, front: ParetoFront | None = None
) -> HypervolumeHistory:
    """Return the history; see :class:`HypervolumeHistory`. ``trials`` and ``front`` are those of the search, if known.

    If results are noisy, the values are the estimates by which the front is chosen.

    In place of a missing coordinate of ``reference_point`` stands the threshold of the search. Without one it lies a
    tenth of the front's range beyond the worst value on the front. The same holds for all coordinates if none is given
    and no trial is better than all thresholds.

    Raises
    ------
    ArgumentError
        If there is one objective, no trial is better than ``reference_point`` in all of them, or too many trials are on
        the front (see :func:`dominated_volumes`).
    """
    import numpy as np

    optimizer = optimizer_of(search)
    n, names = len(optimizer.directions), optimizer.objective_names
    if n == 1:
        raise ArgumentError(
            "a hypervolume history needs two or more objectives, and this search has one; draw "
            "plot_optimization_history"
        )
    given = as_limits(reference_point, n, names, "reference_point")
    found = optimizer.front() if front is None else front
    trials = with_estimates(trials or history(optimizer), found)
    ids = np.flatnonzero(trials.usable)
    require_any(ids, NO_RESULTS)
    signs = np.where(trials.maximize, -1.0, 1.0)
    losses, on_front = trials.values[ids] * signs, np.array([member.values for member in found]) * signs
    reference = _reference(on_front, losses, signs, _limits(given, optimizer.thresholds, n))
    is_unmet = given is None and not (losses < reference).all(axis=1).any()
    if is_unmet:
        reference = _reference(on_front, losses, signs, [None] * n)
    named = dict(zip(names_of(optimizer, None), (reference * signs).tolist(), strict=True))
    grew, shares = _growth(losses, reference, named)
    return HypervolumeHistory(ids[grew], shares, len(trials) - 1, named, is_unmet)


def _growth(losses: Vector, reference: Vector, named: dict[str, float]) -> tuple[Numbers, Vector]:
    """Return which trials added to the dominated share, and the share after each."""
    import numpy as np

    within = np.flatnonzero((losses < reference).all(axis=1))
    require_any(
        within,
        f"no complete, feasible trial is better than the reference point ({point_text(named)}); "
        "plot_hypervolume_history(search, reference_point=...) measures from another one",
    )
    # The best values may be those of trials beyond the reference point, which dominate nothing of the box.
    low = losses.min(axis=0)
    volumes = np.array(dominated_volumes((losses[within] - low) / (reference - low)))
    grew = np.flatnonzero(np.diff(volumes, prepend=0.0) > 0.0)
    return within[grew], volumes[grew]


def point_text(point: dict[str, float], space: str = " ") -> str:
    """Return a reference point as text, with ``space`` between names and values."""
    return ", ".join(f"{name}{space}{show_value(value)}" for name, value in point.items())


def _limits(given: Limits, thresholds: Limits, n: int) -> list[float | None]:
    """Return the coordinates of the reference point that are given, else thresholds."""
    none = (None,) * n
    pairs = zip(given or none, thresholds or none, strict=True)
    return [threshold if point is None else point for point, threshold in pairs]


def _reference(front: Vector, losses: Vector, signs: Vector, limits: Sequence[float | None]) -> Vector:
    """Return the reference point in losses, of which the front and those of all trials are given too."""
    import numpy as np

    numbers = np.array([np.nan if limit is None else limit for limit in limits], dtype=np.float64) * signs
    reference: Vector = np.where(np.isnan(numbers), point_beyond(front, losses), numbers)
    return reference


def point_beyond(front: Vector, losses: Vector) -> Vector:
    """Return a reference point a tenth of the range of a front beyond its worst values, all in losses.

    ``losses`` are those of all trials.
    """
    import numpy as np

    worst, span = front.max(axis=0), np.ptp(front, axis=0)
    # An objective with one value on the front has the quarters of all trials as its scale, or 1.
    quarters = np.diff(np.quantile(losses, [0.25, 0.75], axis=0), axis=0)[0]
    scale = np.where(span > 0.0, span, np.where(quarters > 0.0, quarters, 1.0))
    point: Vector = worst + _BEYOND * scale
    return point


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
                f"too many trials are on the front of {len(point)} objectives for the exact hypervolume; fewer of "
                "them count with a reference point closer to the front (reference_point=)"
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
