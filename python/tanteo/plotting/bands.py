"""Predicted values along each parameter, with their uncertainty bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from tanteo.exceptions import SpaceError
from tanteo.plotting.data import Observations, is_best
from tanteo.plotting.parameter_axes import ParameterAxis, value_at
from tanteo.space.nesting import flat_params

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.plotting.data import Mask, Vector
    from tanteo.plotting.value_axis import ValueAxis
    from tanteo.space.parameters import Parameter
    from tanteo.trials.trial import FrozenTrial

# Number of points along a parameter.
_POINTS = 60
# Largest interval, relative to the axis of values, in which a prediction is drawn as certain.
_CERTAIN = 0.5
# Largest number of choices with bars: with more, the bars would hide the trials.
_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Band:
    """The prediction of a Gaussian process along one parameter, with the others as in the trial at the centre.

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


def bands(observed: Observations, axes: Sequence[ParameterAxis]) -> list[Band | None]:
    """Return the band of the observed objective along each parameter, or None.

    There is no band without a model, for a parameter that is inactive in the trial at the centre, and for a parameter
    with many choices. For a parent of conditional parameters, only values that give a valid configuration are shown.
    """
    import numpy as np

    optimizer, centre = observed.search, _centre(observed)
    if centre is None:
        return [None] * len(axes)
    flat = flat_params(centre.params, optimizer.space)
    with_band = {axis.name for axis in axes if axis.name in flat and len(axis.labels or ()) <= _CHOICES}
    lines = [_line(optimizer, flat, axis) if axis.name in with_band else {} for axis in axes]
    # All at once, because each call fits the model, also one without configurations.
    every = [configuration for line in lines for configuration in line.values()]
    predictions = iter((optimizer.predict(every, objective=observed.objective) if every else None) or ())
    found = [(list(line), list(islice(predictions, len(line)))) for line in lines]
    return [Band(np.array(at), *np.array(predicted).T) if predicted else None for at, predicted in found]


def _centre(observed: Observations) -> FrozenTrial | None:
    """Return the recommended trial; with several objectives, the best feasible one in the observed objective."""
    if len(observed.search.directions) == 1:
        recommended: FrozenTrial | None = observed.search.recommend()
        return recommended
    best = observed.ids[is_best(observed.badness, observed.feasible)]
    return observed.search.trials[int(best[0])] if len(best) else None


def _line(optimizer: Optimizer, flat: dict[str, Any], axis: ParameterAxis) -> dict[float, dict[str, Any]]:
    """Return the valid configurations that differ in one parameter, by their positions on its axis."""
    found = {}
    for position, value in zip(*along(optimizer.space.parameters[axis.name], axis), strict=True):
        changed = {**flat, axis.name: value}
        try:
            optimizer.space.validate(changed)
        except SpaceError:
            continue
        found[float(position)] = changed
    return found


def along(parameter: Parameter, axis: ParameterAxis, n: int = _POINTS) -> tuple[Sequence[float], Sequence[Any]]:
    """Return up to ``n`` positions on the axis (of choices, all), and the values at these positions."""
    labels, number = parameter._labels(), parameter._number()
    if labels is not None:
        return range(len(labels)), labels
    values = [value_at(parameter, axis, position) for position in axis.ticks(n)]
    if number is not None and number.step is not None:
        values = sorted({*values})
    return values, values
