"""The record of one trial."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from ..metrics import Reported, Values

#: Largest number of points in a curve; a full curve is thinned to half.
_MAX_POINTS = 256
#: Number of points at the start of a curve that are always kept.
_N_KEPT_AT_START = 32


class End(IntEnum):
    """How a trial ended. The numbers are stored."""

    RUNNING = 0
    #: Ended by a scheduler, by a stopping criterion or at its last report, which Tune does not distinguish.
    STOPPED = 1
    #: Ended by itself: the last value is the result, whatever its step.
    FINAL = 2
    FAILED = 3
    #: Stopped for now: it may go on.
    PAUSED = 4


class TrialRecord:
    """One trial: its id in the optimizer, its curve and its end.

    Attributes
    ----------
    row
        The id in the optimizer; -1 for an added trial that the optimizer has not been told of.
    params
        The params of such a trial, None otherwise.
    steps, values
        The curve: increasing steps, and one value per objective for each step.
    constraints
        The constraints that were reported last.
    reason
        Why it failed, if it did and that is known.
    known
        The value of each objective that was reported last, in whichever run of the trial; None before the first one.
        Empty if the last values of the curve are these.
    """

    __slots__ = ("constraints", "end", "known", "params", "reason", "row", "steps", "values")

    def __init__(self, row: int, params: dict[str, Any] | None = None) -> None:
        self.row = row
        self.params = params
        self.end = End.RUNNING
        self.steps = array("d")
        self.values = array("d")
        self.constraints: dict[str, float] = {}
        self.reason: str | None = None
        self.known: Reported = ()

    @property
    def reach(self) -> float:
        """The last step; -1 before the first report."""
        return self.steps[-1] if self.steps else -1

    @property
    def has_failed(self) -> bool:
        """Whether a trial that does not run counts as failed: it crashed, or its result has a value that is unknown.

        A paused trial has no result yet, and its next value may be a number. Neither has a trial that was stopped
        before an objective was measured, unless what it reported was NaN.
        """
        if self.end in (End.FAILED, End.PAUSED):
            return self.end is End.FAILED
        last = self.last()
        if last is None or is_known(last):
            return False
        known = self.known or last
        is_unmeasured = None in known and not any(value is not None and math.isnan(value) for value in known)
        return self.end is End.FINAL or not is_unmeasured

    def add(self, step: float, reported: Reported) -> bool:
        """Record a report, and return whether the curve changed.

        An objective that is left out has the value that was reported last. A step that is not new is ignored, because a
        retried trial repeats its first steps. It changes the last values of the curve in three cases: parts of one
        report complete each other, a value that was NaN at this step is a number now, and an objective that was never
        reported is known now.
        """
        before = self.known or self.last() or (None,) * len(reported)
        known = tuple(old if new is None else new for new, old in zip(reported, before, strict=True))
        is_part = step == self.reach and None in reported
        has_changed = step > self.reach
        if has_changed:
            self.steps.append(step)
            self.values.extend(math.nan if value is None else value for value in known)
            if len(self.steps) > _MAX_POINTS:
                self._thin(len(known))
        for k, (new, old) in enumerate(zip(reported, before, strict=True), start=-len(known)):
            if new is None:
                continue
            is_repair = step == self.reach and math.isnan(self.values[k]) and not math.isnan(new)
            if old is None or is_part or is_repair:
                self.values[k] = new
                has_changed = True
        self.known = () if known == self.last() else known
        return has_changed

    def _thin(self, width: int) -> None:
        """Keep the first points, where schedulers have most rungs, and evenly spaced ones of the rest."""
        start, reach, n = self.steps[_N_KEPT_AT_START - 1], self.reach, _MAX_POINTS // 2 - _N_KEPT_AT_START
        later = {bisect_right(self.steps, start + (reach - start) * i / n) - 1 for i in range(1, n + 1)}
        # The last point is added by its index, because rounding may miss a fractional step.
        indices = sorted({*range(_N_KEPT_AT_START), *later, len(self.steps) - 1})
        self.values = array("d", [self.values[i * width + k] for i in indices for k in range(width)])
        self.steps = array("d", [self.steps[i] for i in indices])

    def points(self) -> Iterator[tuple[float, Values]]:
        """Yield each step with its values."""
        width = self._width()
        return ((step, tuple(self.values[k * width : (k + 1) * width])) for k, step in enumerate(self.steps))

    def last(self) -> Values | None:
        """Return the values of the last step."""
        width = self._width()
        return tuple(self.values[-width:]) if width else None

    def at(self, step: float) -> Values | None:
        """Return the values of the last report up to a step."""
        index, width = bisect_right(self.steps, step), self._width()
        return tuple(self.values[(index - 1) * width : index * width]) if index else None

    def _width(self) -> int:
        return len(self.values) // len(self.steps) if self.steps else 0


def is_known(values: Values | None) -> bool:
    """Whether there are values and none of them is NaN."""
    return values is not None and not any(map(math.isnan, values))
