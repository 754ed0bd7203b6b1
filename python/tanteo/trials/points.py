"""Configurations to try first: those that a search already has are not queued again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core import CoreOptimizer
from ..exceptions import SpaceError, TanteoError

if TYPE_CHECKING:
    from ..space.allowed import RuleOnRows
    from ..space.codec import Row
    from ..space.search_space import SearchSpace

Point: TypeAlias = Mapping[str, Any]
_ENQUEUED = "enqueued"


def new_points(
    core: CoreOptimizer, space: SearchSpace, points: Sequence[Point], rule: RuleOnRows | None
) -> list[Point]:
    """Return the points that a search neither has as a trial nor has queued.

    A complete point is compared with all trials, a partial one with the trials that come from the queue. Each trial
    stands for one point, so a point that is given twice is tried twice.
    """
    if not points:
        return []
    history = _History(core, space, rule)
    raw = [space._raw(point, partial=True) for point in points]
    # The most specific points first, so that a partial point does not take the trial of a complete one.
    order = sorted(range(len(raw)), key=lambda i: sum(value is None for value in raw[i]))
    known = {i for i in order if history.take(raw[i])}
    return [point for i, point in enumerate(points) if i not in known]


class _History:
    """The trials and the queue of a search."""

    def __init__(self, core: CoreOptimizer, space: SearchSpace, rule: RuleOnRows | None) -> None:
        self._core, self._space = core, space._core
        self._unit = self._core.view()["unit"]
        self._trials: Sequence[tuple[Row, str]] = ()
        self._queue: list[Row] = queued(self._core, rule)
        self._taken: set[int] = set()

    def take(self, raw: Row) -> bool:
        """Return whether a trial or a queued point has these values, and let it stand for no other point."""
        row, is_complete = raw, True
        try:
            row = self._space.check(raw)
        except SpaceError:
            is_complete = False
        for number in self._similar(row):
            trial, origin = self._trial(number)
            if number not in self._taken and (is_complete or origin == _ENQUEUED) and _agrees(row, trial):
                self._taken.add(number)
                return True
        for i, point in enumerate(self._queue):
            if _agrees(row, point):
                del self._queue[i]
                return True
        return False

    def _similar(self, row: Row) -> list[int]:
        """Return the trials with the same coordinates, which integers beyond 2**53 may share with others."""
        encoded = self._space.encode([row])[0]
        given = [column for column, value in enumerate(row) if value is not None]
        numbers: list[int] = (self._unit[:, given] == encoded[given]).all(axis=1).nonzero()[0].tolist()
        return numbers

    def _trial(self, number: int) -> tuple[Row, str]:
        if not self._trials:
            self._trials = self._core.handed_out(0)[0]
        return self._trials[number]


def queued(core: CoreOptimizer, rule: RuleOnRows | None) -> list[Row]:
    """Return the queued points, completed as the next asks will complete them."""
    if not core.next_is_given():
        return []
    twin, _ = CoreOptimizer.restore(core.snapshot(b""))
    twin.set_rule(rule)
    first = len(twin)
    try:
        while twin.next_is_given():
            twin.ask()
    except TanteoError:  # nothing more can be handed out
        pass
    return [row for row, origin in twin.handed_out(first)[0] if origin == _ENQUEUED]


def _agrees(row: Row, other: Row) -> bool:
    return all(value is None or value == entry for value, entry in zip(row, other, strict=True))
