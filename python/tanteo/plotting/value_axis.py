"""The axis of values: its range, in which a few bad values do not squash all others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

# Values to be minimized are on a logarithmic axis if all are positive, and the upper quartile is this many times the
# best: on a linear axis the better half of the trials would be one line.
_DECADES = 100.0
# The axis reaches this many times as far from the best value as the upper quartile of the values.
_REACH = 5.0
# If some values must be shown, the axis extends beyond them by at most this many times their range.
_AROUND = 2.0
_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """The range of the axis of values.

    Attributes
    ----------
    low, high : float
        The ends of the axis, with a margin.
    best, worst : float
        The best value, and the worst value that is drawn at its own place.
    n_beyond : int
        The number of worse values, which are drawn as triangles at the edge.
    log : bool
        Whether the axis is logarithmic; it then shows all values.
    """

    low: float
    high: float
    best: float
    worst: float
    n_beyond: int
    log: bool = False

    @property
    def note(self) -> str:
        """The label of the values beyond the axis."""
        return beyond_text(self.n_beyond)

    def label(self, name: str) -> str:
        """Return the name of the axis, with the note if there is something to note, for figures without triangles."""
        return f"{name} ({self.note})" if self.n_beyond else name

    @property
    def edge(self) -> float:
        """The end of the axis on the side of the worse values."""
        return self.high if self.worst >= self.best else self.low

    def is_beyond(self, values: Vector) -> Mask:
        """Return which values are worse than the axis shows."""
        return values > self.worst if self.worst >= self.best else values < self.worst

    def clip(self, values: Vector) -> Vector:
        """Return values with those worse than the axis shows moved to the worst one that it shows."""
        return values.clip(max=self.worst) if self.worst >= self.best else values.clip(min=self.worst)


def beyond_text(n: int) -> str:
    """Return how a figure says that ``n`` values lie beyond its axis of values."""
    return f"{n} beyond the axis"


def value_axis(values: Vector, *, maximize: bool, kept: Vector | None = None) -> ValueAxis:
    """Return the range for values.

    A linear axis ends at five times the distance from the best value to the upper quartile. If some values are
    ``kept``, the axis shows all of them. It then extends beyond them by at most twice their range, or as far as the
    lower quartile of all values, if that is farther.
    """
    import numpy as np

    losses = np.sort(-values if maximize else values)
    if not maximize and losses[0] > 0.0 and np.quantile(losses, 0.75) >= _DECADES * losses[0]:
        return _logarithmic(float(losses[0]), float(losses[-1]))
    with np.errstate(over="ignore"):
        limit = losses[0] + _REACH * (np.quantile(losses, 0.75) - losses[0])
    if kept is not None and len(kept):
        held = -kept if maximize else kept
        if held.max() > held.min():
            near = held.max() + _AROUND * (held.max() - held.min())
            limit = min(limit, max(near, np.quantile(losses, 0.25)))
        limit = max(limit, held.max())
    n_shown = int(np.searchsorted(losses, limit, side="right")) if limit > losses[0] else len(losses)
    best, worst = float(losses[0]), float(losses[n_shown - 1])
    margin = _MARGIN * ((worst - best) or abs(best) or 1.0)
    if not math.isfinite(worst - best + margin):  # values near both ends of the floats have no room for a margin
        margin = 0.0
    ends = (best - margin, worst + margin)
    sign = -1.0 if maximize else 1.0
    low, high = sorted(sign * end for end in ends)
    return ValueAxis(low, high, sign * best, sign * worst, len(losses) - n_shown)


def _logarithmic(best: float, worst: float) -> ValueAxis:
    """Return an axis on which positive values have the same margin at both ends."""
    factor = (worst / best) ** _MARGIN
    return ValueAxis(best / factor, worst * factor, best, worst, 0, log=True)


def reaching(axis: ValueAxis, predictions: Vector, *, maximize: bool) -> ValueAxis:
    """Return the axis with room for predictions that are better than all values, up to twice its length.

    ``predictions`` may be empty. A logarithmic axis has no room for those that are not positive.
    """
    shown = predictions[predictions > 0.0] if axis.log else predictions
    # Short of twice the length by the margin that `widened` adds, and by as much again for rounding.
    share = 1.0 - 2.0 * _MARGIN
    if axis.log:
        room = (axis.high / axis.low) ** share
        farthest = axis.high * room if maximize else axis.low / room
    else:
        room = share * (axis.high - axis.low)
        farthest = axis.high + room if maximize else axis.low - room
    if maximize:
        return widened(axis, min(float(shown.max(initial=axis.high)), farthest))
    return widened(axis, max(float(shown.min(initial=axis.low)), farthest))


def widened(axis: ValueAxis, limit: float | None) -> ValueAxis:
    """Return the axis with room for a limit, unless it would take more than the values have."""
    if limit is None or axis.low <= limit <= axis.high or (axis.log and limit <= 0.0):
        return axis
    if axis.log:
        room, margin = axis.high / axis.low, (axis.high / axis.low) ** _MARGIN
        low, high = min(axis.low, limit / margin), max(axis.high, limit * margin)
        return replace(axis, low=low, high=high) if high / low <= room**2 else axis
    room = axis.high - axis.low
    if not math.isfinite(2.0 * room):  # values near both ends of the floats
        return axis
    low, high = min(axis.low, limit - _MARGIN * room), max(axis.high, limit + _MARGIN * room)
    return replace(axis, low=low, high=high) if high - low <= 2.0 * room else axis
