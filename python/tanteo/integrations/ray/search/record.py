"""What is known of one trial."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from enum import IntEnum
from typing import Any

from ..metrics import Values

#: Points of a curve that are kept at most; a full one is thinned to half.
_MAX_POINTS = 256
#: Points at its start that stay.
_N_KEPT_AT_START = 32


class End(IntEnum):
    """How a trial ended. The numbers are stored."""

    RUNNING = 0
    #: By a scheduler, a stopping criterion or at its last report: nobody says. What counts is how far it came.
    STOPPED = 1
    #: Of its own accord: its last value is the result, however long it took.
    FINAL = 2
    FAILED = 3


class Record:
    """One trial: where it stands in the optimizer, its curve, its end.

    Attributes
    ----------
    row
        Its id in the optimizer; -1 for a trial from elsewhere that the optimizer has not been told of.
    params
        The configuration of such a trial, None otherwise.
    steps, values
        The curve: increasing steps, and one value per objective at each.
    """

    __slots__ = ("end", "params", "row", "steps", "values")

    def __init__(self, row: int, params: dict[str, Any] | None = None) -> None:
        self.row = row
        self.params = params
        self.end = End.RUNNING
        self.steps = array("d")
        self.values = array("d")

    @property
    def reach(self) -> float:
        """The last step, -1 before the first report."""
        return self.steps[-1] if self.steps else -1

    def add(self, step: float, values: Values) -> bool:
        """Append to the curve; a step that is not new changes nothing (a retried trial starts from its first)."""
        if step <= self.reach:
            return False
        self.steps.append(step)
        self.values.extend(values)
        if len(self.steps) > _MAX_POINTS:
            self._thin(len(values))
        return True

    def _thin(self, width: int) -> None:
        """Keep the first points, where schedulers have most of their rungs, and evenly spaced ones of the rest."""
        start, reach, n = self.steps[_N_KEPT_AT_START - 1], self.reach, _MAX_POINTS // 2 - _N_KEPT_AT_START
        later = {bisect_right(self.steps, start + (reach - start) * i / n) - 1 for i in range(1, n + 1)}
        # The last by its place: fractions of steps are rounded.
        indices = sorted({*range(_N_KEPT_AT_START), *later, len(self.steps) - 1})
        self.values = array("d", [self.values[i * width + k] for i in indices for k in range(width)])
        self.steps = array("d", [self.steps[i] for i in indices])

    def last(self) -> Values | None:
        """Return the values of the last step."""
        width = self._width()
        return tuple(self.values[-width:]) if width else None

    def at(self, step: float) -> Values | None:
        """Return the values at a step: those of the latest report up to it."""
        index, width = bisect_right(self.steps, step), self._width()
        return tuple(self.values[(index - 1) * width : index * width]) if index else None

    def _width(self) -> int:
        return len(self.values) // len(self.steps) if self.steps else 0


def is_known(values: Values | None) -> bool:
    """Whether there are values, all of them numbers."""
    return values is not None and not any(map(math.isnan, values))
