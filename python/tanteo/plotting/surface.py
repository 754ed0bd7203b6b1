"""A smooth surface over two parameters, with the part that known constraints forbid left out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tanteo.exceptions import SpaceError
from tanteo.plotting.parameter_axes import Pair, ParameterAxis, round_ticks, value_at
from tanteo.space.alone import alone
from tanteo.space.search_space import SearchSpace

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask, Vector

# Number of grid points per axis.
_GRID = 50
# Largest and smallest width of the smoothing kernel as a share of an axis. A trial reaches as far as the fifth nearest
# other place, so the many trials around an optimum do not outshine everything beside it.
_WIDEST, _NARROWEST, _NEIGHBOURS = 0.1, 1 / _GRID, 5
# A grid point has a height if the trials weigh as much there as one that is one and a half widths away. The most places
# among which neighbours are sought.
_NEAR, _COMPARED = math.exp(-0.5 * 1.5**2), 1000
# Three cells of a row: a smaller share of the grid, such as the line of a sum that must be exact, would not show.
_THIN = 3 / _GRID


@dataclass(frozen=True, slots=True)
class Surface:
    """A smooth surface through the values of a :class:`Pair`, not smoothed across choices: each has its own cells.

    Trials that were stopped early count with their last values. Without them, a region that was given up early would
    have the height of the good trials beside it.

    Attributes
    ----------
    x, y : arrays, shape (k,) and (l,)
        The grid, as positions on the axes.
    z : array, shape (l, k)
        The mean of the values around each grid point, weighted by a Gaussian kernel in the unit square, which is
        narrower for trials in a crowd (Nadaraya-Watson with the widths of :func:`_widths`) and spans the gaps between
        the levels of whole numbers and steps; NaN if no trial is near, or if known constraints forbid the point, unless
        they leave too little to show. For choices, only trials with the same choice count. Values beyond their axis
        count as its end, and on a logarithmic axis the logarithms of the values are averaged.
    ticks : list of (float, str) or None
        Heights with labels, if they are logarithms.
    has_cells : bool
        Whether an axis has choices, which cannot be interpolated.
    """

    x: Vector
    y: Vector
    z: Vector
    ticks: list[tuple[float, str]] | None
    has_cells: bool


def surface_over(points: Pair) -> Surface:
    """Return the surface; see :class:`Surface`."""
    import numpy as np

    stopped = points.stopped[:, points.stopped[2] > (0.0 if points.axis.log else -np.inf)]
    both = zip((points.x, points.y), stopped, strict=False)
    x_axis, y_axis = (replace(axis, positions=np.append(axis.positions, more)) for axis, more in both)
    told, points = np.append(points.observed.values, stopped[2]), replace(points, x=x_axis, y=y_axis)
    x, y = (_grid(axis) for axis in (points.x, points.y))
    widths = _widths(points)
    across, along = _kernel(points.x, x, widths), _kernel(points.y, y, widths)
    weights = along @ across.T
    values = np.log(told) if points.axis.log else points.axis.clip(told)
    with np.errstate(invalid="ignore", divide="ignore", under="ignore"):
        z = (along * values) @ across.T / weights
    near = weights >= _NEAR
    possible = near & ~_forbidden(points, x, y)
    z = np.where(possible if possible.sum() >= _THIN * near.sum() else near, z, np.nan)
    ticks = _ticks(float(np.nanmin(z)), float(np.nanmax(z))) if points.axis.log else None
    has_cells = points.x.labels is not None or points.y.labels is not None
    return Surface(x, y, z, ticks, has_cells)


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return the logarithms of a few round values between these logarithms, with the values as labels."""
    return [(math.log(tick), f"{tick:.4g}") for tick in round_ticks(math.exp(low), math.exp(high))]


def _grid(axis: ParameterAxis) -> Vector:
    return axis.ticks(_GRID if axis.labels is None else len(axis.labels))


def _widths(points: Pair) -> Vector:
    """Return how far each trial reaches: to the fifth nearest of the places that other trials have, within bounds."""
    import numpy as np

    of_trials = np.stack(
        [axis.unit if axis.labels is None else axis.positions for axis in (points.x, points.y)], axis=1
    )
    places, place_of = np.unique(of_trials, axis=0, return_inverse=True)
    others = places[:: math.ceil(len(places) / _COMPARED)]
    if len(others) <= _NEIGHBOURS:
        return np.full(len(of_trials), _WIDEST)
    reach = []
    for start in range(0, len(places), _COMPARED):  # in blocks, whose distances fit into memory
        across, along = (places[start : start + _COMPARED, None] - others[None]).transpose(2, 0, 1)
        distances = np.hypot(across, along)
        distances[distances == 0.0] = np.inf  # a place is no neighbour of itself
        reach.append(np.partition(distances, _NEIGHBOURS - 1, axis=1)[:, _NEIGHBOURS - 1])
    widths: Vector = np.clip(np.concatenate(reach), _NARROWEST, _WIDEST)[place_of.ravel()]
    return widths


def _kernel(axis: ParameterAxis, grid: Vector, widths: Vector) -> Vector:
    """Return the weight of each trial at each grid position, shape (positions, trials)."""
    import numpy as np

    if axis.labels is not None:
        is_same: Vector = (grid[:, None] == axis.positions[None, :]).astype(np.float64)
        return is_same
    reach = np.maximum(widths, axis.gaps / 2)  # to the middle between two levels at least
    with np.errstate(under="ignore"):
        kernel: Vector = np.exp(-0.5 * ((axis.to_unit(grid)[:, None] - axis.unit[None, :]) / reach) ** 2)
    return kernel


def _forbidden(points: Pair, x: Vector, y: Vector) -> Mask:
    """Return at which grid points known constraints leave no value of the other parameters, shape (l, k)."""
    import numpy as np

    axes = (points.x, points.y)
    space = alone(points.observed.search.space, [axis.name for axis in axes])
    if not space.constraints:
        return np.zeros((len(y), len(x)), dtype=np.bool_)
    columns, rows = (
        [value_at(space.parameters[axis.name], axis, position) for position in grid]
        for axis, grid in zip(axes, (x, y), strict=True)
    )
    return np.array([[not _is_valid(space, (a, b)) for a in columns] for b in rows])


def _is_valid(space: SearchSpace, values: tuple[object, object]) -> bool:
    try:
        space.validate(dict(zip(space.parameters, values, strict=True)))
    except SpaceError:
        return False
    return True
