"""Predicted values along each parameter, with their uncertainty bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanteo.exceptions import SpaceError
from tanteo.plotting.data import Search
from tanteo.run.result import optimizer_of

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.plotting.columns import Column
    from tanteo.plotting.data import Mask, Vector
    from tanteo.plotting.value_axis import ValueAxis
    from tanteo.space.parameters import Parameter

# Number of points along a parameter.
_POINTS = 60
# Largest interval, relative to the axis of values, in which a prediction is drawn as certain.
_CERTAIN = 0.5
# Largest number of choices with bars: with more, the bars would hide the trials.
_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Band:
    """The prediction of a Gaussian process along one parameter, with the others as in the recommended trial.

    Attributes
    ----------
    positions : array, shape (k,)
        Positions on the axis of the parameter.
    median, low, high : arrays, shape (k,)
        The predicted median, and the ends of the 95 % interval.
    """

    positions: Vector
    median: Vector
    low: Vector
    high: Vector

    def above(self, low: float) -> Band:
        """Return the band with everything below a value moved up to it."""
        return Band(self.positions, *(ends.clip(min=low) for ends in (self.median, self.low, self.high)))

    def certain(self, axis: ValueAxis) -> Vector:
        """Return the median where it is certain, and NaN elsewhere."""
        import numpy as np

        return np.where(are_certain(self.high - self.low, axis), self.median, np.nan)


def are_certain(lengths: Vector, axis: ValueAxis) -> Mask:
    """Return which intervals are at most half as long as the axis of values."""
    return lengths <= _CERTAIN * (axis.high - axis.low)


def bands(search: Search, axes: Sequence[Column]) -> list[Band | None]:
    """Return the band along each parameter, or None.

    There is no band without a model, for a parameter that is inactive in the recommended trial, and for a parameter
    with many choices. For a parent of conditional parameters, only values that give a valid configuration are shown.
    """
    optimizer = optimizer_of(search)
    centre = optimizer.recommend() if len(optimizer.directions) == 1 else None
    if centre is None:
        return [None] * len(axes)
    columns, prefix = optimizer.to_dict(), "params/"
    values = {
        name.removeprefix(prefix): column[centre.id] for name, column in columns.items() if name.startswith(prefix)
    }
    inactive = {name for name in values if f"active/{name}" in columns and not columns[f"active/{name}"][centre.id]}
    flat = {name: value for name, value in values.items() if name not in inactive}
    with_band = {axis.name for axis in axes if axis.name in flat and len(axis.labels or ()) <= _CHOICES}
    return [_band(optimizer, flat, axis) if axis.name in with_band else None for axis in axes]


def _band(optimizer: Optimizer, flat: dict[str, Any], axis: Column) -> Band | None:
    import numpy as np

    positions, configurations = [], []
    for position, value in zip(*along(optimizer.space.parameters[axis.name], axis), strict=True):
        changed = {**flat, axis.name: value}
        try:
            optimizer.space.validate(changed)
        except SpaceError:
            continue
        positions.append(float(position))
        configurations.append(changed)
    predictions = optimizer.predict(configurations)
    if not predictions:
        return None
    return Band(np.array(positions), *np.array(predictions).T)


def along(parameter: Parameter, axis: Column, n: int = _POINTS) -> tuple[Sequence[float], Sequence[Any]]:
    """Return up to ``n`` positions on the axis (of choices, all), and the values at these positions."""
    labels, number = parameter._labels(), parameter._number()
    if labels is not None:
        return range(len(labels)), labels
    positions, step = axis.ticks(n), number and number.step
    if step is not None:
        levels = sorted({round((position - axis.low) / step) for position in positions})
        # Rounded to decimals. A level beyond the end is not a value of the parameter and is removed by validation.
        values = [axis.low + level * step for level in levels]
        values = [round(value) if axis.whole else round(value, 12) for value in values]
        return values, values
    values = [min(max(float(position), axis.low), axis.high) for position in positions]
    return values, values
