"""Predicted values along each parameter, with their uncertainty bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tanteo.exceptions import ParameterError, SpaceError
from tanteo.optimizer import Optimizer
from tanteo.plotting.data import Observations
from tanteo.plotting.parameter_axes import ParameterAxis, value_at
from tanteo.plotting.value_axis import ValueAxis
from tanteo.space.parameters import Parameter
from tanteo.space.search_space import flat_params
from tanteo.trials.trial import FrozenTrial

if TYPE_CHECKING:
    from tanteo.plotting.data import Mask, Vector

# Number of points along a parameter.
_POINTS = 60
# Largest interval, relative to the axis of values, in which a prediction is drawn as certain.
_CERTAIN = 0.5
# Largest number of choices with bars: with more, the bars would hide the trials.
_CHOICES = 50
#: Why a value gives no valid configuration: it switches other parameters on or off, or a known constraint forbids it.
BRANCHES, CONSTRAINTS = "branches", "constraints"


@dataclass(frozen=True, slots=True)
class Band:
    """The prediction of a Gaussian process along one parameter, with the others as in the trial at the centre.

    Attributes
    ----------
    positions : array, shape (k,)
        Positions on the axis of the parameter.
    median, low, high : arrays, shape (k,)
        The predicted median, and the ends of the 95 % interval.
    left_out : frozenset of str
        Why positions are left out, if some are: :data:`BRANCHES`, :data:`CONSTRAINTS`.
    """

    positions: Vector
    median: Vector
    low: Vector
    high: Vector
    left_out: frozenset[str]

    def above(self, low: float) -> Band:
        """Return the band with everything below a value moved up to it."""
        ends = {name: getattr(self, name).clip(min=low) for name in ("median", "low", "high")}
        return replace(self, **ends)

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
    optimizer, centre = observed.search, _centre(observed)
    if centre is None:
        return [None] * len(axes)
    flat = flat_params(centre.params, optimizer.space)
    with_band = {axis.name for axis in axes if axis.name in flat and len(axis.labels or ()) <= _CHOICES}
    lines = [_line(optimizer, flat, axis) if axis.name in with_band else _NO_LINE for axis in axes]
    # All at once, because each call fits the model, also one without configurations.
    every = [configuration for line in lines for configuration in line.valid.values()]
    predictions = iter((optimizer.predict(every, objective=observed.objective) if every else None) or ())
    found = [(line, list(islice(predictions, len(line.valid)))) for line in lines]
    return [_band(line, predicted) if predicted else None for line, predicted in found]


def _band(line: _Line, predicted: Sequence[tuple[float, float, float]]) -> Band:
    import numpy as np

    median, low, high = np.array(predicted).T
    return Band(np.array([*line.valid]), median, low, high, line.left_out)


def _centre(observed: Observations) -> FrozenTrial | None:
    """Return the recommended trial; with several objectives, the best one in the observed objective."""
    if len(observed.search.directions) == 1:
        recommended: FrozenTrial | None = observed.search.recommend()
        return recommended
    best = observed.ids[observed.is_best]
    return observed.search.trials[int(best[0])] if len(best) else None


class _Line(NamedTuple):
    """The valid configurations along a parameter by their positions on its axis, and why others are left out."""

    valid: dict[float, dict[str, Any]]
    left_out: frozenset[str]


_NO_LINE = _Line({}, frozenset())


def _line(optimizer: Optimizer, flat: dict[str, Any], axis: ParameterAxis) -> _Line:
    """Return the configurations that differ from one in a single parameter, and this one."""
    valid, left_out = {}, set()
    places = dict(zip(*along(optimizer.space.parameters[axis.name], axis), strict=True))
    if axis.labels is None:  # a sharp optimum may lie between two points
        places.setdefault(flat[axis.name], flat[axis.name])
    for position, value in sorted(places.items(), key=lambda place: place[0]):
        changed = {**flat, axis.name: value}
        try:
            optimizer.space.validate(changed)
        except ParameterError:
            left_out.add(BRANCHES)
        except SpaceError:
            left_out.add(CONSTRAINTS)
        else:
            valid[float(position)] = changed
    return _Line(valid, frozenset(left_out))


def along(parameter: Parameter, axis: ParameterAxis, n: int = _POINTS) -> tuple[Sequence[float], Sequence[Any]]:
    """Return up to ``n`` positions on the axis (of choices, all), and the values at these positions."""
    labels, number = parameter._labels(), parameter._number()
    if labels is not None:
        return range(len(labels)), labels
    values = [value_at(parameter, axis, position) for position in axis.ticks(n)]
    if number is not None and number.step is not None:
        values = sorted({*values})
    return values, values
