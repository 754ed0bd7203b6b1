"""Calling a sampler written in Python and checking what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..exceptions import ArgumentError
from .protocol import Axis, Sampler, View

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .._core import CoreSpace


def axes_of(space: CoreSpace, names: list[str]) -> tuple[Axis, ...]:
    """Return one axis per parameter of the core."""
    return tuple(Axis(name, kind, levels) for name, (kind, levels) in zip(names, space.axes(), strict=True))


def suggested_points(
    sampler: Sampler, space: CoreSpace, axes: tuple[Axis, ...], columns: Mapping[str, Any], seed: int, n: int
) -> npt.NDArray[np.float64]:
    """Return what the sampler suggests for the next ``n`` trials, of shape (n, d).

    Parameters
    ----------
    sampler, space, axes
        The sampler, the space, and one axis per parameter.
    columns
        What ``CoreOptimizer.view`` returns.
    seed
        The seed of the search.
    n
        How many points are wanted.

    Raises
    ------
    ArgumentError
        If what it returns is no array of shape (n, d), or the coordinate of an active parameter is not in [0, 1]. What
        the sampler raises itself passes unchanged.
    """
    import numpy as np

    view = View(axes=axes, **columns)
    # A named generator: `default_rng` may change its algorithm between versions of NumPy.
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, len(view.state)))))
    returned = sampler.suggest(view, n, rng)
    name, shape = f"{type(sampler).__qualname__}.suggest", (n, len(axes))
    try:
        points = np.array(returned, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must return numbers of shape {shape}: {error}") from None
    if points.shape != shape:
        raise ArgumentError(f"{name} must return shape {shape}, points by parameters, got {points.shape}")
    _check_coordinates(points, space, axes, name)
    return points


def _check_coordinates(points: npt.NDArray[np.float64], space: CoreSpace, axes: tuple[Axis, ...], name: str) -> None:
    """Refuse coordinates outside [0, 1]; NaN is fine only where the point makes the parameter inactive."""
    import numpy as np

    for row, column in np.argwhere(~((points >= 0.0) & (points <= 1.0))):
        value = float(points[row, column])
        if not np.isnan(value) or space.decode(points[row : row + 1])[0][column] is not None:
            raise ArgumentError(f"{name} must return coordinates from 0 to 1, got {value!r} for {axes[column].name!r}")
