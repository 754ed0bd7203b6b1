"""The data of parallel coordinates: every axis is scaled to the unit interval, including logarithmic ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanteo.plotting.columns import Column, columns, names_to_draw
from tanteo.plotting.data import Observations, Search, require_observations
from tanteo.plotting.targets import Target

if TYPE_CHECKING:
    from tanteo.plotting.data import Vector

# Position of an inactive parameter on its axis.
INACTIVE = -0.1
# Largest number of labels on an axis.
_LABELS = 20


@dataclass(frozen=True, slots=True)
class Dimension:
    """One axis.

    Attributes
    ----------
    name : str
        The name of the parameter or of the value.
    positions : array, shape (n,)
        The position of each trial, from 0 to 1, or :data:`INACTIVE`.
    ticks : list of float
        Positions with a label.
    labels : list of str
        The labels of the ticks.
    """

    name: str
    positions: Vector
    ticks: list[float]
    labels: list[str]

    @property
    def low(self) -> float:
        """The lower end of the axis."""
        return INACTIVE if bool((self.positions < 0.0).any()) else 0.0


def parallel_coordinates(
    search: Search,
    params: Sequence[str] | None = None,
    target: Target | None = None,
    target_name: str | None = None,
) -> tuple[Observations, list[Dimension]]:
    """Return the trials, and the axes with that of the value first.

    Raises
    ------
    ArgumentError
        If no trial is complete with a finite value, or ``params`` has a name that is not a parameter.
    """
    observed = require_observations(search, target, target_name)
    axes = columns(search, names_to_draw(search, params), observed.ids)
    return observed, [_of_values(observed), *map(_of_parameter, axes)]


def _of_values(observed: Observations) -> Dimension:
    low, high = float(observed.values.min()), float(observed.values.max())
    axis = Column(observed.name, observed.values, low, high, log=False, whole=False, labels=None)
    return _of_parameter(axis)


def _of_parameter(axis: Column) -> Dimension:
    import numpy as np

    positions = np.where(np.isnan(axis.unit), INACTIVE, axis.unit)
    ticks = axis.few_ticks(_LABELS)
    return Dimension(axis.name, positions, axis.to_unit(np.array(ticks)).tolist(), axis.tick_labels(ticks))
